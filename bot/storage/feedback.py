"""Whether answers helped: yes or no, and reasons from a list; never words of a person's own."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.statements import insert_or_update
from bot.storage.tables import ConsultationRow, FeedbackRow

_REASON = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person said of one answer.

    Attributes:
        consultation: whose answer.
        person: who said it.
        helpful: whether it helped.
        reasons: codes, in the order of the alphabet.
        given_at: when, in UTC.
    """

    consultation: uuid.UUID
    person: int
    helpful: bool
    reasons: tuple[str, ...]
    given_at: datetime


class FeedbackBook:
    """Reads and writes feedback."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def give(
        self, consultation: uuid.UUID, person: int, *, helpful: bool, reasons: Iterable[str] = ()
    ) -> Feedback | None:
        """Keep what a person says of an answer, in place of what they said of it before.

        Returns:
            None where the consultation's row is not there any more.

        Raises:
            ValueError: a reason is no code.
            AssistantError: the database cannot be used.
        """
        codes = tuple(sorted(set(reasons)))
        if not all(_REASON.fullmatch(code) for code in codes):
            raise ValueError("a reason is a code")
        given = Feedback(consultation, person, helpful, codes, self._clock())
        row = {
            "consultation_id": consultation,
            "person_id": person,
            "helpful": helpful,
            "reasons": list(codes),
            "given_at": given.given_at,
        }
        there = select(ConsultationRow.consultation_id).where(ConsultationRow.consultation_id == consultation)
        keys, update = ("consultation_id", "person_id"), ("helpful", "reasons", "given_at")
        async with self._database.writing() as session:
            # PostgreSQL locks the row against its deletion; SQLite has one writer anyway.
            if await session.scalar(there.with_for_update(read=True, key_share=True)) is None:
                return None
            await insert_or_update(session, FeedbackRow, row, keys=keys, update=update)
        return given

    async def of(self, consultation: uuid.UUID) -> tuple[Feedback, ...]:
        """Return what was said of an answer, earliest first.

        Raises:
            AssistantError: the database cannot be used.
        """
        said = select(FeedbackRow).where(FeedbackRow.consultation_id == consultation)
        async with self._database.reading() as session:
            rows = await session.scalars(said.order_by(FeedbackRow.given_at, FeedbackRow.person_id))
            return tuple(feedback_of(row) for row in rows)


def feedback_of(row: FeedbackRow) -> Feedback:
    """Return a row as feedback."""
    return Feedback(row.consultation_id, row.person_id, row.helpful, tuple(row.reasons), row.given_at)
