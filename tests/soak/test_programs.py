"""The programs of load, in small."""

import asyncio
from pathlib import Path

import pytest

from tests.soak import search
from tests.soak.load import HEAD, rates, servers

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]


def test_a_rate_that_is_low_is_held(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = asyncio.run(rates(data_folder, 6, [1.0], profile=False))

    assert not held[-1].lost
    assert len(held[-1].answered) >= 5
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("| 1 |"))
    assert row.count("|") == HEAD.splitlines()[0].count("|")


def test_a_process_holds_many_servers(data_folder: Path) -> None:
    before, after, _ = asyncio.run(servers(data_folder, 200, 3, 2))

    assert 0 < before < 1000
    assert 0 < after < 1000


def test_a_search_is_timed_by_size(tmp_path: Path) -> None:
    found = search.cards(tmp_path / "cards", [100, 300], 128, 48, tries=20)
    read = search.own(tmp_path / "own", [100, 300], tries=20)

    assert set(found) == set(read) == {100, 300}
