"""Backup and restore on both databases: nothing lost, nothing half done, and across the two."""

import asyncio
import hashlib
import sqlite3
import uuid
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from bot.errors import AssistantError, FixInput, MendDataFolder, RestoreDatabase, TryAgainLater, UpdateProgram
from bot.settings import Settings
from bot.storage import archive as archives
from bot.storage.archive import ArchiveReader, Manifest
from bot.storage.backup import backup, restore
from bot.storage.engine import Database
from bot.storage.locks import exclusive
from bot.storage.migrate import look, revisions, upgrade
from bot.storage.store import open_store
from bot.storage.tables import REVISION_TABLE, Table

_PERSON = 2**62 + 7
_ID = "0f8fad5bd9cb469fa16570867728950e"
_SERVER = (
    "1, 2, NULL, NULL, 'us', 'private', 90, '[\"dm\"]', '[3, 4]', NULL, NULL, NULL, 'Texas é', '2026-11-01', "
    "'2026-11-02 09:30:00.123456{zone}'"
)
_SERVER_COLUMNS = (
    "server_id, supervisor_role_id, on_call_role_id, review_channel_id, region, threads, retention_days, features, "
    "open_channels, review_region, review_role, review_licence, review_jurisdiction, reviewed_on, changed_at"
)
_ROWS = {
    f"server_settings ({_SERVER_COLUMNS})": _SERVER,
    "consents": f"{_PERSON}, 1, 'v1', 'any', '2026-11-02 09:30:00.000000{{zone}}'",
    "people (person_id, region{plain})": "5, 'us'{true}",
    "consultations (consultation_id, server_id, person_id, outcome, cards, asked_at, milliseconds)": (
        f"'{_ID}', 1, 5, 'answered', '[\"humor\"]', '2026-11-02 09:31:00.000000{{zone}}', 40"
    ),
    "feedback": f"'{_ID}', 5, {{yes}}, '[]', '2026-11-02 09:32:00.000000{{zone}}'",
}


async def _fill(settings: Settings, *, head: bool = True) -> None:
    """Put one row into each table, at the first revision's columns where not at the head."""
    async with Database.of(settings) as database, database.connected(writes=True) as connection, connection.begin():
        postgres = connection.dialect.name == "postgresql"
        words = {
            "zone": "+00" if postgres else "",
            "yes": "true" if postgres else "1",
            "plain": ", plain" if head else "",
            "true": (", true" if postgres else ", 1") if head else "",
        }
        for table, values in _ROWS.items():
            statement = f"INSERT INTO {table} VALUES ({values})"  # noqa: S608  # our own words
            await connection.exec_driver_sql(statement.format(**words))


