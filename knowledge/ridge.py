"""Ridge regression from a text's words and vector to any number of scores: closed form, numbers only, no framework."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from knowledge.embedding import Vectors
from knowledge.words import words_and_pairs

Numbers = npt.NDArray[np.float32]

_CHUNK = 512


class TextRidge:
    """Scores texts from their commonest words and pairs of words, and from their vectors."""

    def __init__(
        self, *, terms: Sequence[str], rarity: Numbers, centre: Numbers, weights: Numbers, vector_weight: float
    ) -> None:
        """Hold fitted weights.

        Args:
            terms: words and pairs that count.
            rarity: inverse document frequency of each term; shape (terms,).
            centre: mean vector of the texts it was fitted on; shape (dimensions,).
            weights: shape (terms + dimensions + 1, outputs); the last row is the intercept.
            vector_weight: length that a text's vector is given beside its words, which have length 1.
        """
        self._columns = {term: column for column, term in enumerate(terms)}
        self._rarity = rarity
        self._centre = centre
        self._weights = weights
        self._vector_weight = vector_weight

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: Vectors,
        targets: Numbers,
        *,
        row_weights: Numbers | None = None,
        terms: int = 1024,
        ridge: float = 3.0,
        vector_weight: float = 1.0,
    ) -> "TextRidge":
        """Fit the regression.

        Args:
            texts: what is scored.
            vectors: their vectors; shape (texts, dimensions).
            targets: what each should score; shape (texts, outputs).
            row_weights: how much each text counts; shape (texts,); all alike where None.
            terms: how many words and pairs count, the commonest ones.
            ridge: penalty on the squared weights, the intercept's apart.
            vector_weight: see `__init__`.
        """
        documents = Counter(term for text in texts for term in set(words_and_pairs(text)))
        ranked = sorted(documents.items(), key=lambda item: (-item[1], item[0]))[:terms]
        rarity = np.log((1 + len(texts)) / (1 + np.array([count for _, count in ranked]))) + 1
        size, outputs = len(ranked) + vectors.shape[1] + 1, targets.shape[1]
        fitted = cls(
            terms=[term for term, _ in ranked],
            rarity=rarity.astype(np.float32),
            centre=vectors.mean(axis=0),
            weights=np.zeros((size, outputs), dtype=np.float32),
            vector_weight=vector_weight,
        )
        importance = np.ones(len(texts), dtype=np.float32) if row_weights is None else row_weights
        gram, moments = np.zeros((size, size), dtype=np.float32), np.zeros((size, outputs), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            rows = slice(start, start + _CHUNK)
            features = fitted._features(texts[rows], vectors[rows])
            weighted = features * importance[rows, None]
            gram += weighted.T @ features
            moments += weighted.T @ targets[rows]
        penalty = np.full(size, ridge, dtype=np.float32)
        penalty[-1] = 1e-3
        gram[np.diag_indices(size)] += penalty
        fitted._weights = np.linalg.solve(gram, moments).astype(np.float32)
        return fitted

    @property
    def outputs(self) -> int:
        """How many scores a text gets."""
        return int(self._weights.shape[1])

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Numbers:
        """Return the scores of texts; shape (texts, outputs)."""
        scores: Numbers = self._features(texts, vectors) @ self._weights
        return scores

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return everything that `from_arrays` needs, for a file of numbers and words."""
        return {
            "terms": np.array(list(self._columns)),
            "rarity": self._rarity,
            "centre": self._centre,
            "weights": self._weights,
            "vector_weight": np.array([self._vector_weight], dtype=np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> "TextRidge":
        """Make a regression of what `arrays` gave.

        Raises:
            KeyError: a part is missing.
        """
        return cls(
            terms=[str(term) for term in arrays["terms"]],
            rarity=arrays["rarity"].astype(np.float32),
            centre=arrays["centre"].astype(np.float32),
            weights=arrays["weights"].astype(np.float32),
            vector_weight=float(arrays["vector_weight"].astype(np.float32)[0]),
        )

    def _features(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        lexical = np.zeros((len(texts), len(self._columns)), dtype=np.float32)
        for row, text in enumerate(texts):
            for term, count in Counter(words_and_pairs(text)).items():
                column = self._columns.get(term)
                if column is not None:
                    lexical[row, column] = (1 + np.log(count)) * self._rarity[column]
        dense = _unit_rows(vectors - self._centre) * np.float32(self._vector_weight)
        ones = np.ones((len(texts), 1), dtype=np.float32)
        return np.hstack([_unit_rows(lexical), dense, ones])


def _unit_rows(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit
