"""Opens everything that is kept, on a database at this program's revision."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.settings import Settings
from bot.storage.afterwards import Afterwards
from bot.storage.answers import Answers
from bot.storage.calls import Calls
from bot.storage.clock import Clock, utc_now
from bot.storage.consents import Consents
from bot.storage.consultations import Consultations
from bot.storage.engine import Database
from bot.storage.escalations import Escalations
from bot.storage.feedback import FeedbackBook
from bot.storage.floors import Floors
from bot.storage.insights import Insights
from bot.storage.keys import admit
from bot.storage.migrate import to_head
from bot.storage.peers import Peers
from bot.storage.people import People
from bot.storage.published import Published
from bot.storage.second_views import SecondViews
from bot.storage.servers import Servers
from bot.storage.supervisors import Supervisors


@dataclass(frozen=True, slots=True)
class Store:
    """The repositories; each call is one transaction, kept when it returns.

    Attributes:
        database: for locks of work that one process does for all.
        servers: settings of servers.
        consents: who has seen the notice.
        consultations: that questions were asked.
        feedback: whether answers helped.
        people: export and erasure, and a person's own region.
        insights: counts.
        answers: curated answers, with their revisions and events.
        published: what of them is live.
        views: second views and caveats on them.
        supervisors: rules of curation, signatures, marks on cards, topics' owners.
        escalations: questions for supervisors.
        calls: who called the on-call role lately.
        floors: in which threads a supervisor has the floor.
        afterwards: questions some days after an answer, and what was reported.
        peers: peer consultations that go on at present.
    """

    database: Database
    servers: Servers
    consents: Consents
    consultations: Consultations
    feedback: FeedbackBook
    people: People
    insights: Insights
    answers: Answers
    published: Published
    views: SecondViews
    supervisors: Supervisors
    escalations: Escalations
    calls: Calls
    floors: Floors
    afterwards: Afterwards
    peers: Peers


def store_on(database: Database, *, clock: Clock = utc_now) -> Store:
    """Return the repositories on a database that is at this program's revision."""
    return Store(
        database=database,
        servers=Servers(database, clock=clock),
        consents=Consents(database, clock=clock),
        consultations=Consultations(database, clock=clock),
        feedback=FeedbackBook(database, clock=clock),
        people=People(database),
        insights=Insights(database),
        answers=Answers(database, clock=clock),
        published=Published(database),
        views=SecondViews(database, clock=clock),
        supervisors=Supervisors(database, clock=clock),
        escalations=Escalations(database, clock=clock),
        calls=Calls(database, clock=clock),
        floors=Floors(database, clock=clock),
        afterwards=Afterwards(database, clock=clock),
        peers=Peers(database, clock=clock),
    )


@asynccontextmanager
async def open_store(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[Store]:
    """Bring the database to this program's revision, and give the repositories until the block ends.

    Raises:
        FixSettings: DATA_KEY lacks a key that texts are encrypted under.
        AssistantError: the database cannot be reached, migrated or used; its class names the mend.
    """
    await to_head(settings)
    async with Database.of(settings) as database:
        await admit(database)
        yield store_on(database, clock=clock)
