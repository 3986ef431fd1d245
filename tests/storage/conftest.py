"""Fixtures of the storage's tests; what takes `settings`, `migrated`, `database` or `store` runs on both databases."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.migrate import to_head
from bot.storage.store import Store, store_on
from tests.storage.server import Postgres, running_postgres


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    """The clock of the store."""
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL, started once a worker."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_settings(postgres: Postgres, tmp_path: Path) -> Settings:
    """Settings that name an empty database of the PostgreSQL."""
    return Settings.read({"DATA_DIR": str(tmp_path), "DATABASE_URL": postgres.url(postgres.fresh_database())})


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """Settings with a data folder that is not there yet."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings that name an empty database, one of each kind in turn."""
    kind = "sqlite_settings" if request.param == "sqlite" else "postgres_settings"
    found: Settings = request.getfixturevalue(kind)
    return found


@pytest.fixture(scope="session")
def migrated_database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database of the PostgreSQL at this program's revision, to be copied."""
    name = postgres.fresh_database()
    folder = str(tmp_path_factory.mktemp("migrated"))
    asyncio.run(to_head(Settings.read({"DATA_DIR": folder, "DATABASE_URL": postgres.url(name)})))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that name a database at this program's revision, one of each kind in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path)
        return Settings(data_dir=tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    name = server.fresh_database(template=request.getfixturevalue("migrated_database"))
    return Settings.read({"DATA_DIR": str(tmp_path), "DATABASE_URL": server.url(name)})


@pytest.fixture
async def database(migrated: Settings) -> AsyncIterator[Database]:
    """A database at this program's revision."""
    async with Database.of(migrated) as opened:
        yield opened


@pytest.fixture
def store(database: Database, clock: Clock) -> Store:
    """The repositories on that database."""
    return store_on(database, clock=clock)