async def _contents(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, as the program reads them."""
    found = {}
    async with Database.of(settings) as database, database.connected() as connection:
        for table in Table.metadata.sorted_tables:
            rows = await connection.execute(table.select().order_by(*table.primary_key.columns))
            found[table.name] = [tuple(row) for row in rows]
    return found


async def _at_first_revision(settings: Settings) -> None:
    async with (
        Database.of(settings, migrating=True) as database,
        database.connected(writes=True) as connection,
        connection.begin(),
    ):
        await connection.run_sync(upgrade, "it", revisions()[-1])


def _looked_at(path: Path) -> tuple[int, bytes]:
    return path.stat().st_mode, path.read_bytes()


def _backups_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "backup" in path.name]


@pytest.fixture
async def filled(migrated: Settings) -> Settings:
    """Settings of a database with a row in each table."""
    await _fill(migrated)
    return migrated


@pytest.fixture
async def backed_up(filled: Settings, tmp_path: Path) -> Path:
    """A backup of it."""
    await backup(filled, tmp_path / "kept.backup")
    return tmp_path / "kept.backup"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """An empty SQLite, whose folder is not there yet."""
    return Settings(data_dir=tmp_path / "elsewhere")


async def test_what_was_backed_up_comes_back_whole_after_everything_changed(filled: Settings, backed_up: Path) -> None:
    before = await _contents(filled)
    assert sum(len(rows) for rows in before.values()) == len(_ROWS)
    async with open_store(filled) as store:
        await store.people.forget(5)
        await store.servers.forget(1)
    assert await _contents(filled) != before
    done = await restore(filled, backed_up, replace=True)
    assert await _contents(filled) == before
    assert done.manifest.rows == 5
    assert (await look(filled)).at_head


async def test_the_rows_are_those_that_were_written(filled: Settings) -> None:
    rows = await _contents(filled)
    (server,) = rows["server_settings"]
    assert server[7:9] == (["dm"], [3, 4])
    written = datetime(2026, 11, 2, 9, 30, 0, 123456, tzinfo=UTC)
    assert (*server[12:14], server[-1]) == ("Texas é", date(2026, 11, 1), written)
    assert rows["consultations"][0][0] == uuid.UUID(_ID)


async def test_a_backup_of_one_database_is_restored_into_the_other(
    filled: Settings, backed_up: Path, elsewhere: Settings, postgres_settings: Settings
) -> None:
    other = elsewhere if filled.database_url else postgres_settings
    done = await restore(other, backed_up)
    assert await _contents(other) == await _contents(filled)
    assert done.manifest.database == ("postgresql" if filled.database_url else "sqlite")
    assert done.deleted == 0


async def test_a_backup_of_an_older_revision_is_migrated_forward(
    settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    await _at_first_revision(settings)
    await _fill(settings, head=False)
    made = await backup(settings, tmp_path / "old")
    assert made.revision == revisions()[-1]
    for target, replace in ((elsewhere, False), (settings, True)):
        done = await restore(target, tmp_path / "old", replace=replace)
        assert (await look(target)).at_head
        assert done.head == revisions()[0]
        assert sum(len(rows) for rows in (await _contents(target)).values()) == len(_ROWS)


async def test_a_backup_of_a_newer_program_is_refused(
    backed_up: Path, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.storage import backup as module  # noqa: PLC0415  # its name is the function's

    monkeypatch.setattr(module, "revisions", lambda: ("0000",))
    with pytest.raises(UpdateProgram, match="which this program does not know; install the version that wrote it"):
        await restore(elsewhere, backed_up)
    assert not elsewhere.data_dir.exists()


async def test_a_database_with_rows_is_left_alone_unless_told(filled: Settings, backed_up: Path) -> None:
    async with open_store(filled) as store:
        await store.people.forget(5)
    before = await _contents(filled)
    with pytest.raises(FixInput, match=r"holds 2 rows, which restoring would delete; .* add --replace"):
        await restore(filled, backed_up)
    assert await _contents(filled) == before


async def test_a_database_that_is_migrated_and_empty_needs_no_leave(
    backed_up: Path, elsewhere: Settings, filled: Settings
) -> None:
    async with open_store(elsewhere):
        pass
    await restore(elsewhere, backed_up)
    assert await _contents(elsewhere) == await _contents(filled)


async def test_a_backup_is_taken_and_put_back_while_the_bot_reads_and_writes(filled: Settings, tmp_path: Path) -> None:
    stop = asyncio.Event()
    worked = 0

    async def work() -> None:
        nonlocal worked
        async with open_store(filled) as store:
            while not stop.is_set():
                await store.people.choose_region(worked % 50, "us")
                await store.people.choices(worked % 50)
                worked += 1

    async def until(number: int) -> None:
        while worked < number and not working.done():  # noqa: ASYNC110  # an event a turn would slow the work
            await asyncio.sleep(0.01)

    working = asyncio.create_task(work())
    await until(5)
    made = await backup(filled, tmp_path / "live")
    await until(worked + 5)
    done = await restore(filled, tmp_path / "live", replace=True)
    await until(worked + 5)
    stop.set()
    await working
    assert done.manifest == made
    assert (await look(filled)).at_head


def _damage(path: Path, how: str) -> None:
    """Change an archive in a way that a disk, a transfer or a person does."""
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    match how:
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
            return
        case "emptied":
            path.write_bytes(b"")
            return
        case "another file":
            path.write_bytes(b"no archive" * 500)
            return
        case "another version of zip":
            place = whole.index(b"PK\x01\x02") + 6
            path.write_bytes(whole[:place] + b"@" + whole[place + 1 :])
            return
        case "a row changed":
            members["tables/people.jsonl"] = members["tables/people.jsonl"].replace(b'"us"', b'"uk"')
        case "a table gone":
            del members["tables/people.jsonl"]
        case "a file more":
            members["tables/other.jsonl"] = b""
        case "the manifest changed":
            members["manifest.json"] = members["manifest.json"].replace(b'"rows": 1', b'"rows": 2', 1)
        case _:
            members = {"readme.txt": b"another zip"}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


_DAMAGES = [
    "cut",
    "emptied",
    "another file",
    "another version of zip",
    "a row changed",
    "a table gone",
    "a file more",
    "the manifest changed",
    "another zip",
]


@pytest.mark.parametrize("how", _DAMAGES)
async def test_an_archive_that_is_cut_or_altered_is_refused_with_nothing_done(
    how: str, backed_up: Path, filled: Settings, elsewhere: Settings
) -> None:
    before = await _contents(filled)
    _damage(backed_up, how)
    with pytest.raises(FixInput, match="take another backup; nothing was changed"):
        await restore(filled, backed_up, replace=True)
    with pytest.raises(FixInput):
        await restore(elsewhere, backed_up)
    assert await _contents(filled) == before
    assert not elsewhere.data_dir.exists()


@pytest.fixture(scope="session")
def whole(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup's bytes."""
    folder = tmp_path_factory.mktemp("whole")
    settings = Settings(data_dir=folder)
    (folder / "supervision.db").write_bytes(migrated_file.read_bytes())
    asyncio.run(_fill(settings))
    asyncio.run(backup(settings, folder / "whole"))
    return (folder / "whole").read_bytes()


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_single_byte_can_be_lost_or_changed_unseen(data: st.DataObject, whole: bytes, tmp_path: Path) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = data.draw(st.one_of(st.none(), st.binary(min_size=1, max_size=1)))
    damaged = whole[:place] if changed is None else whole[:place] + changed + whole[place + 1 :]
    path = tmp_path / "damaged"
    path.write_bytes(damaged)
    try:
        with ArchiveReader(path) as archive:
            rows = [row for table in archive.manifest.tables for row in archive.rows(table)]
    except FixInput:
        return
    # A zip holds dates and flags that mean nothing to us; what is read is what was written.
    (tmp_path / "sound").write_bytes(whole)
    with ArchiveReader(tmp_path / "sound") as sound:
        assert rows == [row for table in sound.manifest.tables for row in sound.rows(table)]


def _sealed(path: Path, *, table: str, line: bytes) -> None:
    """Write an archive whose checksums are right and whose one row is not ours."""
    entry = archives.TableEntry(name=table, rows=1, sha256=hashlib.sha256(line).hexdigest())
    manifest = Manifest(
        program="supervision-assistant",
        form=archives.FORM,
        revision=revisions()[0],
        made_at="2026-11-02T09:30:00+00:00",
        database="sqlite",
        tables=(entry,),
    )
    content = manifest.model_dump_json().encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"tables/{table}.jsonl", line)
        archive.writestr("manifest.json", content)
        archive.writestr("manifest.sha256", hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("secrets", b"{}\n"),
        ("people", b"not json\n"),
        ("people", b"[1]\n"),
        ("people", b'{"person_id":1}\n'),
        ("people", b'{"person_id":1,"region":"us","plain":false,"more":1}\n'),
        ("people", b'{"person_id":null,"region":"us","plain":false}\n'),
        ("consents", b'{"person_id":1,"server_id":1,"notice":"planted","writer":"any","given_at":"yesterday"}\n'),
        (
            "consents",
            b'{"person_id":1,"server_id":1,"notice":"planted","writer":"none","given_at":"2026-11-02T09:30:00+00:00"}\n',
        ),
    ],
)
async def test_rows_that_do_not_fit_are_refused_with_nothing_done(
    table: str, line: bytes, filled: Settings, tmp_path: Path
) -> None:
    _sealed(tmp_path / "odd", table=table, line=line)
    before = await _contents(filled)
    with pytest.raises(RestoreDatabase, match=f"the backup's rows of {table} do not fit") as refused:
        await restore(filled, tmp_path / "odd", replace=True)
    assert "planted" not in str(refused.value)
    assert await _contents(filled) == before


