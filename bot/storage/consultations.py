"""That questions were asked, and what they came to: rows of ids, codes and times, deleted when their days are over."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, delete, or_, select

from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.servers import RETENTION_DAYS
from bot.storage.statements import insert_or_update, take_turns_deleting
from bot.storage.tables import DIRECT, ConsultationRow, ServerRow

Outcome = Literal["answered", "abstained", "out_of_scope", "crisis", "withheld", "unavailable"]

_ROWS_AT_ONCE = 1000
"""So that a writer never waits long for the daily deletion."""

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_UNIT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}#[a-z][0-9]{1,3}")
_WRITER = re.compile(r"\S{1,120}")


@dataclass(frozen=True, slots=True)
class Consultation:
    """One question's row.

    Attributes:
        id: made by whoever answers, so that an answer can carry it before the row is there.
        server: the server's id; None in direct messages and where the bot was not added to the server.
        person: who asked.
        outcome: what it came to.
        cards: ids of the cards in the answer, best first.
        units: ids of the units that the answer cites, in order, so that its sources can be shown again.
        topic: the primary topic of the first card; of the nearest card where nothing was found.
        asked_at: when, with its zone; UTC as it comes back.
        milliseconds: how long the answer took.
        writer: `built-in` or `provider:model`; None where nothing was written.
    """

    id: uuid.UUID
    server: int | None
    person: int
    outcome: Outcome
    cards: tuple[str, ...]
    topic: str | None
    asked_at: datetime
    milliseconds: int
    writer: str | None
    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no id or code, so that no text of a person gets into a row.

        Raises:
            ValueError: a card, the topic or the writer is none, or the time has no zone.
        """
        words = (*self.cards, *([self.topic] if self.topic is not None else []))
        coded = all(_CODE.fullmatch(word) for word in words) and all(_UNIT.fullmatch(unit) for unit in self.units)
        if not coded or not _WRITER.fullmatch(self.writer or "-"):
            raise ValueError("a consultation row holds ids and codes only")
        if self.asked_at.tzinfo is None:
            raise ValueError("a time without its zone")


class Consultations:
    """Reads, writes and deletes consultation rows."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def record(self, consultation: Consultation) -> None:
        """Keep a row; one that is there already stays as it is.

        Raises:
            AssistantError: the database cannot be used.
        """
        row = {
            "consultation_id": consultation.id,
            "server_id": consultation.server or DIRECT,
            "person_id": consultation.person,
            "outcome": consultation.outcome,
            "cards": list(consultation.cards),
            "units": list(consultation.units),
            "topic": consultation.topic,
            "asked_at": consultation.asked_at,
            "milliseconds": consultation.milliseconds,
            "writer": consultation.writer,
        }
        async with self._database.writing() as session:
            await insert_or_update(session, ConsultationRow, row, keys=("consultation_id",), update=())

    async def find(self, consultation: uuid.UUID) -> Consultation | None:
        """Return a row, or None where there is none or it was deleted.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.get(ConsultationRow, consultation)
            return consultation_of(row) if row else None

    async def expire(self) -> int:
        """Delete the rows that are older than their server keeps them, with their feedback; safe to repeat.

        Returns:
            How many were deleted.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            set_by_servers = set((await session.scalars(select(ServerRow.retention_days).distinct())).all())
        deleted = 0
        for days in {*set_by_servers, RETENTION_DAYS}:
            keep_as_long = select(ServerRow.server_id).where(ServerRow.retention_days == days)
            of_these: ColumnElement[bool] = ConsultationRow.server_id.in_(keep_as_long)
            if days == RETENTION_DAYS:
                of_these = or_(of_these, ConsultationRow.server_id.not_in(select(ServerRow.server_id)))
            deleted += await self._delete(of_these, before=self._clock() - timedelta(days=days))
        return deleted

    async def _delete(self, of_these: ColumnElement[bool], *, before: datetime) -> int:
        deleted = 0
        while True:
            async with self._database.writing() as session:
                await take_turns_deleting(session)
                old = select(ConsultationRow.consultation_id).where(ConsultationRow.asked_at < before, of_these)
                ids = (await session.scalars(old.limit(_ROWS_AT_ONCE))).all()
                if ids:
                    await session.execute(delete(ConsultationRow).where(ConsultationRow.consultation_id.in_(ids)))
            deleted += len(ids)
            if len(ids) < _ROWS_AT_ONCE:
                return deleted


def consultation_of(row: ConsultationRow) -> Consultation:
    """Return a row as a consultation."""
    return Consultation(
        id=row.consultation_id,
        server=row.server_id or None,
        person=row.person_id,
        outcome=cast("Outcome", row.outcome),  # the table lets no other in
        cards=tuple(row.cards),
        topic=row.topic,
        asked_at=row.asked_at,
        milliseconds=row.milliseconds,
        writer=row.writer,
        units=tuple(row.units or ()),
    )
