"""The bench counts as the evaluation does."""

from collections import deque

import pytest

from bot.evals import settle_screens
from bot.evals.bench import _measure
from bot.evals.questions import answerable, read_questions
from tests.conftest import REPOSITORY
from tests.evals.made import small_run


def test_the_bench_counts_cards_on_topic_near_the_top() -> None:
    questions = [question for question, _ in small_run(*["answered"] * 4)]
    found = [["humor"], ["silence", "humor"], ["silence"] * 5 + ["humor"], []]
    queue = deque([found[0], *found])
    line = _measure("ours", lambda _: queue.popleft(), questions)
    assert (line.hit_1, line.hit_5) == (0.25, 0.5)


def test_a_pipeline_that_finds_nothing_by_design_has_times_only() -> None:
    questions = [question for question, _ in small_run("answered")]
    line = _measure("floor", lambda _: [], questions, quality=False)
    assert (line.hit_1, line.hit_5) == (None, None)
    assert line.milliseconds >= 0


def test_no_threshold_of_the_screens_rests_on_a_question_that_may_be_a_crisis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    every = [one for file in settle_screens._TUNING for one in answerable(read_questions(file).questions)]
    kept = settle_screens.tuning_questions()
    assert 0 < len(kept) < len(every)
    assert [question.id for question in every if question.text in kept and "crisis" in question.expect.behaviours] == []
