"""How far the database's clock is from ours, on both databases."""

from datetime import UTC, datetime, timedelta

from bot.settings import Settings
from bot.storage.drift import seconds_ahead


async def test_a_database_on_this_machine_has_our_time(migrated: Settings) -> None:
    assert abs(await seconds_ahead(migrated)) < 5


async def test_a_server_whose_clock_is_ahead_is_known_by_how_much(postgres_settings: Settings) -> None:
    def late() -> datetime:
        return datetime.now(UTC) - timedelta(seconds=300)

    assert 295 < await seconds_ahead(postgres_settings, clock=late) < 305
