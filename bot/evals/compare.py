"""Two reports side by side: what each figure gained or lost, and which questions changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.errors import FixInput
from bot.evals.intervals import Difference, Numbers, paired_difference
from bot.evals.report import Report, Row


@dataclass(frozen=True, slots=True)
class Change:
    """How one metric differs.

    Attributes:
        name: the metric.
        first: its figure in the first report, over the questions that both hold.
        second: the same in the second.
        difference: the second less the first.
        lower_is_better: whether a fall is the good direction.
        gained: ids whose values got better.
        lost: ids whose values got worse.
        asked: ids that it asks about in one run only, as the outcome decides that.
    """

    name: str
    first: float
    second: float
    difference: Difference
    lower_is_better: bool
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A question whose outcome changed."""

    id: str
    category: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports over the questions that both hold.

    Attributes:
        questions: how many those are.
        only_first: how many questions the first alone holds.
        only_second: how many the second alone holds.
        same_set: whether both ran the very same file.
        parts: what differs between their configurations: part, first, second.
        changes: by metric, in the reports' order.
        moved: questions with another outcome.
        milliseconds: median of the total, first and second.
    """

    questions: int
    only_first: int
    only_second: int
    same_set: bool
    parts: tuple[tuple[str, str, str], ...]
    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]
    milliseconds: tuple[float, float]


def compare(first: Report, second: Report) -> Comparison:
    """Compare two reports, question by question.

    Raises:
        FixInput: they have no question in common.
    """
    theirs = {row.id: row for row in second.rows}
    pairs = [(row, theirs[row.id]) for row in first.rows if row.id in theirs]
    if not pairs:
        raise FixInput(
            f"the reports on {first.set.name} and {second.set.name} have no question in common",
            "compare two runs of the same questions",
        )
    names = sorted(first.configuration.keys() | second.configuration.keys())
    parts = [(name, first.configuration.get(name, "none"), second.configuration.get(name, "none")) for name in names]
    changes = [_change(name, line.lower_is_better, pairs) for name, line in first.metrics.items()]
    return Comparison(
        questions=len(pairs),
        only_first=len(first.rows) - len(pairs),
        only_second=len(second.rows) - len(pairs),
        same_set=first.set.sha256 == second.set.sha256,
        parts=tuple(part for part in parts if part[1] != part[2]),
        changes=tuple(change for change in changes if change is not None),
        moved=tuple(
            Moved(one.id, one.category, one.outcome, other.outcome)
            for one, other in pairs
            if one.outcome != other.outcome
        ),
        milliseconds=(_median([one for one, _ in pairs]), _median([other for _, other in pairs])),
    )


def _change(name: str, lower_is_better: bool, pairs: Sequence[tuple[Row, Row]]) -> Change | None:  # noqa: FBT001  # passed on
    first, second = (_sums([pair[side] for pair in pairs], name) for side in (0, 1))
    if not first[:, 1].sum() or not second[:, 1].sum():
        return None
    gained: list[str] = []
    lost: list[str] = []
    asked: list[str] = []
    for (one, _), (sum_1, count_1), (sum_2, count_2) in zip(pairs, first, second, strict=True):
        if bool(count_1) != bool(count_2):
            asked.append(one.id)
        elif count_1 and sum_1 / count_1 != sum_2 / count_2:
            rose = sum_2 / count_2 > sum_1 / count_1
            (gained if rose != lower_is_better else lost).append(one.id)
    return Change(
        name=name,
        first=float(first[:, 0].sum() / first[:, 1].sum()),
        second=float(second[:, 0].sum() / second[:, 1].sum()),
        difference=paired_difference(first, second),
        lower_is_better=lower_is_better,
        gained=tuple(gained),
        lost=tuple(lost),
        asked=tuple(asked),
    )


def _sums(rows: Sequence[Row], name: str) -> Numbers:
    """Return sum and count of a metric's values of each row; shape (rows, 2)."""
    values = [row.values.get(name, ()) for row in rows]
    return np.array([[sum(one), len(one)] for one in values], dtype=np.float64)


def _median(rows: Sequence[Row]) -> float:
    return float(np.median([row.ms["total"] for row in rows]))
