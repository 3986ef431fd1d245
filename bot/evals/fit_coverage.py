"""Fits how likely the cards cover a question, and shows how far the probability can be trusted.

Run by `make coverage` after the ranking or the scope screen changed: it prints the weights for
`bot/consult/coverage.py`, the reliability and the trade as tables, and draws `docs/coverage.svg`. Every probability
that it reports comes from weights, and every scope score from a model, that did not see the question.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.consult.coverage import evidence
from bot.evals import curves
from bot.evals.adam import Adam
from bot.evals.fit_screens import fit_scope
from bot.evals.intervals import wilson
from bot.evals.plots import coverage_plot, standing_alone
from bot.evals.questions import read_questions
from knowledge.embedding import MiniLmEmbedder, Vectors
from knowledge.loader import load_corpus
from knowledge.retrieval import Retriever
from knowledge.screens.model import read_corpus_lines
from knowledge.sync import open_retriever

_TUNING = (Path("tests/evals/tuning.jsonl"), Path("tests/evals/tuning-2.jsonl"))
_DRAWING = Path("docs/coverage.svg")
_TYPED = "tuning"
"""The group of the tuning questions, which are typed as the questions that the program will meet."""

_DEVELOPMENT = "dev"
"""A hand whose lines stand among the development questions; they are no new evidence."""

_TYPED_COUNTS = 3.0
_OUTSIDE_SHARE = 1 / 6
"""Share of questions that are outside the cards, as among the tuning questions; it sets what a probability means."""

_FOLDS, _STEPS, _RATE, _SHRINK = 5, 1500, 0.05, 1e-3
_THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)

_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """Questions of which it is known whether the cards cover them.

    Attributes:
        texts: the questions.
        covered: 1 where the cards cover it, else 0; shape (questions,).
        group: the hand that wrote it, or `tuning`; shape (questions,).
    """

    texts: list[str]
    covered: _Numbers
    group: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: one weight a kind of evidence, and the base."""

    of_evidence: _Numbers
    base: float

    def probabilities(self, rows: _Numbers) -> _Numbers:
        """Return how likely each row is covered; shape (rows,)."""
        shares: _Numbers = 1 / (1 + np.exp(-(rows @ self.of_evidence + self.base)))
        return shares


def main() -> None:
    """Fit, print, draw."""
    embedder = MiniLmEmbedder(threads=2)
    lines = read_lines()
    vectors = embedder.embed(lines.texts)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary)
        retriever, _ = open_retriever(folder, load_corpus(), embedder)
        rows = _evidence(lines, vectors, retriever, outside_scores(lines, vectors, embedder))
    weights = fit(rows, lines.covered, _importance(lines))
    print("weights:", ", ".join(f"{one:.2f}" for one in [*weights.of_evidence, weights.base]))
    unseen = _unseen(rows, lines)
    for name in (_TYPED, *sorted(set(lines.group) - {_TYPED})):
        here = lines.group == name
        _print_trade(name, unseen[here], lines.covered[here])
    typed = lines.group == _TYPED
    found = curves.calibrated(unseen[typed], lines.covered[typed])
    _print_reliability(found)
    _DRAWING.write_text(standing_alone(coverage_plot(found).svg), encoding="utf-8")


def read_lines() -> Lines:
    """Return the scope screen's learning lines and the tuning questions that tell of coverage."""
    scope = [line for line in read_corpus_lines("scope") if line["hand"] != _DEVELOPMENT]
    asked = [one for file in _TUNING for one in read_questions(file).questions]
    asked = [one for one in asked if one.category in {"answerable", "out-of-kb"}]
    return Lines(
        [str(line["text"]) for line in scope] + [one.text for one in asked],
        np.array([line["label"] != "out" for line in scope] + [one.category == "answerable" for one in asked], float),
        np.array([str(line["hand"]) for line in scope] + [_TYPED] * len(asked)),
    )


