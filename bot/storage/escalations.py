"""Questions that their askers put to the supervisors: redacted, and here only because the asker pressed the button."""

import uuid
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, Select, delete, or_, select

from bot.errors import FixInput
from bot.storage.clock import Clock, utc_now
from bot.storage.curation_tables import EscalationRow
from bot.storage.engine import Database
from bot.storage.servers import RETENTION_DAYS
from bot.storage.statements import take_turns_deleting
from bot.storage.tables import ServerRow

Tell = Literal["here", "direct"]


@dataclass(frozen=True, slots=True)
class Escalation:
    """One question for the supervisors.

    Attributes:
        id: its id.
        server: where it was asked.
        asker: who asked.
        anonymous: whether the supervisors are not to see who.
        tell: where the answer goes: where it was asked, or by direct message.
        channel: where it was asked.
        message: the message in the review channel.
        topic: the primary topic of the nearest card.
        question: as redacted, and as the asker saw it before.
        asked_at: when.
        reply: what a supervisor answered, redacted; None while nobody has.
        answered_by: who; None for a former member, and while nobody has.
        answered_at: when.
        told_at: when the asker was told.
        answer: the draft that was made of the reply.
    """

    id: uuid.UUID
    server: int
    asker: int
    anonymous: bool
    tell: Tell
    channel: int | None
    message: int | None
    topic: str | None
    question: str
    asked_at: datetime
    reply: str | None = None
    answered_by: int | None = None
    answered_at: datetime | None = None
    told_at: datetime | None = None
    answer: uuid.UUID | None = None


class Escalations:
    """Reads and writes questions for the supervisors."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def ask(  # what the asker chose, each by its name
        self,
        server: int,
        asker: int,
        question: str,
        *,
        anonymous: bool,
        tell: Tell,
        channel: int | None,
        topic: str | None = None,
    ) -> Escalation:
        """Keep a question.

        Args:
            server: where it was asked.
            asker: who asked.
            question: as redacted; whoever calls has shown it to the asker first.
            anonymous: whether the supervisors are not to see who.
            tell: where the answer goes.
            channel: where it was asked.
            topic: the primary topic of the nearest card.

        Raises:
            AssistantError: the database cannot be used.
        """
        row = EscalationRow(
            escalation_id=uuid.uuid4(),
            server_id=server,
            asker_id=asker,
            anonymous=anonymous,
            tell=tell,
            channel_id=channel,
            topic=topic,
            question=question,
            asked_at=self._clock(),
        )
        async with self._database.writing() as session:
            session.add(row)
            return _escalation(row)

    async def posted(self, server: int, escalation: uuid.UUID, message: int) -> None:
        """Keep which message of the review channel shows it.

        Raises:
            FixInput: the server has no such question.
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            (await _row(session.scalar(_of(server, escalation)))).message_id = message

    async def answer(self, server: int, escalation: uuid.UUID, person: int, reply: str) -> Escalation:
        """Keep a supervisor's reply, redacted; the first one counts.

        Raises:
            FixInput: the server has no such question, or it was answered already.
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            row = await _row(session.scalar(_of(server, escalation).with_for_update()))
            if row.answered_at is not None:
                raise FixInput("this question was answered already", "look at the answer that it got")
            row.reply, row.answered_by, row.answered_at = reply, person, self._clock()
            return _escalation(row)

    async def told(self, server: int, escalation: uuid.UUID) -> None:
        """Keep that the asker was told.

        Raises:
            FixInput: the server has no such question.
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            row = await _row(session.scalar(_of(server, escalation)))
            row.told_at = row.told_at or self._clock()

    async def made_draft(self, server: int, escalation: uuid.UUID, answer: uuid.UUID) -> None:
        """Keep which draft was made of the reply.

        Raises:
            FixInput: the server has no such question, or a draft was made of it already.
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            row = await _row(session.scalar(_of(server, escalation).with_for_update()))
            if row.answer_id is not None and row.answer_id != answer:
                raise FixInput("a draft was made of this reply already", "edit that one")
            row.answer_id = answer

    async def find(self, server: int, escalation: uuid.UUID) -> Escalation | None:
        """Return a question of a server, or None where it has none of this id.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.scalar(_of(server, escalation))
            return _escalation(row) if row else None

    async def waiting(self, server: int) -> tuple[Escalation, ...]:
        """Return a server's questions that nobody has answered, the oldest first.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = select(EscalationRow).where(EscalationRow.server_id == server, EscalationRow.answered_at.is_(None))
        async with self._database.reading() as session:
            rows = await session.scalars(wanted.order_by(EscalationRow.asked_at, EscalationRow.escalation_id))
            return tuple(_escalation(row) for row in rows)

    async def untold(self) -> tuple[Escalation, ...]:
        """Return the answered questions of every server whose askers were not told, for the time after a restart.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = select(EscalationRow).where(EscalationRow.answered_at.is_not(None), EscalationRow.told_at.is_(None))
        async with self._database.reading() as session:
            return tuple(_escalation(row) for row in await session.scalars(wanted.order_by(EscalationRow.answered_at)))

    async def expire(self) -> int:
        """Delete what is older than its server keeps rows, answered or not; safe to repeat.

        Returns:
            How many were deleted.

        Raises:
            AssistantError: the database cannot be used.
        """
        deleted = 0
        async with self._database.writing() as session:
            await take_turns_deleting(session)
            chosen = set((await session.scalars(select(ServerRow.retention_days).distinct())).all())
            for days in {*chosen, RETENTION_DAYS}:
                keep_as_long = select(ServerRow.server_id).where(ServerRow.retention_days == days)
                of_these: ColumnElement[bool] = EscalationRow.server_id.in_(keep_as_long)
                if days == RETENTION_DAYS:
                    of_these = or_(of_these, EscalationRow.server_id.not_in(select(ServerRow.server_id)))
                old = (EscalationRow.asked_at < self._clock() - timedelta(days=days), of_these)
                gone = await session.execute(delete(EscalationRow).where(*old).returning(EscalationRow.server_id))
                deleted += len(gone.all())
        return deleted


async def _row(found: Awaitable[EscalationRow | None]) -> EscalationRow:
    row = await found
    if row is None:
        raise FixInput("this server has no such question", "look at the list of those that wait")
    return row


def _of(server: int, escalation: uuid.UUID) -> Select[tuple[EscalationRow]]:
    return select(EscalationRow).where(EscalationRow.server_id == server, EscalationRow.escalation_id == escalation)


def _escalation(row: EscalationRow) -> Escalation:
    return Escalation(
        id=row.escalation_id,
        server=row.server_id,
        asker=row.asker_id,
        anonymous=row.anonymous,
        tell=cast("Tell", row.tell),  # the table lets no other in
        channel=row.channel_id,
        message=row.message_id,
        topic=row.topic,
        question=row.question,
        asked_at=row.asked_at,
        reply=row.reply,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        told_at=row.told_at,
        answer=row.answer_id,
    )
