"""Intervals hold what they should for any share and any two runs."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evals.intervals import Interval, paired_difference, wilson

COUNTS = st.integers(1, 5000)
SHARES = st.floats(0, 1)
_VALUES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)


def _ratios(values: Sequence[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[value, 1.0] for value in values])


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
    ids=["none", "all", "half", "Newcombe 1998"],
)
def test_wilsons_interval_is_the_published_one(hits: int, count: int, low: float, high: float) -> None:
    found = wilson(hits / count, count)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


@given(SHARES, COUNTS)
def test_an_interval_holds_its_share_and_stays_between_none_and_all(share: float, count: int) -> None:
    found = wilson(share, count)
    assert 0 <= found.low <= share <= found.high <= 1


@given(SHARES, COUNTS)
def test_more_questions_narrow_an_interval(share: float, count: int) -> None:
    few, many = wilson(share, count), wilson(share, count * 4)
    assert many.high - many.low < few.high - few.low


@given(SHARES, COUNTS)
def test_the_interval_of_the_misses_mirrors_that_of_the_hits(share: float, count: int) -> None:
    hits, misses = wilson(share, count), wilson(1 - share, count)
    assert hits.low == pytest.approx(1 - misses.high, abs=1e-9)


@given(_VALUES)
@settings(max_examples=25, deadline=None)
def test_two_runs_the_other_way_round_differ_by_the_opposite(values: list[tuple[float, float]]) -> None:
    first, second = _ratios([one for one, _ in values]), _ratios([other for _, other in values])
    there, back = paired_difference(first, second), paired_difference(second, first)
    assert there.value == pytest.approx(-back.value)
    assert there.interval.low == pytest.approx(-back.interval.high)
    assert there.certain == back.certain or there.value == pytest.approx(0)


@given(_VALUES)
@settings(max_examples=25, deadline=None)
def test_a_run_does_not_differ_from_itself(values: list[tuple[float, float]]) -> None:
    same = _ratios([one for one, _ in values])
    assert paired_difference(same, same).interval == Interval(0, 0)
    assert not paired_difference(same, same).certain


@given(_VALUES)
@settings(max_examples=25, deadline=None)
def test_a_difference_is_that_of_the_means_and_lies_between_the_worst_and_the_best(
    values: list[tuple[float, float]],
) -> None:
    first, second = np.array(values).T
    found = paired_difference(_ratios(list(first)), _ratios(list(second)))
    assert found.value == pytest.approx(second.mean() - first.mean())
    assert (second - first).min() - 1e-9 <= found.interval.low
    assert found.interval.high <= (second - first).max() + 1e-9


def test_a_clear_gain_is_certain_and_a_single_one_is_not() -> None:
    worse, better = _ratios([0] * 40 + [1] * 60), _ratios([0] * 20 + [1] * 80)
    once = _ratios([0] * 39 + [1] * 61)
    assert paired_difference(worse, better).certain
    assert not paired_difference(worse, once).certain


def test_a_question_may_have_several_values_or_none() -> None:
    first, second = np.array([[1.0, 3.0], [0.0, 0.0]]), np.array([[3.0, 3.0], [1.0, 1.0]])
    assert paired_difference(first, second).value == pytest.approx(2 / 3)


@pytest.mark.parametrize("second", [np.zeros((2, 2)), np.ones((3, 2))], ids=["no value", "another number of questions"])
def test_runs_without_common_values_are_refused(second: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    with pytest.raises(ValueError, match="same questions"):
        paired_difference(np.ones((2, 2)), second)
