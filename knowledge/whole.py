"""Words and pairs of words in common with whole cards: BM25 in which everything a card holds is one text.

A question shares a little with many asks of its card and a lot with none; row by row that is lost. Terms are kept as
hashes, so that the file is small and opens without a list of words.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from knowledge.errors import RebuildIndex
from knowledge.words import words_and_pairs

_SATURATION, _LENGTH = 1.2, 0.75
"""BM25's k1 and b; 0.6 to 4 and 0.4 to 1 made no difference beyond chance (docs/retrieval.md)."""

_HASH_BYTES = 8


class WholeIndex:
    """Scores cards by the words and pairs of words that they share with a question."""

    def __init__(
        self,
        keys: npt.NDArray[np.uint64],
        ends: npt.NDArray[np.int64],
        places: npt.NDArray[np.int32],
        weights: npt.NDArray[np.float32],
        cards: int,
    ) -> None:
        """Hold what each term is worth for each card that has it.

        Args:
            keys: hashes of the terms, rising; shape (terms,).
            ends: where each term's entries end in `places` and `weights`; shape (terms,).
            places: numbers of cards; shape (entries,).
            weights: what the term is worth there; shape (entries,).
            cards: how many cards there are.

        Raises:
            ValueError: the parts do not fit one another.
        """
        if len(keys) != len(ends) or len(places) != len(weights) or (len(ends) and int(ends[-1]) != len(places)):
            raise ValueError("the parts of a whole index do not fit one another")
        if len(places) and int(places.max()) >= cards:
            raise ValueError("a whole index names a card that there is not")
        self._keys = keys
        self._ends = ends
        self._places = places
        self._weights = weights
        self._cards = cards

    @classmethod
    def fit(cls, texts: Sequence[str], card_of_row: Sequence[int], cards: int) -> "WholeIndex":
        """Index the texts; rows of one number are one card."""
        counts = [Counter[int]() for _ in range(cards)]
        for text, card in zip(texts, card_of_row, strict=True):
            counts[card].update(_keys(words_and_pairs(text)))
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float64)
        usual = max(float(lengths.mean()), 1.0) if cards else 1.0
        entries = sorted((key, card, often) for card, count in enumerate(counts) for key, often in count.items())
        every = np.array([key for key, _, _ in entries], dtype=np.uint64)
        places = np.array([card for _, card, _ in entries], dtype=np.int32)
        often = np.array([times for _, _, times in entries], dtype=np.float64)
        keys, documents = np.unique(every, return_counts=True)
        rarity = np.repeat(np.log(1 + (cards - documents + 0.5) / (documents + 0.5)), documents)
        slack = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[places] / usual) if len(places) else often
        weights = (rarity * often / (often + slack)).astype(np.float32)
        return cls(keys, np.cumsum(documents, dtype=np.int64), places, weights, cards)

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        with path.open("wb") as file:
            np.savez(file, keys=self._keys, ends=self._ends, places=self._places, weights=self._weights)

    @classmethod
    def load(cls, path: Path, cards: int) -> "WholeIndex":
        """Read the index from a file.

        Raises:
            RebuildIndex: the file is missing or is not what `save` wrote.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                return cls(kept["keys"], kept["ends"], kept["places"], kept["weights"], cards)
        except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError, BadZipFile):
            raise RebuildIndex(
                "the index of whole cards cannot be read", "run `supervision-bot index --rebuild`"
            ) from None

    def scores(self, question: str) -> npt.NDArray[np.float32]:
        """Return one score a card, zero where no word is shared; a word counts once; shape (cards,)."""
        scores = np.zeros(self._cards, dtype=np.float32)
        asked = np.array(sorted(set(_keys(words_and_pairs(question)))), dtype=np.uint64)
        places = np.searchsorted(self._keys, asked)
        for key, place in zip(asked, places, strict=True):
            if place < len(self._keys) and self._keys[place] == key:
                entries = slice(int(self._ends[place - 1]) if place else 0, int(self._ends[place]))
                scores[self._places[entries]] += self._weights[entries]
        return scores


def _keys(terms: Iterable[str]) -> list[int]:
    return [
        int.from_bytes(hashlib.blake2b(term.encode(), digest_size=_HASH_BYTES).digest(), "little") for term in terms
    ]
