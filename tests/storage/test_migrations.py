"""The revisions: up, down and up again; whole or not at all; one process at a time; and never over a newer database."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from bot.errors import AssistantError, RestoreDatabase, TryAgainLater, UpdateProgram
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.engine import Database
from bot.storage.locks import exclusive
from bot.storage.migrate import Revisions, look, to_head
from bot.storage.place import SqlitePlace, place_of
from bot.storage.store import open_store
from bot.storage.tables import REVISION_TABLE, Table
from tests.conftest import REPOSITORY

_HEAD = "0008"
_DIES_BEFORE_THE_END = """
import asyncio, os, signal
from bot.settings import Settings
from bot.storage import migrate

upgrade = migrate.command.upgrade

def upgrade_and_die(*words):
    upgrade(*words)
    os.kill(os.getpid(), signal.SIGKILL)

migrate.command.upgrade = upgrade_and_die
asyncio.run(migrate.to_head(Settings.read()))
"""


def _environment(settings: Settings) -> dict[str, str]:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "DATA_DIR": str(settings.data_dir), "DATABASE_URL": url}


async def _execute(settings: Settings, *statements: str) -> None:
    async with Database.of(settings, migrating=True) as database, database.writing() as session:
        for statement in statements:
            await session.execute(text(statement))


async def _tables(settings: Settings) -> set[str]:
    async with Database.of(settings) as database, database.connected() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


def _down(connection: Connection) -> None:
    config = migrate._config()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")


async def test_an_empty_database_is_brought_to_the_head_and_then_left_alone(settings: Settings) -> None:
    assert await look(settings) == Revisions(None, _HEAD)
    assert await to_head(settings) == Revisions(None, _HEAD)
    assert await look(settings) == Revisions(_HEAD, _HEAD)
    assert await to_head(settings) == Revisions(_HEAD, _HEAD)
    assert await _tables(settings) == {*Table.metadata.tables, REVISION_TABLE}


async def test_looking_makes_no_file(sqlite_settings: Settings) -> None:
    await look(sqlite_settings)
    assert not sqlite_settings.data_dir.exists()


async def test_up_down_and_up_again_ends_where_it_began(settings: Settings) -> None:
    await to_head(settings)
    async with (
        Database.of(settings, migrating=True) as database,
        database.connected(writes=True) as connection,
        connection.begin(),
    ):
        await connection.run_sync(_down)
    assert await _tables(settings) == {REVISION_TABLE}
    assert await look(settings) == Revisions(None, _HEAD)
    await to_head(settings)
    assert await look(settings) == Revisions(_HEAD, _HEAD)
    assert await _tables(settings) == {*Table.metadata.tables, REVISION_TABLE}


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True, "version_table": REVISION_TABLE}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata))


def _shape(connection: Connection) -> dict[str, dict[str, list[str]]]:
    """Return all that the database knows of each of our tables, in a form that compares."""
    seen = inspect(connection)
    return {
        name: {
            "columns": sorted(map(str, seen.get_columns(name))),
            "key": [str(seen.get_pk_constraint(name))],
            "checks": sorted(map(str, seen.get_check_constraints(name))),
            "foreign keys": sorted(map(str, seen.get_foreign_keys(name))),
            "indexes": sorted(map(str, seen.get_indexes(name))),
            "unique": sorted(map(str, seen.get_unique_constraints(name))),
        }
        for name in Table.metadata.tables
    }


async def test_the_revisions_make_the_tables_that_the_program_describes(migrated: Settings) -> None:
    async with Database.of(migrated, migrating=True) as database, database.connected(writes=True) as connection:
        assert await connection.run_sync(_differences) == []
        by_revisions = await connection.run_sync(_shape)
        await connection.run_sync(Table.metadata.drop_all)
        await connection.run_sync(Table.metadata.create_all)
        assert await connection.run_sync(_shape) == by_revisions


async def test_a_database_of_a_newer_program_is_left_alone(migrated: Settings) -> None:
    await _execute(migrated, f"UPDATE {REVISION_TABLE} SET version_num = '0999'")  # noqa: S608  # ours
    for attempt in (look, to_head):
        with pytest.raises(UpdateProgram, match="at revision 0999, which this version of the program does not know"):
            await attempt(migrated)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (f"DELETE FROM {REVISION_TABLE}", "has the tables afterwards, "),  # noqa: S608  # ours
        (f"DROP TABLE {REVISION_TABLE}", "but no revision: a migration was cut short"),
        ("DROP TABLE feedback", "but lacks the table feedback or part of it"),
        ("ALTER TABLE people DROP COLUMN region", "but lacks the table people or part of it"),
    ],
)
async def test_a_half_migrated_database_is_named_and_left_alone(migrated: Settings, damage: str, said: str) -> None:
    await _execute(migrated, damage)
    before = await _tables(migrated)
    for attempt in (look, to_head):
        with pytest.raises(RestoreDatabase) as refused:
            await attempt(migrated)
        assert said in str(refused.value)
        assert place_of(migrated).label in str(refused.value)
    assert await _tables(migrated) == before


async def test_a_table_of_another_program_is_not_taken_for_ours(settings: Settings) -> None:
    await to_head(settings)
    await _execute(settings, "DROP TABLE people", "CREATE TABLE alembic_version (version_num VARCHAR(32))")
    with pytest.raises(RestoreDatabase, match="people"):
        await look(settings)
    await _execute(
        settings, "CREATE TABLE people (person_id BIGINT, region VARCHAR(32), plain BOOLEAN, reflect BOOLEAN)"
    )
    assert (await look(settings)).at_head


async def test_a_migration_that_fails_leaves_nothing_behind(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection, label: str) -> None:
        migrate_all(connection, label)
        connection.exec_driver_sql("SELECT * FROM no_such_table")

    migrate_all = migrate.upgrade
    monkeypatch.setattr(migrate, "upgrade", fail)
    with pytest.raises(AssistantError) as failed:
        await to_head(settings)
    assert "no_such_table" not in str(failed.value)
    assert await _tables(settings) == set()

    monkeypatch.undo()
    await to_head(settings)
    assert (await look(settings)).at_head


async def test_a_process_killed_before_the_end_of_a_migration_leaves_nothing_behind(settings: Settings) -> None:
    environment = _environment(settings)
    killed = await asyncio.to_thread(
        lambda: subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-c", _DIES_BEFORE_THE_END],
            env=environment,
            cwd=settings.data_dir.parent,
            capture_output=True,
            timeout=60,
            check=False,
        )
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert await look(settings) == Revisions(None, _HEAD)
    await to_head(settings, wait=10)
    assert (await look(settings)).at_head


async def test_processes_that_start_at_once_migrate_once(settings: Settings) -> None:
    environment = _environment(settings)
    words = (sys.executable, "-m", "bot", "migrate")
    together = [
        await asyncio.create_subprocess_exec(
            *words, env=environment, cwd=settings.data_dir.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    printed = [await process.communicate() for process in together]
    assert [process.returncode for process in together] == [0, 0], printed
    assert sorted(f"migrated from empty to {_HEAD}".encode() in out for out, _ in printed) == [False, True]
    assert [err for _, err in printed] == [b"", b""]


async def test_who_waits_too_long_for_another_process_is_told(settings: Settings) -> None:
    async with Database.of(settings, migrating=True) as other:
        async with other.connected():  # makes the folder
            pass
        async with exclusive(other, "migrate", wait=0):
            with pytest.raises(TryAgainLater, match="another process has held the lock for `migrate` of "):
                await to_head(settings, wait=0.2)
        await to_head(settings, wait=0.2)


async def test_a_lock_is_free_after_its_work_however_that_ended(settings: Settings) -> None:
    async with Database.of(settings) as one, Database.of(settings) as two:
        async with one.connected():  # makes the folder
            pass
        with pytest.raises(ConnectionResetError):  # the work's own error, not made one of the database
            async with exclusive(one, "reminders", wait=0):
                raise ConnectionResetError
        async with exclusive(two, "reminders", wait=0), exclusive(one, "retention", wait=0):
            with pytest.raises(TryAgainLater):
                async with exclusive(one, "reminders", wait=0):
                    pytest.fail("two processes did the same work at once")


async def test_the_store_opens_on_an_empty_database(settings: Settings) -> None:
    async with open_store(settings) as store:
        assert (await store.servers.change(7, retention_days=3)).retention_days == 3
    async with open_store(settings) as store:
        assert (await store.servers.settings(7)).retention_days == 3


async def test_the_file_is_for_its_owner_alone(sqlite_settings: Settings) -> None:
    async with open_store(sqlite_settings) as store:
        await store.people.choose_region(1, "us")
        place = store.database.place
        assert isinstance(place, SqlitePlace)
        files = await asyncio.to_thread(lambda: sorted(place.path.parent.glob(f"{place.path.name}*")))
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        assert [path.suffix for path in files] == [".db", ".db-shm", ".db-wal"]


async def test_rows_are_kept_when_a_table_is_made_anew(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    async with open_store(settings) as store:
        await store.people.choose_region(1, "us")
    await _execute(
        settings,
        "INSERT INTO consultations VALUES ('c', 1, 1, 'answered', '[]', NULL, '2026-11-01', 1, NULL, NULL)",
        "INSERT INTO feedback VALUES ('c', 1, 1, '[]', '2026-11-01')",
        "CREATE TABLE anew AS SELECT * FROM consultations",
        "DROP TABLE consultations",
        "ALTER TABLE anew RENAME TO consultations",
    )
    async with Database.of(settings) as database, database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM feedback"))).scalar_one() == 1
