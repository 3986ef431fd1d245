"""Whatever is wrong with a database is one sentence with its mend, and no secret is in it."""

import asyncio
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.errors import (
    AssistantError,
    FixSettings,
    InstallExtra,
    MendDataFolder,
    RestoreDatabase,
    TryAgainLater,
)
from bot.settings import Settings
from bot.storage import engine
from bot.storage.engine import Database
from bot.storage.migrate import look, to_head
from bot.storage.people import Choices, People
from bot.storage.place import FILE_NAME, PostgresPlace, place_of
from bot.storage.store import open_store
from tests.conftest import REPOSITORY
from tests.storage.server import Postgres

_PLANTED = "PlantedPass1"


def _settings(url: str, folder: Path = Path("/nowhere")) -> Settings:
    return Settings.read({"DATABASE_URL": url, "DATA_DIR": str(folder)}, folder / ".env")


def _is_safe(error: BaseException) -> bool:
    told = "".join(traceback.format_exception(error))
    return _PLANTED not in told and str(error).count("\n") == 0 and str(error).endswith(".")


def _port_of(host: str, database: str = "d") -> str:
    return f"postgresql://someone:{_PLANTED}@{host}/{database}"


@pytest.mark.parametrize(
    ("written", "dsn", "label"),
    [
        ("postgresql://u:p@db.example.org/d", "postgresql://u:p@db.example.org/d", "PostgreSQL on db.example.org"),
        ("postgres://u@h:5433/d?sslmode=require", "postgresql://u@h:5433/d?sslmode=require", "PostgreSQL on h"),
        ("postgresql+asyncpg://u:p%40@h/d", "postgresql://u:p%40@h/d", "PostgreSQL on h"),
        (" postgresql://u:p@h1:1,h2:2/d ", "postgresql://u:p@h1:1,h2:2/d", "PostgreSQL on h1"),
        ("postgresql:///d?host=/run", "postgresql:///d?host=/run", "PostgreSQL on this machine"),
    ],
)
def test_an_address_is_taken_as_it_is_usually_written(written: str, dsn: str, label: str) -> None:
    place = place_of(_settings(written))
    assert isinstance(place, PostgresPlace)
    assert (place.dsn.get_secret_value(), place.label) == (dsn, label)
    assert "p%40" not in repr(place)


def test_without_an_address_it_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    assert place_of(Settings(data_dir=tmp_path)).label == f"SQLite in {tmp_path / FILE_NAME}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (_PLANTED, "does not begin with postgresql://"),
        (f"mysql://u:{_PLANTED}@h/d", "does not begin with postgresql://"),
        (f"sqlite:///{_PLANTED}", "does not begin with postgresql://"),
        (f"postgresql:u:{_PLANTED}@h/d", "cannot be read as an address"),
        (f"postgresql://u:{_PLANTED}@h:port/d", "cannot be read as an address"),
        (f"postgresql://u:{_PLANTED}@h:99999/d", "cannot be read as an address"),
        (f"postgresql://u:{_PLANTED}@[h/d", "cannot be read as an address"),
        (f"postgresql://u:{_PLANTED}@h", "names no database"),
        (f"postgresql://u:{_PLANTED}@h/", "names no database"),
        (f"postgresql://u:{_PLANTED} x@h/d", "cannot be read as an address"),
        (f"postgresql://u:@{_PLANTED}@h/d", "means something else in an address"),
        (f"postgresql://u:/{_PLANTED}@h/d", "means something else in an address"),
        (f"postgresql://u:x?{_PLANTED}@h/d", "cannot be read as an address"),
        (f"postgresql://u:1/x#{_PLANTED}@h/d", "means something else in an address"),
    ],
)
async def test_a_malformed_address_is_refused_without_showing_it(url: str, said: str) -> None:
    for attempt in (look, to_head):
        with pytest.raises(FixSettings) as refused:
            await attempt(_settings(url))
        assert said in str(refused.value)
        assert _is_safe(refused.value)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.sampled_from(["", "@h", "@h/d", "/d"]))
def test_no_password_is_ever_shown_however_the_address_is_written(noise: str, end: str) -> None:
    try:
        place = place_of(_settings(f"postgresql://u:{noise}{_PLANTED}{noise}{end}"))
        told = f"{place!r} {place.label}"
    except FixSettings as refused:
        told = "".join(traceback.format_exception(refused))
    assert _PLANTED not in told


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(InstallExtra, match=r'pip install "supervision-assistant\[postgres\]"') as refused:
        Database.of(_settings(_port_of("h")))
    assert _is_safe(refused.value)


