"""Which keys the database needs, and the change of every sealed text to another key, or back to plain."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, delete, func, inspect, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import log
from bot.errors import AssistantError, FixInput
from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.keyring import KeyRing, missing
from bot.storage.locks import exclusive
from bot.storage.migrate import look
from bot.storage.place import SqlitePlace, place_of
from bot.storage.sealed import kept_otherwise, kept_under, sealed_columns
from bot.storage.statements import insert_or_update
from bot.storage.tables import FactRow, Table

_KEY = "key:"
"""Begins the name of the fact that a key seals texts here; its value is sealed by that key."""

_CANARY = "the key fits"
_WORK = "keys"
_BATCH = 200
_SECONDS_TO_WAIT = 10.0
_SECONDS_TO_CLEAR = 20

Told = Callable[[int, int], None]
"""Called with texts done and texts to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How the texts are kept.

    Attributes:
        keys: names of the keys that the database says are needed.
        first: the name of the key that encrypts from now on.
        plain: rows with a text that is not encrypted.
        others: rows with a text under another key than the first.
    """

    keys: tuple[str, ...]
    first: str | None
    plain: int
    others: int


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did.

    Attributes:
        rows: how many were written anew.
        cleared: whether the space where the old texts stood was written over.
    """

    rows: int
    cleared: bool


async def admit(database: Database) -> None:
    """Check that the keys fit the database, and let it know the one that encrypts from now on.

    Args:
        database: at this program's revision.

    Raises:
        FixSettings: a key that texts are encrypted under is not in DATA_KEY.
        AssistantError: the database cannot be used.
    """
    async with database.reading() as session:
        keys = await _keys_needed(session, database.keys)
    first = database.keys.first
    if first is not None and first not in keys:
        canary = {"name": f"{_KEY}{first}", "value": database.keys.seal(_CANARY)}
        async with database.writing() as session:
            await insert_or_update(session, FactRow, canary, keys=("name",), update=())
        log.event("encryption", state="begun")


def require_keys(connection: Connection, keys: KeyRing) -> None:
    """Check that keys fit what a connection sees; for one who has just restored rows.

    Raises:
        FixSettings: a key that texts are encrypted under is not in DATA_KEY.
    """
    if inspect(connection).has_table(FactRow.__tablename__):
        wanted = select(FactRow.name, FactRow.value).where(FactRow.name.startswith(_KEY))
        _try_canaries({name: value for name, value in connection.execute(wanted)}, keys)  # noqa: C416  # no pairs to mypy


async def look_at_keys(settings: Settings) -> Kept | None:
    """Return how the texts are kept, or None where the database is not at this program's revision yet.

    Raises:
        FixSettings: DATA_KEY holds no key, or not the one that is needed.
        AssistantError: the database cannot be used.
    """
    KeyRing.of(settings)
    if not (await look(settings)).at_head:
        return None
    async with Database.of(settings) as database, database.reading() as session:
        first = database.keys.first
        keys = await _keys_needed(session, database.keys)
        plain = others = 0
        for table, columns in sealed_columns().items():
            not_sealed = or_(*(kept_otherwise(one, "") for one in columns))
            plain += await _count(session, table, not_sealed)
            if first is not None:
                elsewhere = or_(*(kept_under(one, "") & kept_otherwise(one, first) for one in columns))
                others += await _count(session, table, elsewhere)
        return Kept(keys, first, plain, others)


