"""The learned head: scores topics from a text's words and vector, fitted when the index is built.

What was tried instead is in docs/retrieval.md.
"""

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from knowledge.embedding import Vectors
from knowledge.errors import RebuildIndex
from knowledge.ridge import Numbers, TextRidge

_MOST_TERMS = 1024
"""The commonest words and pairs: 4,096 gave no better results once fused, and memory grows as the square."""


_MOST_ROWS = 150
"""Rows of one topic that the head learns from: what a topic counts must not grow with how many cards it has."""


class Head:
    """Scores topics from a question's vector and its words."""

    def __init__(self, ridge: TextRidge) -> None:
        """Hold a fitted regression with one output a topic."""
        self._ridge = ridge

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Vectors, topic_of_row: Sequence[int], topics: int) -> "Head":
        """Fit the head.

        Each topic counts the same, however many cards it has.

        Args:
            texts: units and asks.
            vectors: their vectors; shape (texts, dimensions).
            topic_of_row: the number of each text's primary topic.
            topics: how many topics there are.
        """
        topic = np.asarray(topic_of_row, dtype=np.int64)
        rows = _spread(topic, topics)
        often = np.bincount(topic[rows], minlength=topics)
        importance = (len(rows) / np.count_nonzero(often) / often[topic[rows]]).astype(np.float32)
        targets = np.eye(topics, dtype=np.float32)[topic[rows]]
        learnt = [texts[row] for row in rows]
        return cls(TextRidge.fit(learnt, vectors[rows], targets, row_weights=importance, terms=_MOST_TERMS))

    def save(self, path: Path) -> None:
        """Write the weights to a file."""
        with path.open("wb") as file:
            np.savez(file, **self._ridge.arrays())  # type: ignore[arg-type]  # names and arrays, as documented

    @classmethod
    def load(cls, path: Path) -> "Head":
        """Read the weights from a file.

        Raises:
            RebuildIndex: the file is missing or is not what `save` wrote.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                return cls(TextRidge.from_arrays(dict(kept)))
        except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError, BadZipFile):
            raise RebuildIndex("the learned head cannot be read", "run `supervision-bot index --rebuild`") from None

    def scores(self, question: str, vector: npt.NDArray[np.float32]) -> Numbers:
        """Return one score a topic; shape (topics,)."""
        scores: Numbers = self._ridge.scores([question], vector[None, :])[0]
        return scores


def _spread(topic: npt.NDArray[np.int64], topics: int) -> npt.NDArray[np.int64]:
    """Return which rows to learn from: all of a topic, or as many as count, spread evenly over its rows."""
    chosen = []
    for number in range(topics):
        rows = np.flatnonzero(topic == number)
        places = np.linspace(0, len(rows) - 1, min(len(rows), _MOST_ROWS)).round().astype(np.int64)
        chosen.append(rows[places])
    return np.sort(np.concatenate(chosen))
