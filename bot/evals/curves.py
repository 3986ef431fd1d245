"""The numbers behind a report's plots, and what each plot says in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.evals.intervals import Interval, wilson
from bot.evals.questions import CATEGORIES
from bot.evals.report import Row

_OUTCOMES = ("answered", "abstained", "out_of_scope", "crisis", "withheld", "unavailable")
_BINS = 10
_STEPS = 101


@dataclass(frozen=True, slots=True)
class RankPoint:
    """Share of answerable questions with a card on topic among the first `places`."""

    places: int
    share: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Confusion:
    """Outcomes by category.

    Attributes:
        categories: those that occur, in their fixed order.
        outcomes: those that occur, in theirs.
        counts: a row a category, a column an outcome.
        refused: how many of each the labels do not accept.
    """

    categories: tuple[str, ...]
    outcomes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    refused: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same coverage probability.

    Attributes:
        predicted: their mean probability.
        observed: share of them that the cards do cover.
    """

    predicted: float
    observed: float
    interval: Interval
    questions: int


@dataclass(frozen=True, slots=True)
class Trade:
    """What a threshold would cost.

    Attributes:
        threshold: from which probability on a question is answered.
        false_refusals: share of answerable questions below it.
        false_answers: share of questions outside the knowledge base from it on.
    """

    threshold: float
    false_refusals: float
    false_answers: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the coverage probability can be taken at its word.

    Attributes:
        bins: of equal width; empty ones are left out.
        brier: mean squared distance of probability and truth; 0 is perfect.
        error: mean distance of predicted and observed over the bins, weighted by their questions.
        trade: by threshold; empty where one of the two kinds of question is missing.
        skipped: questions of the two kinds that were decided before the probability was asked.
    """

    bins: tuple[Bin, ...]
    brier: float
    error: float
    trade: tuple[Trade, ...]
    skipped: int


def by_rank(rows: Sequence[Row]) -> list[RankPoint]:
    """Return the curve of retrieval by rank; empty without answerable questions."""
    ranks = [row.rank for row in rows if row.category == "answerable"]
    points = []
    for places in range(1, max(ranks, default=0) + 1):
        share = sum(0 < rank <= places for rank in ranks) / len(ranks)
        points.append(RankPoint(places, share, wilson(share, len(ranks))))
    return points


def confusion(rows: Sequence[Row]) -> Confusion:
    """Return how often each category came to each outcome."""
    categories = tuple(name for name in CATEGORIES if any(row.category == name for row in rows))
    outcomes = tuple(name for name in _OUTCOMES if any(row.outcome == name for row in rows))

    def count(*, refused: bool) -> tuple[tuple[int, ...], ...]:
        cells: list[tuple[str, str]] = [(row.category, row.outcome) for row in rows if not (refused and row.accepted)]
        return tuple(tuple(cells.count((category, outcome)) for outcome in outcomes) for category in categories)

    return Confusion(categories, outcomes, count(refused=False), count(refused=True))


def calibration(rows: Sequence[Row]) -> Calibration | None:
    """Return the calibration of the coverage probability, or None where no question tells of it.

    The truth is the label: an `answerable` question is covered, one `out-of-kb` is not; others are left out.
    """
    kinds = [row for row in rows if row.category in {"answerable", "out-of-kb"}]
    known = [(row.coverage, float(row.category == "answerable")) for row in kinds if row.coverage is not None]
    if not known:
        return None
    predicted, truth = np.array(known).T
    return calibrated(predicted, truth, skipped=len(kinds) - len(known))


def calibrated(predicted: npt.NDArray[np.float64], truth: npt.NDArray[np.float64], *, skipped: int = 0) -> Calibration:
    """Return the calibration of probabilities.

    Args:
        predicted: at least one, 0 to 1; shape (questions,).
        truth: 1 where a question is covered, else 0; shape (questions,).
        skipped: questions that have no probability.
    """
    place = np.minimum((predicted * _BINS).astype(int), _BINS - 1)
    bins = []
    for number in range(_BINS):
        inside = place == number
        if inside.any():
            observed = float(truth[inside].mean())
            count = int(inside.sum())
            bins.append(Bin(float(predicted[inside].mean()), observed, wilson(observed, count), count))
    ours, others = predicted[truth == 1], predicted[truth == 0]
    thresholds = np.linspace(0, 1, _STEPS) if len(ours) and len(others) else np.array([])
    return Calibration(
        bins=tuple(bins),
        brier=float(((predicted - truth) ** 2).mean()),
        error=sum(one.questions * abs(one.predicted - one.observed) for one in bins) / len(predicted),
        trade=tuple(Trade(float(t), float((ours < t).mean()), float((others >= t).mean())) for t in thresholds),
        skipped=skipped,
    )
