"""Brings the database to the revision that this program knows, one process at a time, whole or not at all."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot import log
from bot.errors import RestoreDatabase, UpdateProgram
from bot.settings import Settings
from bot.storage import afterwards_tables, curation_tables, peer_tables  # noqa: F401  # add their tables to those that a database has to have
from bot.storage.engine import Database
from bot.storage.locks import exclusive
from bot.storage.place import SqlitePlace
from bot.storage.tables import REVISION_TABLE, Table

SECONDS_BEHIND_ANOTHER = 60.0

_WORK = "migrate"
_START_ANEW = "restore a backup, or start with an empty database"


@dataclass(frozen=True, slots=True)
class Revisions:
    """How far a database is.

    Attributes:
        current: its revision; None where it is empty or not there yet.
        head: the revision that this program works on.
    """

    current: str | None
    head: str

    @property
    def at_head(self) -> bool:
        """Tell whether nothing is to be done."""
        return self.current == self.head


async def look(settings: Settings) -> Revisions:
    """Return how far the database is; nothing is made or changed.

    Raises:
        UpdateProgram: a newer version of the program wrote it.
        RestoreDatabase: it is half migrated, damaged or another program's.
        AssistantError: the settings are wrong, or it cannot be reached.
    """
    async with Database.of(settings) as database:
        script = await asyncio.to_thread(_script)
        place = database.place
        if isinstance(place, SqlitePlace) and not await asyncio.to_thread(place.path.exists):
            return Revisions(None, _head(script))
        return await _examine(database, script)


async def to_head(settings: Settings, *, wait: float = SECONDS_BEHIND_ANOTHER) -> Revisions:
    """Migrate the database to this program's revision, making it where there is none.

    Args:
        settings: name the database.
        wait: seconds to wait while another process migrates it.

    Returns:
        How far it was before.

    Raises:
        UpdateProgram: a newer version of the program wrote it.
        RestoreDatabase: it is half migrated, damaged or another program's.
        TryAgainLater: another process has been migrating it for too long, or it cannot be reached.
        AssistantError: the settings are wrong, or the data folder cannot be written.
    """
    async with Database.of(settings, migrating=True) as database:
        script = await asyncio.to_thread(_script)
        before = await _examine(database, script)
        if before.at_head:
            return before
        async with exclusive(database, _WORK, wait=wait):
            before = await _examine(database, script)
            if not before.at_head:
                async with database.connected(writes=True) as connection, connection.begin():
                    await connection.run_sync(upgrade, database.place.label)
                log.event("database migrated", state=f"{before.current or 'empty'} to {before.head}")
        return before


async def _examine(database: Database, script: ScriptDirectory) -> Revisions:
    # Another process may be migrating: what it has just committed has to be seen whole or not at all.
    async with database.connected(isolation="REPEATABLE READ") as connection:
        current = await connection.run_sync(current_of, database.place.label, script)
    return Revisions(current, _head(script))


def current_of(connection: Connection, label: str, script: ScriptDirectory | None = None) -> str | None:
    """Return the revision, after checking that it is one of ours and that the tables are what it says.

    Args:
        connection: to the database.
        label: names the database for people.
        script: the revisions; read where None.

    Raises:
        UpdateProgram: a newer version of the program wrote it.
        RestoreDatabase: it is half migrated, damaged or another program's.
    """
    script = script or _script()
    context = MigrationContext.configure(connection, opts={"version_table": REVISION_TABLE})
    current = context.get_current_heads()
    known = {revision.revision for revision in script.walk_revisions()}
    unknown = set(current) - known
    if unknown:
        raise UpdateProgram(
            f"the database ({label}) is at revision {min(unknown)}, which this version of the program does not know",
            "install the newer version that wrote it, or restore a backup from before",
        )
    columns = _columns(connection)
    if not current:
        found = sorted(set(columns) & set(Table.metadata.tables))
        if found:
            raise RestoreDatabase(
                f"the database ({label}) has {_listed(found)} but no revision: a migration was cut short, "
                "or they are another program's",
                _START_ANEW,
            )
        return None
    if current == (_head(script),):
        wanted = {name: {column.name for column in table.columns} for name, table in Table.metadata.tables.items()}
        missing = sorted(name for name, names in wanted.items() if not names <= columns.get(name, set()))
        if missing:
            raise RestoreDatabase(
                f"the database ({label}) is said to be at {current[0]}, but lacks {_listed(missing)} or part of it",
                _START_ANEW,
            )
    return current[0]


def _columns(connection: Connection) -> dict[str, set[str]]:
    tables = inspect(connection).get_multi_columns()
    return {name: {str(column["name"]) for column in columns} for (_, name), columns in tables.items()}


def revisions() -> tuple[str, ...]:
    """Return every revision that this program knows, the newest first."""
    return tuple(revision.revision for revision in _script().walk_revisions())


def upgrade(connection: Connection, label: str, to: str = "head") -> None:
    """Migrate in the transaction that is begun.

    Args:
        connection: with a transaction, and with SQLite's foreign keys unchecked.
        label: names the database for people.
        to: the revision to go up to.

    Raises:
        RestoreDatabase: rows point at rows that are not there.
    """
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    check_references(connection, label)


def check_references(connection: Connection, label: str) -> None:
    """Check what SQLite leaves unchecked while migrating.

    Raises:
        RestoreDatabase: rows point at rows that are not there.
    """
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RestoreDatabase(f"rows of the database ({label}) point at rows that are not there", _START_ANEW)


def _script() -> ScriptDirectory:
    script = ScriptDirectory.from_config(_config())
    script.get_heads()
    return script


def _config() -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _head(script: ScriptDirectory) -> str:
    (head,) = script.get_heads()
    return head


def _listed(tables: Iterable[str]) -> str:
    names = list(tables)
    return f"the {'table' if len(names) == 1 else 'tables'} {', '.join(names)}"