async def test_rows_that_point_at_nothing_are_refused_with_nothing_done(filled: Settings, tmp_path: Path) -> None:
    line = (
        b'{"consultation_id":"%s","person_id":1,"helpful":true,"reasons":[],"given_at":"2026-11-02T09:30:00+00:00"}\n'
    )
    _sealed(tmp_path / "odd", table="feedback", line=line % (b"ab" * 16))
    before = await _contents(filled)
    with pytest.raises(RestoreDatabase):
        await restore(filled, tmp_path / "odd", replace=True)
    assert await _contents(filled) == before


async def test_a_backup_never_replaces_a_file(filled: Settings, backed_up: Path) -> None:
    before = _looked_at(backed_up)
    with pytest.raises(FixInput, match="is there already; name another file"):
        await backup(filled, backed_up)
    assert _looked_at(backed_up) == before


async def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside_it(backed_up: Path, tmp_path: Path) -> None:
    assert _looked_at(backed_up)[0] & 0o777 == 0o600
    assert _backups_in(tmp_path) == ["kept.backup"]


async def test_a_folder_that_is_not_there_is_named(filled: Settings, tmp_path: Path) -> None:
    with pytest.raises(MendDataFolder, match="cannot be written"):
        await backup(filled, tmp_path / "gone" / "kept")


