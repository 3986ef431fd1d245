"""Fixtures of the curation's tests; `store` runs on SQLite, as copied from one migrated file."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.store import Store, store_on
from tests.consult.fakes import FakePrivacyScreen
from tests.storage.conftest import Clock


@pytest.fixture
def clock() -> Clock:
    """The clock of the store and the service."""
    return Clock()


@pytest.fixture
async def store(migrated_file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """The repositories, on a database of their own."""
    shutil.copy(migrated_file, tmp_path)
    async with Database.of(Settings(data_dir=tmp_path)) as database:
        yield store_on(database, clock=clock)


@pytest.fixture
def curation(store: Store, clock: Clock) -> Curation:
    """The use cases, with a screen that lets every text pass."""
    return Curation(store, Screen(FakePrivacyScreen()), clock=clock)
