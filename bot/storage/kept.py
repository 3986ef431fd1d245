"""Locks that a process holds for as long as it lives, each of which no other process can hold meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import log
from bot.errors import AssistantError, TryAgainLater
from bot.storage.engine import Database
from bot.storage.locks import exclusive, key_of
from bot.storage.place import SqlitePlace

_SECONDS_BETWEEN_TRIES = 0.2
_SECONDS_BETWEEN_LOOKS = 5.0


class KeptLocks:
    """Holds locks; a PostgreSQL that was restarted has forgotten them, so they are looked at and taken again."""

    def __init__(self, database: Database, works: Sequence[str]) -> None:
        """Hold nothing yet.

        Args:
            database: the one that the processes share.
            works: a word for each lock.
        """
        self._database = database
        self._works = works
        self._stack = AsyncExitStack()
        self._connection: AsyncConnection | None = None

    async def take(self, wait: float, waiting: Callable[[str], None] = lambda _: None) -> str | None:
        """Take them all, or none.

        Args:
            wait: seconds to wait for another process.
            waiting: told once, by its word, which lock is waited for.

        Returns:
            The word of a lock that another process kept for longer; None where all were taken.

        Raises:
            AssistantError: the database cannot be reached or used.
        """
        until, told = time.monotonic() + wait, False
        while (taken := await self._try()) is not None:
            if time.monotonic() >= until:
                return taken
            if not told:
                waiting(taken)
                told = True
            await asyncio.sleep(_SECONDS_BETWEEN_TRIES)
        return None

    async def keep(self) -> None:
        """Look after the locks; returns only where another process has one of them.

        A database that is away is waited for: nobody else can take a lock in it either.
        """
        if isinstance(self._database.place, SqlitePlace):
            await asyncio.Event().wait()  # a file's lock is there as long as the process
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            try:
                if self._connection is not None and await self._is_alive(self._connection):
                    continue
                await self.release()
                taken = await self._try()
            except AssistantError as error:
                log.event("locks not held", error=type(error).__name__)
                continue
            log.event("locks taken again", state="lost" if taken else "held")
            if taken:
                return

    async def release(self) -> None:
        """Give them all back."""
        self._connection = None
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()

    async def _try(self) -> str | None:
        """Take all locks at once; return which one another process has, where one does, and hold none then."""
        place = self._database.place
        if isinstance(place, SqlitePlace):
            for work in self._works:
                try:
                    await self._stack.enter_async_context(exclusive(self._database, work, wait=0))
                except TryAgainLater:
                    await self.release()
                    return work
            return None
        connection = await self._stack.enter_async_context(self._opened())
        with self._database.border():
            for work in self._works:
                statement = text("SELECT pg_try_advisory_lock(:key)")
                if not (await connection.execute(statement, {"key": key_of(work)})).scalar_one():
                    await self.release()
                    return work
        self._connection = connection
        return None

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that is never handed on: its end is the end of its locks."""
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(self._database.connected(isolation="AUTOCOMMIT"))
            stack.push_async_callback(connection.invalidate)
            yield connection

    async def _is_alive(self, connection: AsyncConnection) -> bool:
        try:
            with self._database.border():
                await connection.execute(text("SELECT 1"))
        except AssistantError:
            return False
        return True
