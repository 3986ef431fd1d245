"""Opens the database, and owns its connections and transactions."""

import asyncio
import os
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import URL, Connection, column, event, select, table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from bot.errors import InstallExtra, TryAgainLater
from bot.settings import Settings
from bot.storage.failures import as_ours
from bot.storage.keyring import PLAIN, KeyRing
from bot.storage.place import Place, PostgresPlace, SqlitePlace, place_of
from bot.storage.sealed import give_keys
from bot.storage.tables import REVISION_TABLE

_CONNECTIONS = 9
"""Kept open; more would be opened and closed in each burst, which costs more than waiting for one of these."""

_CONNECTIONS_APART = 3
"""For who holds locks (shards, the curated index, a day's work or a migration), and for SQLite's writer."""

_SECONDS_TO_CONNECT = 10.0
_SECONDS_A_STATEMENT = 60.0
_SECONDS_FOR_A_CONNECTION = 20.0
_SECONDS_BEHIND_OTHER_PROCESSES = 20.0
_SECONDS_BETWEEN_TRIES = (0.005, 0.05)
_MILLISECONDS_IN_SQLITE = 50

_WRITES = "supervision_writes"
_APPLICATION = "supervision-assistant"


class Database:
    """The database of one event loop; close it, or use it as an async context manager."""

    def __init__(self, place: Place, *, migrating: bool = False, keys: KeyRing = PLAIN) -> None:
        """Prepare the connections; none is made yet.

        Args:
            place: where the database is.
            migrating: leave SQLite's foreign keys unchecked, since they cannot be switched off inside a transaction
                and would delete rows when a table is made anew.
            keys: seal and open what is encrypted at rest.

        Raises:
            InstallExtra: it is a PostgreSQL, and the driver for that is not installed.
        """
        self.place = place
        self.keys = keys
        self._turns = asyncio.Semaphore(_CONNECTIONS - _CONNECTIONS_APART)
        match place:
            case SqlitePlace():
                self._engine = _sqlite(place, foreign_keys=not migrating)
                # One writer at a time is SQLite's rule; it lets those who wait starve, and a queue does not.
                self._turns_to_write = asyncio.Semaphore(1)
            case PostgresPlace():
                self._engine = _postgres(place)
                self._turns_to_write = self._turns
        give_keys(self._engine, keys)
        self._writers = self._engine.execution_options(**{_WRITES: True})

    @classmethod
    def of(cls, settings: Settings, *, migrating: bool = False) -> Self:
        """Return the database that the settings name, with their keys.

        Raises:
            FixSettings: DATABASE_URL is no address of a PostgreSQL, or DATA_KEY holds something that is no key.
            InstallExtra: the driver for it, or what DATA_KEY needs, is not installed.
        """
        return cls(place_of(settings), migrating=migrating, keys=KeyRing.of(settings))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session that reads.

        Raises:
            AssistantError: the database cannot be reached or used.
        """
        with self.border():
            async with _turn(self._turns, self.place), AsyncSession(self._engine, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Give a session whose work is kept together, or not at all where the block raises.

        Raises:
            AssistantError: the database cannot be reached or used.
        """
        with self.border():
            async with (
                _turn(self._turns_to_write, self.place),
                AsyncSession(self._writers, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session

    @asynccontextmanager
    async def connected(
        self, *, writes: bool = False, isolation: Literal["AUTOCOMMIT", "REPEATABLE READ"] | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """Give a connection, for migrations and locks.

        Args:
            writes: take SQLite's write lock at once.
            isolation: what PostgreSQL is to do in place of its default; SQLite always shows one state of things.

        Raises:
            AssistantError: the database cannot be reached or used.
        """
        with self.border():
            if isinstance(self.place, SqlitePlace):
                await asyncio.to_thread(_make_private_file, self.place.path)
            async with (self._writers if writes else self._engine).connect() as connection:
                if isolation and isinstance(self.place, PostgresPlace):
                    await connection.execution_options(isolation_level=isolation)
                yield connection

    async def revision(self) -> str | None:
        """Return the revision that the database says it is at: a small query, which shows that it answers.

        Raises:
            AssistantError: it cannot be reached or used.
        """
        async with self.reading() as session:
            revision: str | None = await session.scalar(
                select(column("version_num")).select_from(table(REVISION_TABLE))
            )
            return revision

    def border(self) -> AbstractContextManager[None]:
        """Return a context that turns what the drivers raise into ours."""
        return _Border(self.place)


@asynccontextmanager
async def _turn(turns: asyncio.Semaphore, place: Place) -> AsyncIterator[None]:
    """Wait for a turn before anything costly is made, so that hundreds of calls at once do not stop the loop."""
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_CONNECTION):
            await turns.acquire()
    except TimeoutError:
        problem = f"{place.label} has been too busy for {_SECONDS_FOR_A_CONNECTION:.0f} seconds"
        raise TryAgainLater(problem, "try again in a moment") from None
    try:
        yield
    finally:
        turns.release()


class _Border(AbstractContextManager[None]):
    """Lets nothing of the drivers out: their errors hold statements, and some hold the address with its password."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, SQLAlchemyError | sqlite3.Error | OSError | TimeoutError) or (
            isinstance(error, Exception) and type(error).__module__.startswith("asyncpg")
        ):
            raise as_ours(error, self._place) from None


def _sqlite(place: SqlitePlace, *, foreign_keys: bool) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(place.path)),
        connect_args={"timeout": _SECONDS_BEHIND_OTHER_PROCESSES, "isolation_level": None},
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_SECONDS_FOR_A_CONNECTION,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _: object) -> None:  # noqa: ANN401  # the driver's own
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.execute(f"PRAGMA busy_timeout = {_MILLISECONDS_IN_SQLITE}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        # Python's sqlite3 begins late and leaves DDL outside; and who begins as a reader may fail at the first write.
        driver: Any = connection.connection.dbapi_connection
        if connection.get_execution_options().get(_WRITES, False):
            _begin_writing(driver)
        else:
            _run(driver, "BEGIN")

    return engine


def _begin_writing(connection: Any) -> None:  # noqa: ANN401  # the driver's own
    """Take the write lock, waiting for other processes on the event loop.

    SQLite's own wait holds the connection's mutex, and the loop's thread may want that, to free a cursor: it would then
    wait as long, and so would the very writer that is waited for, where it is in this process.
    """
    until = time.monotonic() + _SECONDS_BEHIND_OTHER_PROCESSES
    while True:
        try:
            return _run(connection, "BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        pause = random.uniform(*_SECONDS_BETWEEN_TRIES)  # noqa: S311  # no secret
        connection.run_async(lambda _: asyncio.sleep(pause))  # noqa: B023  # awaited before the next turn


def _run(connection: Any, statement: str) -> None:  # noqa: ANN401  # the driver's own
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()


def _postgres(place: PostgresPlace) -> AsyncEngine:
    try:
        import asyncpg  # noqa: PLC0415  # of an extra
    except ImportError:
        raise InstallExtra(
            "DATABASE_URL names a PostgreSQL, and the package asyncpg is not installed",
            'install the extra: pip install "supervision-assistant[postgres]"',
        ) from None

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(
            place.dsn.get_secret_value(),
            timeout=_SECONDS_TO_CONNECT,
            command_timeout=_SECONDS_A_STATEMENT,
            server_settings={"application_name": _APPLICATION},
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_pre_ping=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_SECONDS_FOR_A_CONNECTION,
        hide_parameters=True,
    )


def _make_private_file(path: Path) -> None:
    """Make the file where it is missing, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