@pytest.fixture
def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port at which somebody listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_a_server_that_is_not_there_is_named_without_user_and_password(closed_port: int) -> None:
    with pytest.raises(TryAgainLater, match=r"PostgreSQL on 127.0.0.1 cannot be reached \(ConnectionRefused") as told:
        await to_head(_settings(_port_of(f"127.0.0.1:{closed_port}")))
    assert _is_safe(told.value)
    assert "someone" not in str(told.value)


async def test_a_server_that_does_not_answer_is_given_up(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(TryAgainLater, match=r"cannot be reached \(TimeoutError\)") as told:
        await to_head(_settings(_port_of(f"127.0.0.1:{silent_port}")))
    assert _is_safe(told.value)


@pytest.fixture(scope="module")
def guarded(postgres: Postgres) -> str:
    """A database of a user with a password, who may do everything in it."""
    name = postgres.fresh_database()
    postgres.run(
        f"CREATE ROLE someone LOGIN PASSWORD '{_PLANTED}'",
        f"CREATE ROLE guest LOGIN PASSWORD '{_PLANTED}'",
        f"ALTER DATABASE {name} OWNER TO someone",
    )
    return name


async def _refusal(url: str, folder: Path) -> AssistantError:
    with pytest.raises(AssistantError) as refused:
        await to_head(_settings(url, folder))
    assert _is_safe(refused.value)
    return refused.value


async def test_the_right_password_is_let_in(postgres: Postgres, guarded: str, tmp_path: Path) -> None:
    url = postgres.url(guarded, user="someone", password=_PLANTED)
    await to_head(_settings(url, tmp_path))
    assert (await look(_settings(url, tmp_path))).at_head


@pytest.mark.parametrize(
    ("user", "password", "rest", "kind", "said"),
    [
        ("someone", f"not{_PLANTED}", "", FixSettings, "does not accept the user or password"),
        ("nobody", _PLANTED, "", FixSettings, "does not accept the user or password"),
        ("someone", _PLANTED, f"&{_PLANTED}=on", FixSettings, "does not know a parameter"),
        ("guest", _PLANTED, "", FixSettings, "does not let the user in DATABASE_URL make or change tables"),
    ],
)
async def test_what_the_server_refuses_is_told(  # noqa: PLR0913, PLR0917  # a table
    postgres: Postgres, tmp_path: Path, guarded: str, user: str, password: str, rest: str, kind: type, said: str
) -> None:
    database = guarded if user != "guest" else "postgres"
    refused = await _refusal(postgres.url(database, user=user, password=password) + rest, tmp_path)
    assert isinstance(refused, kind)
    assert said in str(refused)


async def test_a_database_that_is_not_there_is_told(postgres: Postgres, tmp_path: Path) -> None:
    refused = await _refusal(postgres.url(_PLANTED), tmp_path)
    assert isinstance(refused, FixSettings)
    assert "has no database of the name in DATABASE_URL" in str(refused)


def test_a_standby_and_a_crowded_server_are_told(postgres: Postgres, guarded: str, tmp_path: Path) -> None:
    name = postgres.fresh_database()
    postgres.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    refused = asyncio.run(_refusal(postgres.url(name), tmp_path))
    assert isinstance(refused, FixSettings)
    assert "is read-only; name the primary server" in str(refused)

    postgres.run(f"ALTER DATABASE {guarded} CONNECTION LIMIT 0")
    refused = asyncio.run(_refusal(postgres.url(guarded, user="someone", password=_PLANTED), tmp_path))
    postgres.run(f"ALTER DATABASE {guarded} CONNECTION LIMIT -1")
    assert isinstance(refused, TryAgainLater)
    assert "takes no more connections" in str(refused)


def test_a_connection_that_the_server_ends_is_told_and_the_next_call_has_a_new_one(
    postgres: Postgres, migrated_database: str, tmp_path: Path
) -> None:
    name = postgres.fresh_database(template=migrated_database)

    end_all = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608  # ours

    async def use() -> None:
        async with open_store(_settings(postgres.url(name), tmp_path)) as store:
            await store.people.choose_region(1, "us")
            with pytest.raises(TryAgainLater) as told:  # noqa: PT012  # the middle of a transaction is the point
                async with store.database.writing() as session:
                    await session.execute(text("SELECT 1"))
                    await asyncio.to_thread(postgres.run, end_all)
                    await session.execute(text("SELECT 1"))
            assert _is_safe(told.value)
            assert (await store.people.choices(1)).region == "us"

    asyncio.run(use())


@pytest.mark.parametrize("content", [b"this is no database " * 50, b"SQLite format 3\0" + b"\xff" * 4096])
async def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    for attempt in (look, to_head):
        with pytest.raises(RestoreDatabase, match=r"is no SQLite database|is damaged"):
            await attempt(Settings(data_dir=tmp_path))
    assert (tmp_path / FILE_NAME).read_bytes() == content


async def test_a_folder_in_the_place_of_the_database_and_a_file_in_that_of_the_data_folder_are_told(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE_NAME).mkdir()
    (tmp_path / "file").write_text("")
    for folder in (tmp_path, tmp_path / "file"):
        with pytest.raises(MendDataFolder, match="cannot be opened; mend the permissions"):
            await to_head(Settings(data_dir=folder))


def _without_roots_rights(words: list[str]) -> list[str]:
    """Return a command that may write only what permissions allow, also where the tests run as root, by util-linux."""
    if os.geteuid() != 0:
        return words
    return ["setpriv", "--bounding-set", "-dac_override", *words]


@pytest.mark.parametrize("there", [True, False])
def test_a_read_only_data_folder_is_told(migrated_file: Path, tmp_path: Path, there: bool) -> None:  # noqa: FBT001
    folder = tmp_path / "data"
    folder.mkdir()
    if there:
        shutil.copy(migrated_file, folder)
        (folder / FILE_NAME).chmod(0o400)
    folder.chmod(0o500)
    words = _without_roots_rights([sys.executable, "-m", "bot", "migrate"])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "DATA_DIR": str(folder)}
    ran = subprocess.run(  # noqa: S603  # our own program
        words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    folder.chmod(0o700)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "mend the permissions of it and its folder, or set DATA_DIR.\n" in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("statement", "kind", "said"),
    [
        ("PRAGMA max_page_count = 1", MendDataFolder, "has no disk space left; free some"),
        ("PRAGMA query_only = ON", MendDataFolder, "cannot be written"),
    ],
)
async def test_a_full_or_write_protected_disk_is_told(
    migrated_file: Path, tmp_path: Path, statement: str, kind: type, said: str
) -> None:
    shutil.copy(migrated_file, tmp_path)
    async with Database.of(Settings(data_dir=tmp_path)) as database:
        with pytest.raises(AssistantError) as told:  # noqa: PT012  # which of them finds no space does not matter
            async with database.writing() as session:
                connection = await session.connection()
                await connection.exec_driver_sql(statement)
                await connection.exec_driver_sql("CREATE TABLE large (content BLOB)")
                await connection.exec_driver_sql("INSERT INTO large VALUES (zeroblob(1000000))")
    assert isinstance(told.value, kind)
    assert said in str(told.value)