async def test_a_backup_that_fails_leaves_no_file(
    filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives.TableWriter, "add", full)
    with pytest.raises(AssistantError, match=r"no space left on device|cannot be written"):
        await backup(filled, tmp_path / "kept.backup")
    assert _backups_in(tmp_path) == []


async def test_there_is_nothing_to_back_up_before_the_first_migration(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(FixInput, match="there is nothing to back up"):
        await backup(settings, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


async def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(tmp_path: Path) -> None:
    (tmp_path / "supervision.db").write_bytes(b"no database" * 1000)
    with pytest.raises(RestoreDatabase, match="is no SQLite database"):
        await backup(Settings(data_dir=tmp_path), tmp_path / "kept")


async def test_who_restores_waits_for_who_migrates(filled: Settings, backed_up: Path) -> None:
    async with Database.of(filled) as database, exclusive(database, "migrate", wait=1):
        with pytest.raises(TryAgainLater, match="has held the lock"):
            await restore(filled, backed_up, replace=True, wait=0.2)


async def test_a_file_that_is_not_there_is_named(elsewhere: Settings, tmp_path: Path) -> None:
    with pytest.raises(FixInput, match="there is no file"):
        await restore(elsewhere, tmp_path / "gone")


def test_every_table_of_every_revision_is_in_a_backup(tmp_path: Path) -> None:
    """A table that a later revision drops would be left out of a backup of an older database."""

    async def tables(revision: str) -> set[str]:
        settings = Settings(data_dir=tmp_path / revision)
        async with (
            Database.of(settings, migrating=True) as database,
            database.connected(writes=True) as connection,
            connection.begin(),
        ):
            await connection.run_sync(upgrade, "it", revision)
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    for revision in revisions():
        assert asyncio.run(tables(revision)) - {REVISION_TABLE} <= set(Table.metadata.tables)


def test_a_backup_holds_no_trace_of_rows_that_were_erased(migrated_file: Path, tmp_path: Path) -> None:
    (tmp_path / "supervision.db").write_bytes(migrated_file.read_bytes())
    settings = Settings(data_dir=tmp_path)
    asyncio.run(_fill(settings))
    with closing(sqlite3.connect(tmp_path / "supervision.db")) as connection, connection:
        connection.execute("DELETE FROM consents")
    asyncio.run(backup(settings, tmp_path / "kept"))
    with zipfile.ZipFile(tmp_path / "kept") as archive:
        assert all(str(_PERSON).encode() not in archive.read(name) for name in archive.namelist())
