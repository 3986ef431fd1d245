"""Threads in which a supervisor has the floor, so that the bot is quiet there after a restart too."""

from datetime import timedelta

from sqlalchemy import delete, not_, select, update

from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.statements import insert_or_update, take_turns_deleting
from bot.storage.tables import FloorRow

QUIET = timedelta(minutes=30)
"""So long a supervisor has the floor after each of their messages."""


class Floors:
    """Reads, writes and deletes in which threads a supervisor has the floor; never which supervisor."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def take(self, thread: int, server: int) -> None:
        """Keep that a supervisor wrote in a thread.

        Raises:
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        row = {"thread_id": thread, "server_id": server, "taken_at": now, "told": False}
        async with self._database.writing() as session:
            ended = FloorRow.taken_at <= now - QUIET
            await session.execute(delete(FloorRow).where(FloorRow.thread_id == thread, ended))
            await insert_or_update(session, FloorRow, row, keys=("thread_id",), update=("taken_at",))

    async def is_taken(self, thread: int) -> bool:
        """Tell whether a supervisor wrote in a thread lately.

        Raises:
            AssistantError: the database cannot be used.
        """
        lately = FloorRow.taken_at > self._clock() - QUIET
        async with self._database.reading() as session:
            return (await session.scalar(select(FloorRow.told).where(FloorRow.thread_id == thread, lately))) is not None

    async def may_say_so(self, thread: int) -> bool:
        """Tell, once, that it is to be said that a supervisor has the floor.

        Raises:
            AssistantError: the database cannot be used.
        """
        untold = (FloorRow.thread_id == thread, not_(FloorRow.told), FloorRow.taken_at > self._clock() - QUIET)
        telling = update(FloorRow).where(*untold).values(told=True).returning(FloorRow.thread_id)
        async with self._database.writing() as session:
            return (await session.scalar(telling)) is not None

    async def expire(self) -> int:
        """Delete what is over, and return how many rows that were.

        Raises:
            AssistantError: the database cannot be used.
        """
        ended = FloorRow.taken_at <= self._clock() - QUIET
        async with self._database.writing() as session:
            await take_turns_deleting(session)
            return len((await session.scalars(delete(FloorRow).where(ended).returning(FloorRow.thread_id))).all())