async def test_another_process_that_keeps_the_file_is_waited_for_while_the_loop_goes_on(
    migrated_file: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(migrated_file, tmp_path))
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.6, other.execute, ["COMMIT"])
    async with open_store(Settings(data_dir=tmp_path)) as store:
        release.start()
        waiting = asyncio.create_task(store.people.choose_region(1, "us"))
        ticks = 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            assert (await store.people.choices(2)).region is None
            ticks += 1
        await waiting
        assert (await store.people.choices(1)).region == "us"
    release.join()
    other.close()
    assert ticks > 5


async def test_another_process_that_never_lets_go_is_told(
    migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SECONDS_BEHIND_OTHER_PROCESSES", 0.2)
    path = Path(shutil.copy(migrated_file, tmp_path))
    other = sqlite3.connect(path, isolation_level=None)
    async with open_store(Settings(data_dir=tmp_path)) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TryAgainLater, match="is kept busy by another process; wait for it to finish, or stop it"):
            await store.people.choose_region(1, "us")
        other.close()
        await store.people.choose_region(1, "us")


async def test_who_waits_too_long_for_a_turn_is_told_and_those_before_are_served(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SECONDS_FOR_A_CONNECTION", 0.3)
    async with Database.of(migrated) as database, AsyncExitStack() as before:
        for _ in range(engine._CONNECTIONS - engine._CONNECTIONS_APART):
            await before.enter_async_context(database.reading())
        with pytest.raises(TryAgainLater, match="has been too busy for 0 seconds; try again in a moment"):
            await People(database).choices(1)
        await before.aclose()
        assert await People(database).choices(1) == Choices()


async def test_hundreds_of_calls_at_once_are_all_served(migrated: Settings) -> None:
    async with Database.of(migrated) as database:
        people = People(database)
        await asyncio.gather(*(people.choose_region(person, "us") for person in range(1, 201)))
        chosen = await asyncio.gather(*(people.choices(person) for person in range(1, 202)))
        assert [one.region for one in chosen] == [*["us"] * 200, None]
