"""Parts of curation for tests: an embedder by hash, an index in memory that can die, and words to keep."""

import hashlib
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from bot.storage.curated import Content, Item, Signature
from knowledge.curated import CuratedRow
from knowledge.embedding import Vectors

SIGNED = Signature("clinical supervisor", "LPC-S", "Texas", date(2026, 11, 2))
ANNA, BEN, CARLA = 11, 12, 13


def words(title: str, *asks: str) -> Content:
    """Return an answer."""
    return Content(title, (Item(f"Consider {title}."),), asks or (f"what about {title}",))


class HashEmbedder:
    """Gives each text a direction of its own; equal texts are equal, others nearly at right angles."""

    name = "by hash"

    def __init__(self, dimensions: int = 32) -> None:
        self._dimensions = dimensions
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        vectors = np.stack([self._one(text) for text in texts])
        normal: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normal

    def _one(self, text: str) -> npt.NDArray[np.float32]:
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        return np.random.default_rng(seed).standard_normal(self._dimensions).astype(np.float32)


class DiedError(Exception):
    """Stands for the end of the process."""


class MemoryVectors:
    """An index in memory, which outlives those who write it; they die after as many rows as it is told."""

    def __init__(self) -> None:
        self.rows: dict[CuratedRow, npt.NDArray[np.float32]] = {}
        self.dies_in: int | None = None

    def read(self, server: int, publications: Sequence[str]) -> dict[CuratedRow, npt.NDArray[np.float32]]:
        wanted = set(publications)
        return {row: vector for row, vector in self.rows.items() if row.server == server and row.publication in wanted}

    def inventory(self, server: int | None = None, answers: Sequence[str] = ()) -> dict[int, dict[str, bool]]:
        counts: dict[int, dict[str, list[int]]] = {}
        for row in self.rows:
            if server is None or (row.server == server and row.answer in answers):
                counts.setdefault(row.server, {}).setdefault(row.publication, []).append(row.of)
        return {
            server: {name: len(rows) == rows[0] for name, rows in names.items()} for server, names in counts.items()
        }

    def write(self, rows: Sequence[CuratedRow], vectors: Vectors) -> None:
        for row, vector in zip(rows, vectors, strict=True):
            self._live_on()
            self.rows[row] = vector

    def remove(self, server: int, publications: Sequence[str]) -> None:
        for row in [row for row in self.rows if row.server == server and row.publication in publications]:
            self._live_on()
            del self.rows[row]

    def close(self) -> None:
        pass

    def _live_on(self) -> None:
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                self.dies_in = None
                raise DiedError
