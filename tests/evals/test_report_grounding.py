"""The report counts what became of what a model wrote, and names who judged."""

import re
from typing import Any

import pytest

from bot.cli.eval import _grounded
from bot.evals.page import render_page
from bot.evals.report import GroundingLine, Report
from tests.evals.made import report_of, small_run


def _writer(judge: str | None, *, prompt: str | None = "answer", missing: int = 0, filled: int = 0) -> dict[str, Any]:
    named = {"name": "fake:model", "prompt": prompt, "version": 1, "hash": "0", "fell_back": False}
    return {**named, "missing": missing, "filled": filled, "judge": judge}


def _report(*writers: dict[str, Any], dropped: int = 0) -> Report:
    run = small_run(*("answered" for _ in writers))
    pairs = zip(run, writers, strict=True)
    return report_of([(asked, {**record, "writer": one, "dropped": dropped}) for (asked, record), one in pairs])


def test_a_run_counts_what_stood_what_fell_what_was_missing_and_what_was_filled() -> None:
    report = _report(_writer("fake:judge", missing=1), _writer("fake:judge", filled=1), _writer(None), dropped=2)
    assert report.grounding == GroundingLine(
        answers=3, grounded=2, dropped=6, missing=1, filled=1, judges={"fake:judge": 2}
    )
    first = report.rows[0].grounding
    assert first is not None
    assert (first.grounded, first.dropped, first.missing, first.filled, first.judge) == (1, 2, 1, 0, "fake:judge")


def test_the_built_in_writers_sentences_are_not_counted_as_a_models() -> None:
    assert _report(_writer(None, prompt=None)).grounding is None
    assert report_of(small_run("answered", "abstained")).grounding is None


@pytest.mark.parametrize(("judge", "told"), [("fake:judge", "by: fake:judge 1."), (None, "No model judged")])
def test_a_person_reads_the_counts_and_the_judge(judge: str | None, told: str) -> None:
    report = _report(_writer(judge, missing=1, filled=1), dropped=2)
    assert report.grounding is not None
    line = _grounded(report.grounding)
    assert "Grounded suggestions: 0; statements dropped: 2, of them missing: 1; filled from the cards: 1." in line
    assert told in line


def test_the_page_holds_the_counts_and_the_judge() -> None:
    page = render_page(_report(_writer("fake:judge"), dropped=2))
    assert re.search(r"grounded suggestions:\s+1;", page)
    assert "fake:judge: 1" in page


def test_a_report_made_before_the_counts_is_still_read() -> None:
    old = _report(_writer(None)).model_dump(mode="json", exclude={"grounding": True})
    assert Report.model_validate(old).grounding is None
