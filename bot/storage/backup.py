"""Takes a backup of either database while the bot runs, and puts one back into either, whole or not at all."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from bot import log
from bot.errors import FixInput, MendDataFolder, UpdateProgram
from bot.settings import Settings
from bot.storage import contents
from bot.storage.archive import ArchiveReader, ArchiveWriter, Manifest, Origin
from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.keys import require_keys
from bot.storage.locks import exclusive
from bot.storage.migrate import SECONDS_BEHIND_ANOTHER, check_references, current_of, revisions, upgrade
from bot.storage.place import SqlitePlace

_WORK = "migrate"
"""Who restores takes the lock of those who migrate: both change the tables."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        manifest: what the archive holds.
        deleted: rows that were there before.
        head: the revision that the database is at now.
    """

    manifest: Manifest
    deleted: int
    head: str


async def backup(settings: Settings, path: Path, *, clock: Clock = utc_now) -> Manifest:
    """Write every row of one moment into an archive; the bot may go on meanwhile.

    Args:
        settings: name the database.
        path: the archive; nothing may be there.
        clock: the time.

    Returns:
        What the archive holds, after it was read again and checked.

    Raises:
        FixInput: something is there already, or there is no database yet.
        MendDataFolder: the archive cannot be written.
        AssistantError: the database cannot be reached, is damaged, or is not ours.
    """
    async with Database.of(settings) as database:
        place = database.place
        if not isinstance(place, SqlitePlace):
            await _dump(database, path, clock, "postgresql", place.label)
        elif not await asyncio.to_thread(place.path.is_file):
            raise _empty(place.label)
        else:
            # A copy of SQLite's own making shows one moment, and nobody waits for our reading of it.
            with _folder_beside(path) as folder, database.border():
                copy = SqlitePlace(Path(folder) / place.path.name)
                await asyncio.to_thread(_copy, place.path, copy.path)
                async with Database(copy) as still:
                    await _dump(still, path, clock, "sqlite", place.label)
    with await asyncio.to_thread(ArchiveReader, path) as archive:
        log.event("backup taken", rows=archive.manifest.rows)
        return archive.manifest


async def restore(
    settings: Settings, path: Path, *, replace: bool = False, wait: float = SECONDS_BEHIND_ANOTHER
) -> Restored:
    """Put an archive's rows into the database and migrate it to this program's revision, in one transaction.

    Args:
        settings: name the database; it is made where there is none.
        path: the archive.
        replace: delete the rows that are there.
        wait: seconds to wait while another process migrates or restores.

    Raises:
        FixInput: the archive is not there, truncated or altered, or there are rows and `replace` is False.
        UpdateProgram: the archive is of a newer version of the program.
        RestoreDatabase: the rows do not fit, or the database is damaged.
        FixSettings: texts in the archive are encrypted under a key that DATA_KEY lacks.
        AssistantError: the database cannot be reached or written.
    """
    with await asyncio.to_thread(ArchiveReader, path) as archive:
        head, *older = await asyncio.to_thread(revisions)
        if archive.manifest.revision not in {head, *older}:
            problem = f"{path} is at revision {archive.manifest.revision}, which this program does not know"
            raise UpdateProgram(problem, "install the version that wrote it, or a newer one")
        async with Database.of(settings, migrating=True) as database:
            async with database.connected():
                pass  # the folder of SQLite's file, where the lock is, may not be there yet
            async with (
                exclusive(database, _WORK, wait=wait),
                database.connected(writes=True) as connection,
                connection.begin(),
            ):
                deleted = await connection.run_sync(_load, archive, database.place.label, head, replace)
                await connection.run_sync(require_keys, database.keys)
        log.event("backup restored", rows=archive.manifest.rows)
        return Restored(archive.manifest, deleted, head)


async def _dump(database: Database, path: Path, clock: Clock, kind: str, label: str) -> None:
    async with database.connected(isolation="REPEATABLE READ") as connection, connection.begin():
        revision = await connection.run_sync(current_of, label)
        if revision is None:
            raise _empty(label)
        origin = Origin(revision, clock().isoformat(timespec="seconds"), kind)
        with ArchiveWriter(path, origin) as archive:
            await connection.run_sync(contents.write_rows, archive)


def _load(connection: Connection, archive: ArchiveReader, label: str, head: str, replace: bool) -> int:  # noqa: FBT001  # run_sync passes no keywords
    """Return how many rows were there before."""
    current = current_of(connection, label)
    tables = contents.tables_in(connection)
    there = contents.count(connection, tables)
    if there and not replace:
        mend = "take a backup of it and add --replace, or name an empty database"
        raise FixInput(f"the database ({label}) holds {there} rows, which restoring would delete", mend)
    wanted = archive.manifest.revision
    if current == wanted:
        contents.delete_rows(connection, tables)
    else:
        contents.drop(connection, tables)
        upgrade(connection, label, wanted)
    contents.read_rows(connection, archive)
    check_references(connection, label)
    if wanted != head:
        upgrade(connection, label)
    return there


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as still:
        live.backup(still)


def _folder_beside(path: Path) -> "tempfile.TemporaryDirectory[str]":
    try:
        return tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-")
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        problem = f"the backup {path} cannot be written ({reason})"
        raise MendDataFolder(problem, "mend its folder, or name another") from None


def _empty(label: str) -> FixInput:
    problem = f"there is nothing to back up: {label} is empty or not there"
    return FixInput(problem, "run `supervision-bot migrate` first")
