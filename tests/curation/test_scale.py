"""The program that measures answers in number, in small, on both databases."""

import pytest

from bot.evals.curation_speed import HEAD, main
from tests.storage.server import running_postgres

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


@pytest.mark.usefixtures("_index")
def test_answers_in_number_are_found_and_gone_on_both_databases(capsys: pytest.CaptureFixture[str]) -> None:
    shapes = ["--shapes", "1x200", "20x10"]
    main(shapes)
    with running_postgres() as server:
        for number in range(2):
            server.run(f"CREATE DATABASE speed_{number}")
        main(["--database-url", server.url("speed_NUMBER"), *shapes])
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("| 1 x", "| 20"))]
    assert len(rows) == 4
    width = HEAD.splitlines()[1].count("|")
    for row in rows:
        assert row.count("|") == width
        found, gone = row.strip("| ").split(" | ")[-2:]
        assert max(float(found), float(gone)) < 2000


@pytest.fixture
def _index(data_folder: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(data_folder))
