"""Two processes never serve the same shard; one that follows another waits for it to stop."""

import asyncio

import pytest

from bot.errors import TryAgainLater
from bot.settings import Settings
from bot.storage import kept
from bot.storage.engine import Database
from bot.storage.shard_locks import own_shards
from tests.storage.server import Postgres


@pytest.fixture
async def other(migrated: Settings) -> Database:
    """The same database, as another process has it."""
    return Database.of(migrated)


def _quietly(said: str) -> None:
    del said


async def test_a_second_process_with_the_same_shard_says_so_and_stops(database: Database, other: Database) -> None:
    said: list[str] = []
    async with own_shards(database, (0, 1), say=said.append):
        with pytest.raises(TryAgainLater, match=r"another process already serves shard 1 of this bot.*SHARD_IDS"):
            async with own_shards(other, (1, 2), say=said.append, wait=0.3):
                pytest.fail("two processes serve shard 1")
    assert said == ["Another process serves shard 1; this one waits up to 0 seconds for it to stop."]
    await other.close()


async def test_processes_with_other_shards_stand_side_by_side(database: Database, other: Database) -> None:
    async with own_shards(database, (0, 2), say=_quietly), own_shards(other, (1, 3), say=_quietly, wait=0):
        pass
    await other.close()


async def test_a_process_without_settings_serves_all_and_stands_alone(database: Database, other: Database) -> None:
    async with own_shards(database, None, say=_quietly):
        with pytest.raises(TryAgainLater, match="already serves shard 0"):
            async with own_shards(other, None, say=_quietly, wait=0):
                pytest.fail("two processes serve everything")
    await other.close()


async def test_the_next_process_takes_over_as_soon_as_the_first_has_stopped(
    database: Database, other: Database
) -> None:
    async def next_one() -> None:
        async with own_shards(other, (0,), say=_quietly, wait=10):
            pass

    async with own_shards(database, (0,), say=_quietly):
        following = asyncio.create_task(next_one())
        await asyncio.sleep(0.1)
        assert not following.done()
    await asyncio.wait_for(following, 2)
    await other.close()


async def test_what_was_refused_one_shard_holds_none_of_the_others(database: Database, other: Database) -> None:
    async with own_shards(database, (1,), say=_quietly):
        with pytest.raises(TryAgainLater):
            async with own_shards(other, (0, 1), say=_quietly, wait=0):
                pytest.fail("two processes serve shard 1")
        async with own_shards(other, (0,), say=_quietly, wait=0):
            pass
    await other.close()


async def _cut(postgres: Postgres) -> None:
    """End every session but one's own, as a restart of the server does."""
    statement = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'supervision-assistant'"
    )
    await asyncio.to_thread(postgres.run, statement)


@pytest.fixture
def on_postgres(
    postgres: Postgres, migrated_database: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[Database, Database]:
    """The same PostgreSQL as two processes have it; locks are looked at often."""
    monkeypatch.setattr(kept, "_SECONDS_BETWEEN_LOOKS", 0.1)
    url = postgres.url(postgres.fresh_database(template=migrated_database))
    settings = Settings.read({"DATABASE_URL": url})
    return Database.of(settings), Database.of(settings)


async def test_a_lock_that_the_server_forgot_is_taken_again(
    postgres: Postgres, on_postgres: tuple[Database, Database]
) -> None:
    first, second = on_postgres
    async with own_shards(first, (0,), say=_quietly) as guard:
        guarding = asyncio.ensure_future(guard())
        await _cut(postgres)
        await asyncio.sleep(0.6)

        assert not guarding.done()
        with pytest.raises(TryAgainLater, match="already serves shard 0"):
            async with own_shards(second, (0,), say=_quietly, wait=0):
                pytest.fail("two processes serve shard 0")
        guarding.cancel()
    await first.close()
    await second.close()


async def test_who_lost_a_shard_to_another_process_stops(
    postgres: Postgres, on_postgres: tuple[Database, Database]
) -> None:
    first, second = on_postgres
    async with own_shards(first, (0, 1), say=_quietly) as guard:
        await _cut(postgres)
        async with own_shards(second, (1,), say=_quietly, wait=0):
            with pytest.raises(TryAgainLater, match="another process has taken over shards 0 to 1 of this one"):
                await asyncio.wait_for(guard(), 5)
    await first.close()
    await second.close()


async def test_a_server_that_is_away_is_waited_for(
    on_postgres: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    first, second = on_postgres
    async with own_shards(first, (0,), say=_quietly) as guard:
        guarding = asyncio.ensure_future(guard())

        async def away(_: object) -> str | None:
            raise TryAgainLater("the server is away", "wait")

        with monkeypatch.context() as patch:
            patch.setattr(kept.KeptLocks, "_try", away)
            await _cut(postgres)
            await asyncio.sleep(0.4)
            assert not guarding.done()
        await asyncio.sleep(0.4)
        with pytest.raises(TryAgainLater, match="already serves shard 0"):
            async with own_shards(second, (0,), say=_quietly, wait=0):
                pytest.fail("two processes serve shard 0")
        guarding.cancel()
    await first.close()
    await second.close()
