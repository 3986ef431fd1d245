"""What a server's supervisors set about curation: its rules, their signatures, topics' owners, marks on cards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from sqlalchemy import delete, select, update

from bot.errors import FixInput
from bot.storage.clock import Clock, utc_now
from bot.storage.curated import Signature
from bot.storage.curation_rows import REVIEW_DAYS, next_version
from bot.storage.curation_tables import CardMarkRow, CurationEventRow, CurationRow, ReviewerRow, TopicOwnerRow
from bot.storage.engine import Database
from bot.storage.statements import insert_or_update

CardMark = Literal["verified", "hidden"]

LONGEST_REVIEW = 3650
"""Days that an approval may hold at most."""

_LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """How a server curates.

    Attributes:
        own_approval: whether who wrote a text may approve it.
        review_days: days after which an approved answer is to be looked at again.
    """

    own_approval: bool = False
    review_days: int = REVIEW_DAYS


@dataclass(frozen=True, slots=True)
class Mark:
    """What a server says of a card of the core corpus.

    Attributes:
        kind: verified or hidden.
        on: the day.
        signature: what it is signed with; None where nobody said.
    """

    kind: CardMark
    on: date
    signature: Signature | None = None


class Supervisors:
    """Reads and writes what supervisors set."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def rules(self, server: int) -> Rules:
        """Return a server's rules, the defaults where it has set none.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.get(CurationRow, server)
            return Rules(row.own_approval, row.review_days) if row else Rules()

    async def set_rules(self, server: int, person: int, rules: Rules) -> None:
        """Keep a server's rules.

        Raises:
            FixInput: the days are out of bounds.
            AssistantError: the database cannot be used.
        """
        if not 1 <= rules.review_days <= LONGEST_REVIEW:
            raise FixInput("the days until a review are out of bounds", f"give a number from 1 to {LONGEST_REVIEW}")
        now = self._clock()
        values = {"own_approval": rules.own_approval, "review_days": rules.review_days}
        async with self._database.writing() as session:
            await next_version(session, server, now)
            await session.execute(update(CurationRow).where(CurationRow.server_id == server).values(**values))
            own = "allowed" if rules.own_approval else "not allowed"
            why = f"own approval {own}, review after {rules.review_days} days"
            session.add(_event(server, person, "rules", why, now))

    async def signature(self, server: int, person: int, today: date) -> Signature | None:
        """Return what a person signs with today, or None where they have not said.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.get(ReviewerRow, (server, person))
            return Signature(row.role, row.licence, row.jurisdiction, today) if row else None

    async def sign_as(self, server: int, person: int, *, role: str, licence: str, jurisdiction: str) -> None:
        """Keep what a person signs with.

        Raises:
            FixInput: a part is empty or too long.
            AssistantError: the database cannot be used.
        """
        words = {"role": role, "licence": licence, "jurisdiction": jurisdiction}
        words = {name: " ".join(text.split()) for name, text in words.items()}
        if not all(0 < len(word) <= _LONGEST_WORD for word in words.values()):
            raise FixInput(
                "a signature has a role, a licence and a jurisdiction",
                f"write each in at most {_LONGEST_WORD} characters",
            )
        row = {"server_id": server, "person_id": person, **words}
        async with self._database.writing() as session:
            await insert_or_update(session, ReviewerRow, row, keys=("server_id", "person_id"), update=tuple(words))

    async def mark_card(
        self, server: int, card: str, person: int, kind: CardMark | None, signature: Signature | None = None
    ) -> None:
        """Mark a card of the core corpus for this server, or take the mark away.

        Raises:
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        signed = (signature.role, signature.licence, signature.jurisdiction) if signature else (None, None, None)
        signs = dict(zip(("role", "licence", "jurisdiction"), signed, strict=True))
        row = {"server_id": server, "card_id": card, "mark": kind, "person_id": person, "marked_at": now, **signs}
        async with self._database.writing() as session:
            await next_version(session, server, now)
            if kind is None:
                ours = (CardMarkRow.server_id == server, CardMarkRow.card_id == card)
                await session.execute(delete(CardMarkRow).where(*ours))
            else:
                keys, update_of = ("server_id", "card_id"), ("mark", "person_id", "marked_at", *signs)
                await insert_or_update(session, CardMarkRow, row, keys=keys, update=update_of)
            session.add(_event(server, person, f"card {kind or 'unmarked'}", card, now))

    async def card_marks(self, server: int) -> Mapping[str, Mark]:
        """Return the marks of a server by the card's id.

        Raises:
            AssistantError: the database cannot be used.
        """
        marks = select(CardMarkRow).where(CardMarkRow.server_id == server).order_by(CardMarkRow.card_id)
        async with self._database.reading() as session:
            return {row.card_id: _mark(row) for row in await session.scalars(marks)}

    async def own_topic(self, server: int, topic: str, owner: int | None, person: int) -> None:
        """Name who is asked first about a topic; None takes the name away.

        Args:
            server: whose topic.
            topic: its id.
            owner: who is asked first.
            person: who names them.

        Raises:
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        row = {"server_id": server, "topic": topic, "person_id": owner}
        async with self._database.writing() as session:
            if owner is None:
                ours = (TopicOwnerRow.server_id == server, TopicOwnerRow.topic == topic)
                await session.execute(delete(TopicOwnerRow).where(*ours))
            else:
                keys = ("server_id", "topic")
                await insert_or_update(session, TopicOwnerRow, row, keys=keys, update=("person_id",))
            session.add(_event(server, person, "topic owner" if owner else "no topic owner", topic, now))

    async def topic_owners(self, server: int) -> Mapping[str, int]:
        """Return who owns which topic in a server.

        Raises:
            AssistantError: the database cannot be used.
        """
        owners = select(TopicOwnerRow.topic, TopicOwnerRow.person_id).where(TopicOwnerRow.server_id == server)
        async with self._database.reading() as session:
            return {topic: person for topic, person in await session.execute(owners)}  # noqa: C416  # rows are no pairs to mypy


def _event(server: int, person: int, action: str, why: str, now: datetime) -> CurationEventRow:
    return CurationEventRow(server_id=server, person_id=person, action=action, why=why, happened_at=now)


def _mark(row: CardMarkRow) -> Mark:
    on = row.marked_at.date()
    signed = None
    if row.role and row.licence and row.jurisdiction:
        signed = Signature(row.role, row.licence, row.jurisdiction, on)
    return Mark(cast("CardMark", row.mark), on, signed)  # the table lets no other in
