"""What a server's supervisors set about curation: its rules, their signatures, topics' owners, marks on cards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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

_LONGEST_REVIEW = 3650
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
        if not 1 <= rules.review_days <= _LONGEST_REVIEW:
            raise FixInput("the days until a review are out of bounds", f"give a number from 1 to {_LONGEST_REVIEW}")
        now = self._clock()
        values = {"own_approval": rules.own_approval, "review_days": rules.review_days}
        async with self._database.writing() as session:
            await next_version(session, server, now)
            await session.execute(update(CurationRow).where(CurationRow.server_id == server).values(**values))
            session.add(CurationEventRow(server_id=server, person_id=person, action="rules", happened_at=now))

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

    async def mark_card(self, server: int, card: str, person: int, mark: CardMark | None) -> None:
        """Mark a card of the core corpus for this server, or take the mark away.

        Raises:
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        row = {"server_id": server, "card_id": card, "mark": mark, "person_id": person, "marked_at": now}
        async with self._database.writing() as session:
            await next_version(session, server, now)
            if mark is None:
                ours = (CardMarkRow.server_id == server, CardMarkRow.card_id == card)
                await session.execute(delete(CardMarkRow).where(*ours))
            else:
                keys, update_of = ("server_id", "card_id"), ("mark", "person_id", "marked_at")
                await insert_or_update(session, CardMarkRow, row, keys=keys, update=update_of)
            action = f"card {mark or 'unmarked'}"
            session.add(CurationEventRow(server_id=server, person_id=person, action=action, why=card, happened_at=now))

    async def card_marks(self, server: int) -> Mapping[str, CardMark]:
        """Return the marks of a server by the card's id.

        Raises:
            AssistantError: the database cannot be used.
        """
        marks = select(CardMarkRow.card_id, CardMarkRow.mark).where(CardMarkRow.server_id == server)
        async with self._database.reading() as session:
            rows = (await session.execute(marks.order_by(CardMarkRow.card_id))).all()
        return {card: cast("CardMark", mark) for card, mark in rows}  # the table lets no other in

    async def own_topic(self, server: int, topic: str, person: int | None) -> None:
        """Name who is asked first about a topic; None takes the name away.

        Raises:
            AssistantError: the database cannot be used.
        """
        row = {"server_id": server, "topic": topic, "person_id": person}
        async with self._database.writing() as session:
            if person is None:
                ours = (TopicOwnerRow.server_id == server, TopicOwnerRow.topic == topic)
                await session.execute(delete(TopicOwnerRow).where(*ours))
            else:
                keys = ("server_id", "topic")
                await insert_or_update(session, TopicOwnerRow, row, keys=keys, update=("person_id",))

    async def topic_owners(self, server: int) -> Mapping[str, int]:
        """Return who owns which topic in a server.

        Raises:
            AssistantError: the database cannot be used.
        """
        owners = select(TopicOwnerRow.topic, TopicOwnerRow.person_id).where(TopicOwnerRow.server_id == server)
        async with self._database.reading() as session:
            return {topic: person for topic, person in await session.execute(owners)}  # noqa: C416  # rows are no pairs to mypy
