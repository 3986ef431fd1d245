"""Small networks over MiniLM's word pieces: one scores a whole text, one marks words; numbers only, no framework.

Both see each word piece twice: as the model reads it in its sentence, and as the plain piece that it is. A ridge
regression over a text's words and vector missed danger that stands in four words of a long complaint; these do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.embedding import TokenStates

Numbers = npt.NDArray[np.float32]
Arrays = Mapping[str, npt.NDArray[np.generic]]

VECTOR_SCALE = np.float32(4.0)
"""What a text's unit vector is multiplied by, so that it weighs like the other features."""

NEIGHBOURS = 2
"""Words on each side that a word is marked with."""

_FEWEST_TEXTS = 4


class PieceNumbers:
    """Gives the word pieces that stood often enough in the learning texts a small number; all others are 0."""

    def __init__(self, known: npt.NDArray[np.int32]) -> None:
        """Hold the known pieces.

        Args:
            known: their numbers in the tokenizer's list, rising.
        """
        self.known = known

    @classmethod
    def of(cls, texts: Sequence[npt.NDArray[np.int32]]) -> "PieceNumbers":
        """Learn which pieces stand in four texts or more."""
        pieces, counts = np.unique(np.concatenate([np.unique(ids) for ids in texts]), return_counts=True)
        return cls(pieces[counts >= _FEWEST_TEXTS].astype(np.int32))

    def __len__(self) -> int:
        return len(self.known) + 1

    def number(self, ids: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """Return the small numbers of pieces; same shape."""
        if not len(self.known):
            return np.zeros(ids.shape, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.known, ids), len(self.known) - 1)
        return np.where(self.known[places] == ids, places + 1, 0).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Network:
    pieces: PieceNumbers
    weights: Mapping[str, Numbers]

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return everything that `from_arrays` needs."""
        return _packed(self.pieces, self.weights)

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Make a network of what `arrays` gave.

        Raises:
            KeyError: a part is missing.
        """
        return cls(*_unpacked(arrays))

    def _features(self, states: Numbers, ids: npt.NDArray[np.int32]) -> Numbers:
        """Return what each piece or word shows, by its sentence and by what it is; shape (rows, features)."""
        w = self.weights
        own = w["pieces"][self.pieces.number(ids)] @ w["piece"]
        features: Numbers = np.maximum(states @ w["state"] + own + w["bias"], 0)
        return features


@dataclass(frozen=True, slots=True)
class TextNetwork(_Network):
    """Scores a text: the strongest and the mean of what its word pieces say, and what a few learned readers look at.

    Attributes:
        pieces: the word pieces that it knows.
        weights: `pieces`, `state`, `piece`, `bias` make a word piece's features; `look`, `say` are the readers;
            `hidden`, `hidden_bias`, `out`, `out_bias` score the whole.
    """

    def scores(self, texts: Sequence[TokenStates]) -> Numbers:
        """Return one score for each text; above 0 more like the learned kind than not; shape (texts,)."""
        return np.array([self._score(text) for text in texts], dtype=np.float32)

    def _score(self, text: TokenStates) -> float:
        w = self.weights
        features = self._features(text.states, text.ids)
        look = features @ w["look"]
        look = np.exp(look - look.max(axis=0))
        said = ((look / look.sum(axis=0)) * (features @ w["say"])).sum()
        whole = np.concatenate([features.max(axis=0), features.mean(axis=0), text.vector * VECTOR_SCALE])
        hidden = np.maximum(whole @ w["hidden"] + w["hidden_bias"], 0)
        return float((hidden @ w["out"])[0] + w["out_bias"][0] + said)


@dataclass(frozen=True, slots=True)
class WordTagger(_Network):
    """Marks the words of a text with types, from each word and two neighbours on each side.

    Attributes:
        pieces: the word pieces that it knows.
        weights: `pieces`, `state`, `piece`, `bias` make a word's features; `hidden`, `hidden_bias`, `out`, `out_bias`
            give its types.
    """

    def probabilities(self, states: Numbers, ids: npt.NDArray[np.int32]) -> Numbers:
        """Return how likely each word is of each type.

        Args:
            states: what is known of each word; shape (words, features).
            ids: each word's first piece; shape (words,).

        Returns:
            Rows that sum to 1; shape (words, types).
        """
        w = self.weights
        features = self._features(states, ids)
        hidden = np.maximum(with_neighbours(features) @ w["hidden"] + w["hidden_bias"], 0)
        return softmax(hidden @ w["out"] + w["out_bias"])


def with_neighbours(features: Numbers) -> Numbers:
    """Return each row beside the two before and the two after it, zeros at the ends; shape (rows, 5 * columns)."""
    edge = np.zeros((NEIGHBOURS, features.shape[1]), dtype=np.float32)
    padded = np.concatenate([edge, features, edge])
    return np.concatenate([padded[step : step + len(features)] for step in range(2 * NEIGHBOURS + 1)], axis=1)


def softmax(scores: Numbers) -> Numbers:
    """Return rows of scores as probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Numbers = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _packed(pieces: PieceNumbers, weights: Mapping[str, Numbers]) -> dict[str, npt.NDArray[np.generic]]:
    return {"known": pieces.known, **{name: _rounded(array) for name, array in weights.items()}}


def _rounded(array: Numbers) -> npt.NDArray[np.float16]:
    """Return half-precision numbers whose last three bits are nought, so that a file of them packs smaller."""
    bits = array.astype(np.float16).view(np.uint16)
    return ((bits + np.uint16(4)) & np.uint16(0xFFF8)).view(np.float16)


def _unpacked(arrays: Arrays) -> tuple[PieceNumbers, dict[str, Numbers]]:
    names = [name for name in arrays if name != "known"]
    if "pieces" not in names:
        raise KeyError("pieces")
    known = arrays["known"].astype(np.int32)
    return PieceNumbers(known), {name: arrays[name].astype(np.float32) for name in names}
