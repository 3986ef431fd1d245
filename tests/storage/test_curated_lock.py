"""One process writes the index of curated answers, also after a PostgreSQL that forgot its lock."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.curation.publish import Publishing
from bot.settings import Settings
from bot.storage import kept
from bot.storage.engine import Database
from bot.storage.store import store_on
from tests.curation.fakes import HashEmbedder, MemoryVectors
from tests.storage.server import Postgres

_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'supervision-assistant'"


class Index(MemoryVectors):
    """An index in memory that knows whether it was closed."""

    closed = False

    def close(self) -> None:
        """Note it."""
        self.closed = True


@pytest.fixture
def named(postgres: Postgres, migrated_database: str) -> Settings:
    """Settings that name a migrated database of the PostgreSQL."""
    return Settings.read({"DATABASE_URL": postgres.url(postgres.fresh_database(template=migrated_database))})


@pytest.fixture
async def two(named: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Database, Database]]:
    """The same PostgreSQL as two processes have it; lock and truth are looked at often."""
    monkeypatch.setattr(kept, "_SECONDS_BETWEEN_LOOKS", 0.1)
    monkeypatch.setattr("bot.curation.publish.SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr("bot.curation.publish.SECONDS_BETWEEN_FULL_LOOKS", 0.2)
    async with Database.of(named) as first, Database.of(named) as second:
        yield first, second


def _publishing(database: Database, folder: Path, index: Index) -> Publishing:
    return Publishing(database, store_on(database).published, folder, HashEmbedder(), lambda *_: index)


async def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


async def test_a_writer_whose_lock_was_forgotten_takes_it_again(
    postgres: Postgres, two: tuple[Database, Database], tmp_path: Path
) -> None:
    async with _publishing(two[0], tmp_path, Index()) as first:
        await asyncio.to_thread(postgres.run, _CUT)
        await asyncio.sleep(0.6)
        async with _publishing(two[1], tmp_path, Index()) as second:
            await asyncio.sleep(0.5)
            assert (first.vectors is None, second.vectors is None) == (False, True)


async def test_a_writer_whose_lock_went_to_another_process_lets_go_of_the_folder_and_may_follow_it(
    postgres: Postgres, two: tuple[Database, Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = Index(), Index()
    monkeypatch.setattr(kept, "_SECONDS_BETWEEN_LOOKS", 1.0)
    async with _publishing(two[0], tmp_path, ours) as first:
        await asyncio.to_thread(postgres.run, _CUT)
        async with _publishing(two[1], tmp_path, theirs) as second:
            await _until(lambda: second.vectors is theirs)
            await _until(lambda: ours.closed)
            assert (first.vectors, await first.reconcile()) == (None, None)
        await _until(lambda: first.vectors is ours)


async def test_a_process_that_does_not_write_asks_for_the_lock_alone(
    two: tuple[Database, Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.curation.publish.SECONDS_BETWEEN_FULL_LOOKS", 60)
    asked: list[int] = []
    published = store_on(two[1]).published

    async def pulse() -> tuple[int, int]:
        asked.append(1)
        return 0, 0

    monkeypatch.setattr(published, "pulse", pulse)
    async with _publishing(two[0], tmp_path, Index()):
        index = Index()
        async with Publishing(two[1], published, tmp_path, HashEmbedder(), lambda *_: index, shared=True) as second:
            await asyncio.sleep(0.3)
            assert (second.vectors, asked) == (index, [])