def outside_scores(lines: Lines, vectors: Vectors, embedder: MiniLmEmbedder) -> _Numbers:
    """Return the scope score of each line by a model that saw no line of its hand; shape (lines,)."""
    asks = [ask for card in load_corpus().cards for ask in card.head.asks]
    texts, every = lines.texts + asks, np.concatenate([vectors, embedder.embed(asks)])
    outside = np.concatenate([lines.covered == 0, np.zeros(len(asks), dtype=bool)])
    group = np.concatenate([lines.group, np.full(len(asks), "cards")])
    scores = np.zeros(len(lines.texts))
    for hand in set(lines.group):
        seen = np.flatnonzero((group != hand) & (group != _TYPED))
        model = fit_scope([texts[number] for number in seen], every[seen], outside[seen])
        held = np.flatnonzero(lines.group == hand)
        scores[held] = model.scores([texts[number] for number in held], every[held])[:, 0]
    return scores


def fit(rows: _Numbers, covered: _Numbers, importance: _Numbers) -> Weights:
    """Fit the regression.

    Args:
        rows: evidence; shape (questions, kinds).
        covered: 1 or 0; shape (questions,).
        importance: how much each counts; shape (questions,).
    """
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = ((rows - middle) / spread).astype(np.float32)
    share = (importance / importance.sum()).astype(np.float32)
    weights = {"of": np.zeros(rows.shape[1], np.float32), "base": np.zeros(1, np.float32)}
    adam = Adam(weights, steps=_STEPS, rate=_RATE, decay=0.0)
    for _ in range(_STEPS):
        off = (1 / (1 + np.exp(-(scaled @ weights["of"] + weights["base"][0]))) - covered) * share
        gradient = (off @ scaled + _SHRINK * weights["of"]).astype(np.float32)
        adam.step({"of": gradient, "base": off.sum(keepdims=True).astype(np.float32)})
    of_evidence = weights["of"].astype(np.float64) / spread
    return Weights(of_evidence, float(weights["base"][0]) - float(of_evidence @ middle))


def _evidence(lines: Lines, vectors: Vectors, retriever: Retriever, outside: _Numbers) -> _Numbers:
    rows = []
    for text, vector, score in zip(lines.texts, vectors, outside, strict=True):
        best = retriever.retrieve_near(text, vector, limit=1).found[0]
        rows.append(evidence(text, best, outside=float(score)))
    return np.array(rows)


def _importance(lines: Lines) -> _Numbers:
    counts = np.where(lines.group == _TYPED, _TYPED_COUNTS, 1.0)
    inside = lines.covered == 1
    counts[~inside] *= _OUTSIDE_SHARE / (1 - _OUTSIDE_SHARE) * counts[inside].sum() / counts[~inside].sum()
    return counts


def _unseen(rows: _Numbers, lines: Lines) -> _Numbers:
    """Return probabilities by weights that saw no line of the hand, or not this fold of the tuning questions."""
    fold = np.random.default_rng(0).integers(0, _FOLDS, len(rows)).astype(str)
    part = np.where(lines.group == _TYPED, fold, lines.group)
    importance = _importance(lines)
    probabilities = np.zeros(len(rows))
    for name in set(part):
        held = part == name
        probabilities[held] = fit(rows[~held], lines.covered[~held], importance[~held]).probabilities(rows[held])
    return probabilities


def _print_trade(name: str, predicted: _Numbers, covered: _Numbers) -> None:
    ours, others = predicted[covered == 1], predicted[covered == 0]
    print(f"\n{name}: {len(ours)} covered, {len(others)} outside")
    print("| threshold | covered, answered | outside, declined |\n| --- | --- | --- |")
    for threshold in _THRESHOLDS:
        print(f"| {threshold:.2f} | {_share(ours >= threshold)} | {_share(others < threshold)} |")


def _print_reliability(found: curves.Calibration) -> None:
    print(f"\nBrier {found.brier:.3f}, distance {found.error:.3f}")
    print("| probability given | questions | covered (95% interval) |\n| --- | --- | --- |")
    for one in found.bins:
        interval = f"{one.interval.low:.2f} to {one.interval.high:.2f}"
        print(f"| {one.predicted:.2f} | {one.questions} | {one.observed:.2f} ({interval}) |")


def _share(holds: Sequence[bool] | npt.NDArray[np.bool_]) -> str:
    share = float(np.mean(holds))
    interval = wilson(share, len(holds))
    return f"{share:.3f} ({interval.low:.3f} to {interval.high:.3f})"


if __name__ == "__main__":
    main()