async def rotate(settings: Settings, *, plain: bool = False, told: Told | None = None, batch: int = _BATCH) -> Rotated:
    """Write every text anew under the first key, in batches; one that was cut short is gone on with.

    Args:
        settings: name the database and the keys; those that texts are under now must be among them.
        plain: write them without encryption instead.
        told: told how far it is.
        batch: rows in one transaction.

    Raises:
        FixSettings: DATA_KEY holds no key, or not the one that a text is under.
        FixInput: there is no key.
        AssistantError: the database cannot be used.
    """
    keys = KeyRing.of(settings, seals=not plain)
    if not keys.names:
        raise FixInput("DATA_KEY is not set", "set it to a key of `supervision-bot keys new`, and run this again")
    async with Database(place_of(settings), keys=keys) as database:
        await admit(database)
        async with exclusive(database, _WORK, wait=_SECONDS_TO_WAIT):
            rows = await _write_anew(database, keys.first, told or _untold, batch)
            await _forget_other_keys(database)
        cleared = await _clear(database)
    log.event("encryption", state="off" if plain else "rotated", rows=rows)
    return Rotated(rows, cleared)


async def _write_anew(database: Database, first: str | None, told: Told, batch: int) -> int:
    tables = {table: (columns, _wrong(columns, first)) for table, columns in sealed_columns().items()}
    async with database.reading() as session:
        total = sum([await _count(session, table, wrong) for table, (_, wrong) in tables.items()])
    done = 0
    told(done, total)
    for table, (columns, wrong) in tables.items():
        key = list(inspect(table).primary_key)
        wanted = select(*key, *columns).where(wrong).limit(batch).with_for_update()
        while True:
            async with database.writing() as session:
                rows = (await session.execute(wanted)).all()
                for row in rows:
                    this = [column == value for column, value in zip(key, row, strict=False)]
                    texts = dict(zip((column.name for column in columns), row[len(key) :], strict=True))
                    await session.execute(
                        update(table).where(*this).values(texts).execution_options(synchronize_session=False)
                    )
            done += len(rows)
            told(done, max(done, total))
            if len(rows) < batch:
                break
    return done


def _wrong(columns: list[Column[Any]], first: str | None) -> Any:  # noqa: ANN401  # a condition of SQLAlchemy's
    return or_(*(kept_under(one, "") if first is None else kept_otherwise(one, first) for one in columns))


async def _forget_other_keys(database: Database) -> None:
    """Let go of each key that seals nothing any more; a bot that still runs with it enters it again at its start."""
    first = database.keys.first
    async with database.writing() as session:
        for name in await _keys_needed(session, database.keys):
            held = [
                await _count(session, table, or_(*(kept_under(one, name) for one in columns)))
                for table, columns in sealed_columns().items()
            ]
            if name != first and not any(held):
                await session.execute(delete(FactRow).where(FactRow.name == f"{_KEY}{name}"))


async def _clear(database: Database) -> bool:
    """Write over the space where old texts stood, as far as the database has it in hand; False where it was in use."""
    place = database.place
    try:
        if isinstance(place, SqlitePlace):
            return await asyncio.to_thread(_clear_file, place.path)
        async with database.connected(isolation="AUTOCOMMIT") as connection:
            await connection.execute(text(f"SET lock_timeout = '{_SECONDS_TO_CLEAR}s'"))
            for table in sealed_columns():
                await connection.execute(text(f"VACUUM FULL {table.__tablename__}"))
    except AssistantError:
        return False
    return True


def _clear_file(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=_SECONDS_TO_CLEAR, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    return not busy


async def _keys_needed(session: AsyncSession, keys: KeyRing) -> tuple[str, ...]:
    wanted = select(FactRow.name, FactRow.value).where(FactRow.name.startswith(_KEY))
    return _try_canaries({name: value for name, value in await session.execute(wanted)}, keys)  # noqa: C416  # no pairs to mypy


def _try_canaries(canaries: dict[str, str], keys: KeyRing) -> tuple[str, ...]:
    names = tuple(sorted(name.removeprefix(_KEY) for name in canaries))
    strangers = [name for name in names if name not in keys.names]
    if strangers:
        raise missing(strangers, keys.names)
    for value in canaries.values():
        keys.open(value)
    return names


async def _count(session: AsyncSession, table: type[Table], condition: Any) -> int:  # noqa: ANN401  # SQLAlchemy's
    return await session.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _untold(done: int, total: int) -> None:
    del done, total
