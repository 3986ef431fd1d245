"""Which shards a process serves: how they are written, and what is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FixSettings
from bot.settings import Settings
from bot.shards import MOST, named, read_ids


def _read(**environment: str) -> Settings:
    return Settings.read(environment, Path("/nowhere/.env"))


def test_without_settings_one_process_serves_all() -> None:
    settings = _read()
    assert (settings.shard_count, settings.shard_ids) == (None, None)


def test_numbers_and_ranges_are_read_in_any_order() -> None:
    settings = _read(SHARD_COUNT="8", SHARD_IDS="6, 0,2-4")
    assert (settings.shard_count, settings.shard_ids) == (8, (0, 2, 3, 4, 6))


@given(st.sets(st.integers(0, MOST - 1), min_size=1, max_size=20))
def test_whatever_numbers_are_written_come_back(ids: set[int]) -> None:
    assert read_ids(",".join(map(str, ids))) == tuple(sorted(ids))


@pytest.mark.parametrize(
    ("count", "ids", "said"),
    [
        ("4", "", "SHARD_COUNT and SHARD_IDS go together; set both or neither"),
        ("", "0", "SHARD_COUNT and SHARD_IDS go together; set both or neither"),
        ("4", "0,4", "with SHARD_COUNT=4 the last shard is 3, not 4"),
        ("4", "1,0-2", "shard 1 is named twice"),
        ("4", "3-1", "3-1 is no range of shards"),
        ("4", "99999", "there is no shard 99999"),
        ("4", "first", "shards are written as numbers and ranges with commas, such as 0,2-5"),
        ("4", "0,,1", "shards are written as numbers and ranges with commas, such as 0,2-5"),
        ("4", "-1", "shards are written as numbers and ranges with commas, such as 0,2-5"),
    ],
)
def test_shards_that_cannot_be_served_are_refused(count: str, ids: str, said: str) -> None:
    with pytest.raises(FixSettings) as refused:
        _read(SHARD_COUNT=count, SHARD_IDS=ids)
    assert refused.value.problem == f"the setting SHARD_IDS is not usable ({said})"


@pytest.mark.parametrize("count", ["0", "-1", "many", "10001"])
def test_a_count_that_cannot_be_is_refused_by_its_own_name(count: str) -> None:
    with pytest.raises(FixSettings, match="the setting SHARD_COUNT is not usable"):
        _read(SHARD_COUNT=count, SHARD_IDS="0")


def test_shards_are_named_in_words() -> None:
    assert [named(ids) for ids in ((3,), (0, 1, 2), (0, 2))] == ["shard 3", "shards 0 to 2", "shards 0, 2"]
