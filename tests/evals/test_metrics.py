"""The metrics are those of the scorer that the labelled questions came with, where it lies beside the project."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings

from bot.evals.judge import first_hit
from bot.evals.metrics import METRICS, figure
from bot.evals.questions import Question
from bot.evals.report import Report
from tests.conftest import REPOSITORY
from tests.evals.made import RUNS, report_of, small_run

_SCORER = REPOSITORY.parent / "shared" / "eval" / "score.py"
_MS = {"ms_median", "ms_p95", "questions"}


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = writes
    return module


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    """The scorer; a clone alone has none beside it, and its own figures are tested without it too."""
    if not _SCORER.exists():
        # A clone alone must pass its tests, and the scorer is not ours to commit.
        pytest.skip("the scorer lies in shared/ beside the project only where the project is made")
    return _load(_SCORER)


def _agree(scorer: ModuleType, run: list[tuple[Question, dict[str, Any]]], report: Report) -> None:
    questions = [json.loads(question.model_dump_json()) for question, _ in run]
    theirs, _ = scorer.score(questions, {record["id"]: record for _, record in run})
    ours = {name: line.value for name, line in report.metrics.items()}
    assert ours == pytest.approx({k: v for k, v in theirs.items() if v is not None and k not in _MS}, abs=6e-5)
    total = report.latency["total"]
    assert [total.median, total.p95] == pytest.approx([theirs["ms_median"], theirs["ms_p95"]], abs=6e-5)


@given(RUNS)
@settings(max_examples=60, deadline=None)
def test_every_figure_is_the_scorers_for_any_run(
    scorer: ModuleType, run: list[tuple[Question, dict[str, Any]]]
) -> None:
    _agree(scorer, run, report_of(run))


def test_we_measure_what_the_scorer_measures_and_nothing_else(scorer: ModuleType) -> None:
    theirs, _ = scorer.score([], {})
    assert [metric.name for metric in METRICS] == [name for name in theirs if name not in _MS]


@given(RUNS)
@settings(max_examples=30, deadline=None)
def test_every_figure_lies_in_its_interval_and_counts_its_questions(run: list[tuple[Question, dict[str, Any]]]) -> None:
    report = report_of(run)
    for name, line in report.metrics.items():
        assert 0 <= line.low <= line.value <= line.high <= 1
        assert line.questions == sum(bool(row.values.get(name)) for row in report.rows)


@given(RUNS)
@settings(max_examples=30, deadline=None)
def test_what_is_missed_is_what_keeps_a_figure_from_its_best(run: list[tuple[Question, dict[str, Any]]]) -> None:
    report = report_of(run)
    perfect = {name for name, line in report.metrics.items() if line.value == (0 if line.lower_is_better else 1)}
    assert set(report.misses()) == report.metrics.keys() - perfect


def test_a_metric_that_asks_about_no_question_has_no_figure() -> None:
    assert figure([(), ()]) is None
    assert "crisis_recall" not in report_of(small_run("answered")).metrics


@pytest.mark.parametrize(
    ("found", "rank"), [([], 0), (["a"], 0), (["a", "b"], 2), (["c", "b"], 1), (["", "a", "c"], 3)]
)
def test_the_first_card_on_topic_counts_from_one(found: list[str], rank: int) -> None:
    assert first_hit({"b", "c"}, found) == rank
