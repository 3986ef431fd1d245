"""Discord only: commands in, replies out; no consultation logic."""

from discord.ext import commands

from bot.cogs.about import AboutCog
from bot.cogs.afterwards import AfterwardsCog, Helped
from bot.cogs.answers import AnswersCog
from bot.cogs.approving import Approving
from bot.cogs.asking import Asking
from bot.cogs.consult import ConsultCog
from bot.cogs.curate import CurateCog
from bot.cogs.escalate import EscalateCog
from bot.cogs.flights import Flights
from bot.cogs.knowledge import KnowledgeCog
from bot.cogs.menu import MenuCog
from bot.cogs.mine import MineCog
from bot.cogs.note import NoteCog
from bot.cogs.oncall import OnCallCog
from bot.cogs.peer import PeerCog
from bot.cogs.peertake import Taking
from bot.cogs.privacy import PrivacyCog
from bot.cogs.reviews import Reviews
from bot.cogs.rooms import RoomsCog
from bot.cogs.router import Router
from bot.cogs.scope import ScopeForm
from bot.cogs.seal import Seal
from bot.cogs.setup import SetupCog
from bot.cogs.sharing import Sharing
from bot.cogs.steps import Steps
from bot.cogs.typed import DangerFirst
from bot.cogs.upkeep import Upkeep
from bot.consult.desk import Desk
from bot.consult.library import Library
from bot.consult.limits import Limits
from bot.curation.service import Curation
from bot.storage.store import Store
from knowledge.entry import Corpus
from knowledge.protocols import load_protocols
from knowledge.screens import regions

_SEARCHES_PER_PERSON = 30
_SEARCHES_PER_SERVER = 600
"""In ten minutes; a search costs about as much as a question, and people look up a few cards in a row."""


def build_cogs(  # noqa: PLR0913  # each collaborator by its name
    bot: commands.Bot,
    *,
    desk: Desk,
    store: Store,
    curation: Curation,
    corpus: Corpus,
    library: Library,
    router: Router,
    flights: Flights,
) -> list[commands.Cog]:
    """Return every cog, each with its collaborators, in the order in which they are added."""
    sharing = Sharing(desk=desk, store=store, router=router)
    answers = AnswersCog(desk=desk, store=store, corpus=corpus, router=router, sharing=sharing)
    consult = ConsultCog(desk=desk, router=router, under=answers.under)
    steps = Steps(desk=desk, router=router, under=answers.under, seal=Seal(bot.http.token or ""))
    asking = Asking(desk=desk, router=router, steps=steps, under=answers.under, privately=consult.answer)
    rooms = RoomsCog(bot=bot, desk=desk, store=store, asking=asking, steps=steps, flights=flights)
    menu = MenuCog(tree=bot.tree, desk=desk, store=store, router=router, asking=asking, steps=steps)
    answers.answers_with(rooms.answer)
    on_call = OnCallCog(desk=desk, store=store, router=router)
    answers.add(on_call.under)
    privacy = PrivacyCog(desk=desk, store=store, router=router)
    for forget in (consult.forget, asking.forget, menu.forget):
        privacy.add(forget)
    note = NoteCog(desk=desk, corpus=corpus, router=router, under=answers.under)
    answers.add(note.more)
    privacy.add(note.forget)
    afterwards = AfterwardsCog(bot=bot, desk=desk, store=store, router=router)
    answers.add(afterwards.under)
    privacy.erases_with(afterwards.forget)
    taking = Taking(desk=desk, router=router, danger=DangerFirst(desk, answers.under))
    privacy.add(taking.forget)
    return [
        consult,
        answers,
        sharing,
        rooms,
        menu,
        on_call,
        privacy,
        note,
        afterwards,
        PeerCog(bot=bot, desk=desk, store=store, router=router, asking=asking, protocols=load_protocols()),
        Upkeep(store=store, curation=curation),
        *_others(bot, desk, store, curation, library, router, answers),
    ]


def _others(  # as above
    bot: commands.Bot,
    desk: Desk,
    store: Store,
    curation: Curation,
    library: Library,
    router: Router,
    answers: AnswersCog,
) -> list[commands.Cog]:
    """Return the cogs of what is beside consultations: settings, choices, the library."""
    known = regions()
    danger = DangerFirst(desk, answers.under)
    reviews = Reviews(desk=desk, store=store, router=router, library=library, danger=danger)
    scope = ScopeForm(desk=desk, store=store, router=router, danger=danger)
    approving = Approving(desk=desk, store=store, curation=curation, router=router, reviews=reviews, danger=danger)
    helped = Helped(store=store, corpus=library.corpus)
    curate = CurateCog(
        desk=desk, store=store, curation=curation, router=router, approving=approving, helped=helped, danger=danger
    )
    escalate = EscalateCog(
        bot=bot, desk=desk, store=store, curation=curation, router=router, curate=curate, danger=danger
    )
    answers.add(escalate.under)
    limits = Limits(person=_SEARCHES_PER_PERSON, server=_SEARCHES_PER_SERVER)
    return [
        SetupCog(desk=desk, store=store, router=router, reviews=reviews, scope=scope, regions=known),
        curate,
        escalate,
        MineCog(desk=desk, store=store, regions=known),
        AboutCog(desk=desk, store=store, corpus=library.corpus, regions=known),
        KnowledgeCog(desk=desk, library=library, router=router, danger=danger, limits=limits),
    ]
