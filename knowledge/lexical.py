"""Words in common: BM25 over every unit and ask, kept as files beside the vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.errors import RebuildIndex
from knowledge.light import without
from knowledge.words import words

with without("jax"):  # where it is installed, as for tuning: 170 MB and a second, to sort a few numbers
    import bm25s

_BEST_ROWS = 3
"""A card's score is the mean of its best rows; 1, 3, 5 and 8 were compared (docs/retrieval.md)."""

_CARDS_FILE = "cards.npy"


class LexicalIndex:
    """BM25 scores of cards."""

    def __init__(self, ranker: bm25s.BM25, card_of_row: npt.NDArray[np.int64], cards: int) -> None:
        """Hold a fitted ranker.

        Args:
            ranker: BM25 over the rows.
            card_of_row: for each row the number of its card, ascending; shape (rows,).
            cards: how many cards there are.
        """
        self._ranker = ranker
        self._card_of_row = card_of_row
        self._starts = np.searchsorted(card_of_row, np.arange(cards))

    @classmethod
    def fit(cls, texts: Sequence[str], card_of_row: Sequence[int], cards: int) -> "LexicalIndex":
        """Index the texts; rows of one card stand together, cards ascending."""
        ranker = bm25s.BM25(k1=1.2, b=0.75)
        ranker.index([words(text) for text in texts], show_progress=False)
        return cls(ranker, np.asarray(card_of_row, dtype=np.int64), cards)

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self._ranker.save(str(folder), show_progress=False)
        np.save(folder / _CARDS_FILE, self._card_of_row, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, cards: int) -> "LexicalIndex":
        """Read the index from a folder.

        Raises:
            RebuildIndex: a file is missing or is not what `save` wrote.
        """
        try:
            ranker = bm25s.BM25.load(str(folder), load_corpus=False)
            return cls(ranker, np.load(folder / _CARDS_FILE, allow_pickle=False), cards)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError):
            raise RebuildIndex("the lexical index cannot be read", "run `supervision-bot index --rebuild`") from None

    def scores(self, question: str) -> npt.NDArray[np.float32]:
        """Return one score a card, zero where no word is shared; shape (cards,)."""
        known = [word for word in words(question) if word in self._ranker.vocab_dict]
        cards = len(self._starts)
        if not known:
            return np.zeros(cards, dtype=np.float32)
        rows = np.asarray(self._ranker.get_scores(known), dtype=np.float32)
        best = np.zeros(cards, dtype=np.float32)
        ends = np.append(self._starts[1:], len(rows))
        for card, (start, end) in enumerate(zip(self._starts, ends, strict=True)):
            best[card] = np.sort(rows[start:end])[-_BEST_ROWS:].mean() if end > start else 0.0
        return best
