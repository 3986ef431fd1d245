"""The start beside a database server that is starting too."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import FixSettings, TryAgainLater
from bot.settings import Settings
from bot.storage.patience import await_database
from tests.storage.server import Postgres


def _behind(postgres: Postgres, folder: Path) -> Settings:
    """Return settings that look for the server's socket in a folder, which may not be there."""
    url = replace(postgres, folder=folder).url("postgres")
    return Settings.read({"DATA_DIR": str(folder.parent), "DATABASE_URL": url})


async def test_a_file_is_not_waited_for(sqlite_settings: Settings) -> None:
    said: list[str] = []
    await await_database(sqlite_settings, told=said.append)
    assert said == []


async def test_a_server_that_is_there_is_not_waited_for(postgres_settings: Settings) -> None:
    said: list[str] = []
    await await_database(postgres_settings, told=said.append)
    assert said == []


async def test_a_server_that_never_comes_is_said_to_be_waited_for_and_then_named(
    postgres: Postgres, tmp_path: Path
) -> None:
    said: list[str] = []
    with pytest.raises(TryAgainLater, match="cannot be reached"):
        await await_database(_behind(postgres, tmp_path / "nowhere"), told=said.append, wait=0.6)
    (told,) = said
    assert told.startswith("Waiting up to 1 seconds for ")
    assert told.endswith(", which keeps the records.")


async def test_an_address_that_cannot_be_one_is_not_waited_for() -> None:
    wrong = Settings.read({"DATABASE_URL": "mysql://user:password@127.0.0.1:1/database"})
    with pytest.raises(FixSettings):
        await await_database(wrong, told=pytest.fail)


async def test_a_server_that_comes_late_is_used(postgres: Postgres, tmp_path: Path) -> None:
    said: list[str] = []
    late = tmp_path / "late"
    waiting = asyncio.create_task(await_database(_behind(postgres, late), told=said.append, wait=20))
    await asyncio.sleep(0.7)
    assert not waiting.done()
    late.symlink_to(postgres.folder)
    await waiting
    assert len(said) == 1
