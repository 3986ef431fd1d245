"""Fits the model that observes features in rehearsed lines; run by `make rehearsal` after its lines or signs changed.

`python -m bot.evals.fit_rehearsal FILE ...` reads labelled lines, a file for each writer, and the clauses beside the
model. It learns from clauses put together, too: such a line holds what its clauses hold, and an explanation where it
comes first. From which score a feature is named is chosen on the first file's lines: they were left out of the
regression, and of the tuned layers whose scores of them stand in left-out.json (`make tuned-apart`).
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.evals.rehearsal import Labelled, file_digest, read_labelled, table
from bot.rehearse.cues import SHARP
from bot.rehearse.reader import FLAG_WEIGHT, of_line, parts_of, rows
from bot.rehearse.seen import HELPS, Feature, Seen
from bot.rehearse.signs import defends, explains, owns
from knowledge.embedding import MiniLmEmbedder
from knowledge.rehearsal import FOLDER, RehearsalCard, RehearsalModel, read_clauses, read_left_out
from knowledge.ridge import Numbers, TextRidge

_TERMS, _RIDGE, _VECTOR_WEIGHT = 1500, 2.0, 2.0
_CLAUSE_COUNTS, _COMPOSED_COUNTS = 0.7, 0.5
"""How much a clause, and clauses put together, count beside a labelled line."""

_COMPOSED = 1000
_PRECISION = 0.93
"""Wanted of lines left out, a little above what is promised."""

_PRAISED = 0.01
"""Share of defensive lines, left out, in which something may be called good."""

_SEED = 20
_TRIES = 3
_BLUR = {owns: (0.1, 0.025), explains: (0.27, 0.015), defends: (0.48, 0.025)}
"""Shares of a sharp sign that are lost, and found where it is not: the signs were written with these lines in view, and
find less in others. Estimated on the clauses, before the signs were widened by them."""

_LETTERS = dict(zip("NOAEDS", Feature, strict=True))
_PATTERNS = (
    "NOA NOA NA NA OA OA NO NO EA EA EO EO OE OD OD ND ND ED ED NS OS OS ES DS DS SA NOS "
    "-N -O -A -D -S N- O- A- D- -- E- E- AD DA OEA NE EN NAO ON OAS"
)
_TURNS = (", but ", ", though ", " but ", ", however ")
_TURNING = ("OD", "ND", "AD")


def main() -> None:
    """Choose the thresholds, print the rates of lines left out, fit on everything, and write the model."""
    paths = [Path(name) for name in sys.argv[1:]]
    hands = [read_labelled(path) for path in paths]
    learner = _Learner(MiniLmEmbedder())
    by_words = learner.left_out(hands[0], hands[1:])
    by_tuned = _tuned_left_out(paths[0])
    tuned = np.round(by_words.std(axis=(0, 1)) / by_tuned.std(axis=0), 4)
    left_out = (by_words + by_tuned * tuned).reshape(-1, len(Feature))
    lines = hands[0] * _TRIES
    sure = tuple(_threshold(left_out[:, column], lines, feature) for column, feature in enumerate(Feature))
    guarded = _guard(left_out, lines, sure)
    print(table(lines, [_seen(scored, sure, guarded) for scored in left_out]))
    card = RehearsalCard(
        sha256="",
        lines=tuple(file_digest(path) for path in (*paths, FOLDER / "learn.jsonl")),
        embedder=learner.embedder.name,
        outputs=tuple(feature.value for feature in Feature),
        tuned=tuple(tuned.tolist()),
        sure=sure,
        guarded=guarded,
    )
    RehearsalModel(card, learner.fit(hands)).save()


def _tuned_left_out(path: Path) -> Numbers:
    kept = read_left_out()
    if kept["lines"] != file_digest(path):
        sys.exit(f"left-out.json is not of {path}: run `make tuned-apart`")
    return np.array(kept["scores"], dtype=np.float32)


def composed(pool: Sequence[Labelled], count: int, seed: int = _SEED) -> list[Labelled]:
    """Return lines put together from clauses that hold one feature or none."""
    rng = np.random.default_rng(seed)
    clauses = {
        letter: [item.line for item in pool if item.features == {feature}] for letter, feature in _LETTERS.items()
    }
    clauses["-"] = [item.line for item in pool if not item.features]
    patterns = _PATTERNS.split()
    return [_one(clauses, patterns[rng.integers(len(patterns))], rng) for _ in range(count)]


def _one(clauses: dict[str, list[str]], pattern: str, rng: np.random.Generator) -> Labelled:
    parts = [clauses[letter][rng.integers(len(clauses[letter]))] for letter in pattern]
    held = {_LETTERS[letter] for place, letter in enumerate(pattern) if letter != "-" and (letter != "E" or place == 0)}
    if pattern in _TURNING and rng.integers(2):
        line = parts[0].rstrip(".?! ") + _TURNS[rng.integers(len(_TURNS))] + parts[1]
    else:
        line = " ".join(part if part[-1] in ".?!" else f"{part}." for part in parts)
    return Labelled(line, frozenset(held))


class _Learner:
    """Fits the regression on files of lines, beside clauses; the row of a text is made once."""

    def __init__(self, embedder: MiniLmEmbedder) -> None:
        clauses = [Labelled(item["line"], frozenset(map(Feature, item["features"]))) for item in read_clauses()]
        together = composed(clauses, _COMPOSED)
        self.embedder = embedder
        self._beside = [*clauses, *together]
        self._counts = [_CLAUSE_COUNTS] * len(clauses) + [_COMPOSED_COUNTS] * len(together)
        self._rows: dict[str, Numbers] = {}

    def fit(self, hands: Sequence[Sequence[Labelled]]) -> TextRidge:
        """Return the regression over the lines of some writers and everything beside them."""
        lines = [item for hand in hands for item in hand]
        everything = [*lines, *self._beside]
        rng = np.random.default_rng(_SEED)
        found = np.stack([_blurred(row[None, :], rng)[0] for row in self._of([item.line for item in everything])])
        targets = [[1.0 if feature in item.features else -1.0 for feature in Feature] for item in everything]
        return TextRidge.fit(
            [item.line for item in everything],
            found,
            np.array(targets, dtype=np.float32),
            row_weights=np.array([1.0] * len(lines) + self._counts, dtype=np.float32),
            terms=_TERMS,
            ridge=_RIDGE,
            vector_weight=_VECTOR_WEIGHT,
        )

    def left_out(self, hand: Sequence[Labelled], others: Sequence[Sequence[Labelled]]) -> Numbers:
        """Return the scores of a writer's lines by a regression fitted without them; shape (tries, lines, outputs)."""
        ridge, rng = self.fit(others), np.random.default_rng(_SEED)
        parts = [parts_of(item.line) for item in hand] * _TRIES
        scored = [of_line(ridge.scores(part, _blurred(self._of(part), rng))) for part in parts]
        return np.stack(scored).reshape(_TRIES, len(hand), len(Feature))

    def _of(self, texts: Sequence[str]) -> Numbers:
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            self._rows |= dict(zip(new, rows(self.embedder, new), strict=True))
        return np.stack([self._rows[text] for text in texts])


