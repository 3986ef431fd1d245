"""A copy of the cards' vectors in this process, for when the server that has them does not answer."""

import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

_Vectors = npt.NDArray[np.float32]


def spare_of(folder: Path, name: str) -> Path:
    """Return where the copy of the vectors of a name is."""
    return folder / f"{name}.npz"


class SpareVectors:
    """Vectors that never change, searched one and all; safe to use from several threads."""

    def __init__(self, ids: Sequence[str], matrix: _Vectors) -> None:
        """Hold them.

        Args:
            ids: of the rows.
            matrix: a row each, of length one; shape (rows, dimensions).
        """
        self._ids = list(ids)
        self._matrix = matrix
        self._places = {row: place for place, row in enumerate(self._ids)}

    @classmethod
    def load(cls, path: Path, ids: Sequence[str]) -> "SpareVectors | None":
        """Return what was saved for these rows; None where it is missing, damaged, or of others."""
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
                saved, matrix = kept["ids"].tolist(), np.asarray(kept["matrix"], dtype=np.float32)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None
        return cls(ids, matrix) if saved == list(ids) and matrix.ndim == 2 and len(matrix) == len(saved) else None  # noqa: PLR2004  # rows and dimensions

    def save(self, path: Path) -> None:
        """Write them; where that fails they are fetched again at the next start."""
        new = path.with_name(f"{path.name}.new")
        with suppress(OSError):
            with new.open("wb") as stream:
                np.savez(stream, ids=np.array(self._ids), matrix=self._matrix)
            new.replace(path)

    def nearest(self, vector: _Vectors, limit: int) -> list[tuple[str, float]]:
        """Return the nearest rows as (card id, cosine similarity), nearest first."""
        similarity = self._matrix @ vector
        first = np.argsort(-similarity, kind="stable")[:limit]
        return [(self._ids[place].partition("#")[0], float(similarity[place])) for place in first]

    def vectors(self, ids: Sequence[str]) -> dict[str, _Vectors]:
        """Return the vectors of rows by their ids; an id that is not among them is left out."""
        return {row: self._matrix[self._places[row]] for row in ids if row in self._places}
