"""Questions some days after an answer: kept until they are asked, each asked once, and counts of what was reported."""

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from bot.storage.afterwards_tables import AfterwardsRow, ReportRow
from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.servers import RETENTION_DAYS
from bot.storage.statements import insert_or_update, take_turns_deleting
from bot.storage.tables import ServerRow

Tried = Literal["yes", "part", "no"]
Bond = Literal["better", "same", "worse"]
Supervision = Literal["yes", "not_yet", "no"]

ASKERS_FOR_A_COUNT = 5
"""People who must have reported of a card before anything of it is shown, so that no single one is recognised."""

_AT_ONCE = 50
_GRACE = timedelta(days=1)
"""So long a question may come late; a name that was not dropped when it was sent goes then too."""

Check = Callable[[int, str, int], str]
"""Gives the check value of a server, a card and a person, which only the bot can make."""


@dataclass(frozen=True, slots=True)
class Due:
    """A question that is to be asked now.

    Attributes:
        id: of the question; made for it alone.
        person: who wanted to be asked.
        made_at: when they wanted it.
    """

    id: uuid.UUID
    person: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What a person said: whether they tried something, what became of the bond, whether supervision heard of it."""

    tried: Tried
    bond: Bond
    supervision: Supervision


@dataclass(frozen=True, slots=True)
class CardReports:
    """What at least five people reported of one card.

    Attributes:
        card: its id.
        askers: how many people.
        tried: how many of them tried something of it, in part or in full.
        better: how many of those who tried say that the bond got better.
        same: that it stayed as it was.
        worse: that it got worse.
        supervised: how many of all brought it to supervision.
    """

    card: str
    askers: int
    tried: int
    better: int
    same: int
    worse: int
    supervised: int


class Afterwards:
    """Reads and writes questions for later and what was reported."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def want(
        self, server: int, person: int, consultation: uuid.UUID, cards: tuple[str, ...], *, days: int
    ) -> uuid.UUID | None:
        """Keep that a person wants to be asked about an answer.

        Returns:
            The question's id; None where they had wanted it before.

        Raises:
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        key = uuid.uuid4()
        row = {
            "question_id": key,
            "server_id": server,
            "consultation_id": consultation,
            "person_id": person,
            "cards": list(dict.fromkeys(cards)),
            "made_at": now,
            "due_at": now + timedelta(days=days),
            "sent_at": None,
        }
        kept = select(AfterwardsRow.question_id).where(AfterwardsRow.consultation_id == consultation)
        async with self._database.writing() as session:
            await insert_or_update(session, AfterwardsRow, row, keys=("consultation_id",), update=())
            return key if await session.scalar(kept) == key else None

    async def drop(self, question: uuid.UUID, person: int | None = None) -> bool:
        """Delete a question that is not to be asked, a person's own where one is named; tell whether there was one.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = [AfterwardsRow.question_id == question]
        wanted += [AfterwardsRow.person_id == person] if person is not None else []
        async with self._database.writing() as session:
            gone = await session.execute(delete(AfterwardsRow).where(*wanted).returning(AfterwardsRow.question_id))
            return bool(gone.all())

    async def take_due(self) -> tuple[Due, ...]:
        """Return questions that are to be asked now; each is given out once, also to several processes at once.

        Raises:
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        due = (AfterwardsRow.sent_at.is_(None), AfterwardsRow.person_id.is_not(None), AfterwardsRow.due_at <= now)
        first = select(AfterwardsRow.question_id).where(*due).order_by(AfterwardsRow.due_at).limit(_AT_ONCE)
        columns = (AfterwardsRow.question_id, AfterwardsRow.person_id, AfterwardsRow.made_at)
        async with self._database.writing() as session:
            taken = await session.execute(
                update(AfterwardsRow)
                .where(AfterwardsRow.question_id.in_(first.with_for_update(skip_locked=True)), *due)
                .values(sent_at=now)
                .returning(*columns)
                .execution_options(synchronize_session=False)
            )
            return tuple(Due(key, person or 0, made_at) for key, person, made_at in taken.tuples())

    async def sent(self, question: uuid.UUID) -> None:
        """Drop whose question it was, and which consultation's.

        Raises:
            AssistantError: the database cannot be used.
        """
        await self._set(question, person_id=None, consultation_id=None)

    async def later(self, question: uuid.UUID, *, hours: int) -> None:
        """Let a question that could not be sent fall due again.

        Raises:
            AssistantError: the database cannot be used.
        """
        await self._set(question, sent_at=None, due_at=self._clock() + timedelta(hours=hours))

    async def _set(self, question: uuid.UUID, **values: object) -> None:
        async with self._database.writing() as session:
            await session.execute(update(AfterwardsRow).where(AfterwardsRow.question_id == question).values(**values))

    async def report(self, question: uuid.UUID, person: int, report: Report, check: Check) -> bool:
        """Keep what a person reported, once a question; a person counts once a card, with what they said last.

        Returns:
            Whether the question was still there.

        Raises:
            AssistantError: the database cannot be used.
        """
        columns = (AfterwardsRow.server_id, AfterwardsRow.cards)
        said = {"tried": report.tried, "bond": report.bond, "supervision": report.supervision}
        said_on = {**said, "reported_on": self._clock().date()}
        keys = ("server_id", "card_id", "asker")
        async with self._database.writing() as session:
            asked = delete(AfterwardsRow).where(AfterwardsRow.question_id == question).returning(*columns)
            found = (await session.execute(asked)).tuples().first()
            if found is None:
                return False
            server, cards = found
            for card in cards:
                row = {"server_id": server, "card_id": card, "asker": check(server, card, person), **said_on}
                await insert_or_update(session, ReportRow, row, keys=keys, update=tuple(said_on))
            return True

    async def forget_reports(self, person: int, check: Check) -> int:
        """Delete what a person reported, in every server, and return how much that was.

        Raises:
            AssistantError: the database cannot be used.
        """
        known = select(ReportRow.server_id, ReportRow.card_id).distinct()
        deleted = 0
        async with self._database.writing() as session:
            await take_turns_deleting(session)
            for server, card in (await session.execute(known)).tuples().all():
                theirs = (ReportRow.server_id == server, ReportRow.card_id == card)
                own = ReportRow.asker == check(server, card, person)
                gone = await session.execute(delete(ReportRow).where(*theirs, own).returning(ReportRow.card_id))
                deleted += len(gone.all())
        return deleted

    async def helped(self, server: int, *, askers: int = ASKERS_FOR_A_COUNT) -> tuple[CardReports, ...]:
        """Return what was reported of each card by so many people at least, what helped most often first.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = select(ReportRow.card_id, ReportRow.tried, ReportRow.bond, ReportRow.supervision)
        async with self._database.reading() as session:
            rows = (await session.execute(wanted.where(ReportRow.server_id == server))).tuples().all()
        by_card: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for card, *said in rows:
            by_card[card].append((said[0], said[1], said[2]))
        counted = [_counted(card, said) for card, said in by_card.items() if len(said) >= askers]
        return tuple(sorted(counted, key=lambda one: (-one.better / max(one.tried, 1), -one.askers, one.card)))

    async def expire(self) -> int:
        """Delete what is older than its server keeps rows; safe to repeat.

        Returns:
            How many rows were deleted.

        Raises:
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        late = AfterwardsRow.due_at < now - _GRACE
        deleted = 0
        async with self._database.writing() as session:
            await take_turns_deleting(session)
            forgotten = and_(AfterwardsRow.sent_at < now - _GRACE, AfterwardsRow.person_id.is_not(None))
            await session.execute(update(AfterwardsRow).where(forgotten).values(person_id=None, consultation_id=None))
            chosen = set((await session.scalars(select(ServerRow.retention_days).distinct())).all())
            for days in {*chosen, RETENTION_DAYS}:
                since = now - timedelta(days=days)
                rows = delete(AfterwardsRow).where(AfterwardsRow.made_at < since, late, _keeps(AfterwardsRow, days))
                deleted += len((await session.execute(rows.returning(AfterwardsRow.question_id))).all())
                reports = delete(ReportRow).where(ReportRow.reported_on < since.date(), _keeps(ReportRow, days))
                deleted += len((await session.execute(reports.returning(ReportRow.card_id))).all())
        return deleted


def _keeps(table: type[AfterwardsRow] | type[ReportRow], days: int) -> ColumnElement[bool]:
    """Return the condition that a row's server keeps rows for so many days."""
    as_long = table.server_id.in_(select(ServerRow.server_id).where(ServerRow.retention_days == days))
    return or_(as_long, table.server_id.not_in(select(ServerRow.server_id))) if days == RETENTION_DAYS else as_long


def _counted(card: str, said: list[tuple[str, str, str]]) -> CardReports:
    bonds = [bond for tried, bond, _ in said if tried != "no"]
    return CardReports(
        card=card,
        askers=len(said),
        tried=len(bonds),
        better=bonds.count("better"),
        same=bonds.count("same"),
        worse=bonds.count("worse"),
        supervised=sum(supervision == "yes" for _, _, supervision in said),
    )