def _blurred(found: Numbers, rng: np.random.Generator) -> Numbers:
    """Return the rows of one line with some sharp signs lost or found for nothing, in all its parts alike."""
    rows_of = found.copy()
    for sign, (lost, false) in _BLUR.items():
        column = rows_of.shape[1] - len(SHARP) + SHARP.index(sign)
        if rows_of[:, column].any():
            rows_of[:, column] *= rng.random() >= lost
        elif rng.random() < false:
            rows_of[:2, column] = FLAG_WEIGHT
    return rows_of


def _threshold(scores: Numbers, lines: Sequence[Labelled], feature: Feature) -> float:
    """Return the lowest score from which up a feature is there as often as is wanted."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum([feature in lines[row].features for row in order])
    precise: npt.NDArray[np.bool_] = right / np.arange(1, len(order) + 1) >= _PRECISION
    last = int(np.flatnonzero(precise).max()) if precise.any() else 0
    return round(float(scores[order[last]]), 4)


def _guard(scores: Numbers, lines: Sequence[Labelled], sure: tuple[float, ...]) -> float:
    """Return the highest score for a defense at which few enough defensive lines are called good for something."""
    column = list(Feature).index(Feature.DEFENDED)
    defensive = [row for row, line in enumerate(lines) if Feature.DEFENDED in line.features]
    helped = [row for row in defensive if _seen(scores[row], sure, np.inf).features & HELPS]
    allowed = int(_PRAISED * len(defensive))
    lowest = sorted(float(scores[row, column]) for row in helped)
    return round(min(lowest[allowed] if len(lowest) > allowed else sure[column], sure[column]) - 1e-4, 4)


def _seen(scored: Numbers, sure: tuple[float, ...], guarded: float) -> Seen:
    features = frozenset(feature for feature, score, least in zip(Feature, scored, sure, strict=True) if score >= least)
    column = list(Feature).index(Feature.DEFENDED)
    return Seen(features, guarded=bool(scored[column] >= guarded) or Feature.DEFENDED in features)


if __name__ == "__main__":
    main()
