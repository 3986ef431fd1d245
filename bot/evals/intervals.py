"""Intervals: Wilson's for a share, and the paired bootstrap's for the difference between two runs."""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

CONFIDENCE = 0.95
_RESAMPLES = 4000
_SEED = 20
_EDGE = (1 - CONFIDENCE) / 2
_Z = NormalDist().inv_cdf(1 - _EDGE)


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies with 95% confidence."""

    low: float
    high: float


def wilson(share: float, count: int) -> Interval:
    """Return Wilson's score interval of a share (Wilson 1927, without correction for continuity).

    Args:
        share: 0 to 1. A mean of values between 0 and 1 may stand here too: its variance is at most that of a share, so
            the interval is then wider than it need be, never narrower.
        count: independent observations, here questions; at least 1.
    """
    spread = _Z * _Z / count
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return Interval(min(max(0.0, middle - reach), share), max(min(1.0, middle + reach), share))


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two runs.

    Attributes:
        value: the second run's figure less the first's.
        interval: the paired bootstrap's percentile interval of it.
    """

    value: float
    interval: Interval

    @property
    def certain(self) -> bool:
        """Whether the interval leaves zero out."""
        return not self.interval.low <= 0 <= self.interval.high


def paired_difference(first: Numbers, second: Numbers) -> Difference:
    """Return the difference of two ratios over the same questions.

    Questions are drawn again with their values of both runs together, as easy questions are easy for both. A figure is
    the sum of its values over their count, so a question may have several values, or none in one run.

    Args:
        first: shape (questions, 2): sum and count of each question's values in the first run.
        second: the same questions in the second run.

    Raises:
        ValueError: one of the runs has no value at all, or the shapes differ.
    """
    if first.shape != second.shape or not first[:, 1].sum() or not second[:, 1].sum():
        raise ValueError("both runs need values of the same questions")
    sums = _drawn(len(first)) @ np.hstack([first, second])
    whole = sums[(sums[:, 1] > 0) & (sums[:, 3] > 0)]
    differences = whole[:, 2] / whole[:, 3] - whole[:, 0] / whole[:, 1]
    low, high = np.quantile(differences, [_EDGE, 1 - _EDGE])
    value = second[:, 0].sum() / second[:, 1].sum() - first[:, 0].sum() / first[:, 1].sum()
    return Difference(float(value), Interval(float(low), float(high)))


@lru_cache(maxsize=1)
def _drawn(questions: int) -> Numbers:
    """Return how often each question is drawn in each resample; every metric of a comparison uses the same draws."""
    chance = np.full(questions, 1 / questions)
    return np.random.default_rng(_SEED).multinomial(questions, chance, size=_RESAMPLES).astype(np.float64)
