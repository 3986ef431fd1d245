"""What the commands say about the index while it is made ready."""

from dataclasses import replace

import pytest

from bot import app
from bot.app import Services
from bot.cli.services import build_services, describe
from bot.settings import Settings
from knowledge.sync import Progress, SyncReport
from tests.cli.process import Program


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (SyncReport("current", None, 0, 0, 7), "The index is up to date: 7 passages."),
        (SyncReport("built", None, 7, 0, 7), "Built the index: 7 passages."),
        (SyncReport("updated", None, 2, 1, 7), "Updated the index: 2 passages embedded, 1 removed, 7 in all."),
        (SyncReport("rebuilt", "it was damaged", 7, 0, 7), "Rebuilt the index (it was damaged): 7 passages."),
    ],
)
def test_what_was_done_is_one_sentence(report: SyncReport, sentence: str) -> None:
    assert describe(report) == sentence


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (SyncReport("built", None, 7, 0, 7), "Building the index: 7 passages.\nBuilt the index: 7 passages.\n"),
        (SyncReport("current", None, 0, 0, 7), ""),
    ],
)
def test_a_pipe_is_told_once_that_the_index_is_built_and_nothing_when_it_is_not(
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    report: SyncReport,
    told: str,
) -> None:
    def build(settings: Settings, *, progress: Progress, rebuild: bool, **_: object) -> Services:
        assert rebuild
        for done in range(report.embedded + 1):
            progress(done, report.embedded)
        return replace(services, settings=settings, sync=report)

    monkeypatch.setattr(app, "build", build)
    assert build_services(services.settings, rebuild=True).sync == report
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", told)


def test_an_index_that_is_up_to_date_is_only_checked(asking: Program) -> None:
    ran = asking.run("index")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("The index is up to date: ")
