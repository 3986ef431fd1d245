"""Lets one process at a time do a piece of work, however many share the database."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from filelock import AsyncFileLock, Timeout
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import TryAgainLater
from bot.storage.engine import Database
from bot.storage.place import SqlitePlace

_SECONDS_BETWEEN_TRIES = 0.1


@asynccontextmanager
async def exclusive(database: Database, work: str, *, wait: float) -> AsyncIterator[None]:
    """Hold the lock of a kind of work; it is gone with the process, however that ends.

    Args:
        database: the one that the processes share.
        work: which work, a short word.
        wait: seconds to wait for another process.

    Raises:
        TryAgainLater: another process kept it for longer.
        AssistantError: the database cannot be reached or used.
    """
    if isinstance(database.place, SqlitePlace):
        lock = AsyncFileLock(database.place.path.parent / f"{work}.lock", timeout=wait)
        try:
            await lock.acquire()
        except Timeout:
            raise _taken(database, work, wait) from None
        try:
            yield
        finally:
            await lock.release()
        return
    async with AsyncExitStack() as stack:
        # Entered on a stack that is closed without the block's own errors, which are not the database's.
        held = AsyncExitStack()
        connection = await held.enter_async_context(database.connected(isolation="AUTOCOMMIT"))
        stack.push_async_callback(held.aclose)
        key = key_of(work)
        with database.border():
            await _take(connection, key, until=time.monotonic() + wait, or_else=_taken(database, work, wait))
        stack.push_async_callback(_give_back, connection, key)
        yield


async def _take(connection: AsyncConnection, key: int, *, until: float, or_else: TryAgainLater) -> None:
    while not (await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})).scalar_one():
        if time.monotonic() > until:
            raise or_else
        await asyncio.sleep(_SECONDS_BETWEEN_TRIES)


async def _give_back(connection: AsyncConnection, key: int) -> None:
    try:
        await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
    except SQLAlchemyError:
        await connection.invalidate()


def key_of(work: str) -> int:
    """Return the number by which a PostgreSQL knows the lock for a kind of work."""
    digest = hashlib.blake2b(f"supervision-assistant {work}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _taken(database: Database, work: str, wait: float) -> TryAgainLater:
    return TryAgainLater(
        f"another process has held the lock for `{work}` of {database.place.label} for {wait:.0f} seconds",
        "wait for it to finish, or stop it",
    )
