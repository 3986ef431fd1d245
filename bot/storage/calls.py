"""Calls of the on-call role: one of each person about each danger, whatever restarts and however many processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, not_, or_, select, update

from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.statements import insert_or_update, take_turns_deleting
from bot.storage.tables import CallRow

COUNTS_FOR = timedelta(minutes=10)
"""One person calls once about one danger in this time."""

_UNDER_WAY = timedelta(seconds=30)
"""A call that was begun and of whose post nothing is known counts no longer: its process may have died before it."""


@dataclass(frozen=True, slots=True)
class Call:
    """That somebody called.

    Attributes:
        consultation: about which one.
        person: who called.
        server: where.
        begun_at: when.
        posted: whether Discord took the post.
    """

    consultation: UUID
    person: int
    server: int
    begun_at: datetime
    posted: bool = False


class Calls:
    """Reads, writes and deletes that people called."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, consultation: UUID, person: int, server: int) -> bool:
        """Keep that a call is about to be posted, unless one counts already; of several at once one does.

        Returns:
            Whether the caller is to post it.

        Raises:
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        lapsed = or_(
            CallRow.begun_at <= now - COUNTS_FOR,
            and_(not_(CallRow.posted), CallRow.begun_at <= now - _UNDER_WAY),
        )
        row = {
            "consultation_id": consultation,
            "person_id": person,
            "server_id": server,
            "begun_at": now,
            "posted": False,
        }
        keys = ("consultation_id", "person_id")
        async with self._database.writing() as session:
            return await insert_or_update(session, CallRow, row, keys=keys, update=("begun_at", "posted"), where=lapsed)

    async def posted(self, consultation: UUID, person: int) -> None:
        """Keep that Discord took the post.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            await session.execute(update(CallRow).where(*_of(consultation, person)).values(posted=True))

    async def take_back(self, consultation: UUID, person: int) -> None:
        """Keep nothing of a call that was not posted, so that the next press can.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            await session.execute(delete(CallRow).where(*_of(consultation, person)))

    async def counts(self, consultation: UUID, person: int) -> bool:
        """Tell whether a post of this person about this danger counts still.

        Raises:
            AssistantError: the database cannot be used.
        """
        since = self._clock() - COUNTS_FOR
        theirs = select(CallRow.person_id).where(*_of(consultation, person), CallRow.posted, CallRow.begun_at > since)
        async with self._database.reading() as session:
            return (await session.scalar(theirs)) is not None

    async def expire(self) -> int:
        """Delete what counts no longer, and return how many rows that were.

        Raises:
            AssistantError: the database cannot be used.
        """
        old = CallRow.begun_at <= self._clock() - COUNTS_FOR
        async with self._database.writing() as session:
            await take_turns_deleting(session)
            return len((await session.scalars(delete(CallRow).where(old).returning(CallRow.person_id))).all())


def call_of(row: CallRow) -> Call:
    """Return a row as a call."""
    return Call(row.consultation_id, row.person_id, row.server_id, row.begun_at, row.posted)


def _of(consultation: UUID, person: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return CallRow.consultation_id == consultation, CallRow.person_id == person
