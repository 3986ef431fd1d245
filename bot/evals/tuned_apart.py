"""Tunes without some writers' lines, and shows how those lines are read: `make tuned-apart`.

It prints recall of danger and of outside questions, and writes what was said of rehearsed lines, in whose view the
thresholds of `make rehearsal` are chosen (knowledge/rehearsal/left-out.json: numbers, no text).
"""

import json
from collections.abc import Sequence

import numpy as np

from bot.evals.fit_tuned import tune
from bot.evals.rehearsal import file_digest
from bot.evals.settle_screens import tuning_questions
from bot.evals.tuned_lessons import ALONE, REHEARSED, read_lessons
from knowledge.embedding import MiniLmEmbedder
from knowledge.layers import Numbers
from knowledge.loader import load_corpus
from knowledge.rehearsal import FOLDER
from knowledge.tuned import TunedModel

_APART = ("seed", "everyday", "quiet", "second", "small-places", REHEARSED[0].stem)
"""Writers whose lines are left out: three of danger, one of the scope, one of identifiers, one of rehearsed lines."""

_BELOW = (0.99, 0.98, 0.95, 0.91, 0.86)
"""Shares of the everyday tuning questions below the lines at which recall is shown."""


def main() -> None:
    """Tune, print, and write."""
    embedder = MiniLmEmbedder(threads=2)
    lessons = read_lessons(load_corpus())
    model = tune([lesson for lesson in lessons if lesson.hand not in _APART], embedder)
    everyday = _outputs(model, embedder, tuning_questions())
    names = [name for group in ALONE.values() for name in group]
    for hand in _APART:
        own = [lesson for lesson in lessons if lesson.hand == hand and lesson.words is None]
        found = _outputs(model, embedder, [lesson.text for lesson in own])
        for name in ("crisis", "outside"):
            column = names.index(name)
            rows = [row for row, lesson in enumerate(own) if lesson.shares.get(name) == 1.0]
            lines = np.quantile(everyday[:, column], _BELOW)
            if rows:
                print(f"{hand}: {name} at {_BELOW}: {[f'{(found[rows, column] > line).mean():.2f}' for line in lines]}")
        if hand == REHEARSED[0].stem:
            _write(found[:, -len(ALONE["line"]) :])


def _outputs(model: TunedModel, embedder: MiniLmEmbedder, texts: Sequence[str]) -> Numbers:
    """Return every output that stands alone, of each text; shape (texts, outputs)."""
    readings = [model.read(states).outputs for states in embedder.read(texts)]
    columns = sum(map(len, ALONE.values()))
    return np.array([np.concatenate([one[group] for group in ALONE]) for one in readings]).reshape(-1, columns)


def _write(scores: Numbers) -> None:
    kept = {"lines": file_digest(REHEARSED[0]), "scores": [[round(float(one), 3) for one in row] for row in scores]}
    (FOLDER / "left-out.json").write_text(json.dumps(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
