"""The learned head: ridge regression from a text's vector and words to topics, fitted when the index is built.

Closed form in numpy, so no training framework is needed, and kept as .npz, which holds numbers only.
What was tried instead is in docs/retrieval.md.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from knowledge.embedding import Vectors
from knowledge.errors import RebuildIndex
from knowledge.words import words_and_pairs

_MOST_TERMS = 1024
"""The commonest words and pairs: 4,096 gave no better results once fused, and memory grows as the square."""

_RIDGE = 3.0
_CHUNK = 512


class Head:
    """Scores topics from a question's vector and its words."""

    def __init__(
        self,
        terms: Sequence[str],
        rarity: npt.NDArray[np.float32],
        centre: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
    ) -> None:
        """Hold fitted weights.

        Args:
            terms: words and pairs that count.
            rarity: inverse document frequency of each term; shape (terms,).
            centre: mean vector of the rows it was fitted on; shape (dimensions,).
            weights: shape (terms + dimensions, topics).
        """
        self._columns = {term: column for column, term in enumerate(terms)}
        self._rarity = rarity
        self._centre = centre
        self._weights = weights

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Vectors, topic_of_row: Sequence[int], topics: int) -> "Head":
        """Fit the head.

        Args:
            texts: units and asks.
            vectors: their vectors; shape (texts, dimensions).
            topic_of_row: the number of each text's primary topic.
            topics: how many topics there are.
        """
        documents = Counter(term for text in texts for term in set(words_and_pairs(text)))
        ranked = sorted(documents.items(), key=lambda item: (-item[1], item[0]))[:_MOST_TERMS]
        rarity = np.log((1 + len(texts)) / (1 + np.array([count for _, count in ranked]))) + 1
        size = len(ranked) + vectors.shape[1]
        head = cls(
            [term for term, _ in ranked],
            rarity.astype(np.float32),
            vectors.mean(axis=0),
            np.zeros((size, topics), dtype=np.float32),
        )
        gram = np.zeros((size, size), dtype=np.float32)
        moments = np.zeros((size, topics), dtype=np.float32)
        base = np.bincount(topic_of_row, minlength=topics).astype(np.float32) / len(texts)
        for start in range(0, len(texts), _CHUNK):
            rows = slice(start, start + _CHUNK)
            features = head._features(texts[rows], vectors[rows])
            targets = np.eye(topics, dtype=np.float32)[np.asarray(topic_of_row[rows])] - base
            gram += features.T @ features
            moments += features.T @ targets
        gram[np.diag_indices(size)] += _RIDGE
        head._weights = np.linalg.solve(gram, moments).astype(np.float32)
        return head

    def save(self, path: Path) -> None:
        """Write the weights to a file."""
        terms = np.array(list(self._columns))
        with path.open("wb") as file:
            np.savez(file, terms=terms, rarity=self._rarity, centre=self._centre, weights=self._weights)

    @classmethod
    def load(cls, path: Path) -> "Head":
        """Read the weights from a file.

        Raises:
            RebuildIndex: the file is missing or is not what `save` wrote.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                return cls(kept["terms"].tolist(), kept["rarity"], kept["centre"], kept["weights"])
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
            raise RebuildIndex("the learned head cannot be read", "run `supervision-bot index --rebuild`") from None

    def scores(self, question: str, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return one score a topic; shape (topics,)."""
        scores: npt.NDArray[np.float32] = (self._features([question], vector[None, :]) @ self._weights)[0]
        return scores

    def _features(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        lexical = np.zeros((len(texts), len(self._columns)), dtype=np.float32)
        for row, text in enumerate(texts):
            for term, count in Counter(words_and_pairs(text)).items():
                column = self._columns.get(term)
                if column is not None:
                    lexical[row, column] = (1 + np.log(count)) * self._rarity[column]
        return np.hstack([_unit_rows(lexical), _unit_rows(vectors - self._centre)])


def _unit_rows(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit
