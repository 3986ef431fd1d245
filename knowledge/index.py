"""The vectors of every unit and ask, in Chroma, embedded in this process."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import chromadb
import chromadb.errors
import numpy as np
import numpy.typing as npt
from chromadb.api.client import Client
from chromadb.config import Settings

from knowledge.embedding import Vectors
from knowledge.errors import FreeDataFolder, RebuildIndex

HNSW: Any = {"space": "cosine", "ef_search": 512}
"""How Chroma searches; the width bounds how many rows a query can return exactly."""

_COLLECTION = "core"
_WRITE_BATCH = 250
_READ_BATCH = 500
_GRAPH_IDS = "index_metadata.pickle"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the index.

    Attributes:
        id: `card#s1` for a unit, `card#a12` for an ask.
        card: the card's id.
        kind: `unit` or `ask`.
        text: what was embedded.
        digest: a hash of the text; equal digests need no new vector.
    """

    id: str
    card: str
    kind: str
    text: str
    digest: str


class VectorIndex:
    """One collection of vectors on disk."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, making it where it is missing.

        Raises:
            RebuildIndex: what lies in the folder is no readable index.
            FreeDataFolder: the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._page: int | None = None
        self._guarded: Callable[[], AbstractContextManager[None]] = guarded
        refuse_broken_database(folder / "chroma.sqlite3")
        with guarded():
            settings = Settings(anonymized_telemetry=False)
            self._client = chromadb.PersistentClient(path=str(folder), settings=settings)
            self._collection: Any = self._client.get_or_create_collection(
                _COLLECTION,
                embedding_function=None,
                configuration={"hnsw": HNSW},
            )

    def count(self) -> int:
        """Return how many rows the index holds."""
        with self._guarded():
            return int(self._collection.count())

    def digests(self) -> dict[str, str]:
        """Return the digest of every row by its id."""
        digests: dict[str, str] = {}
        while True:
            with self._guarded():
                found = self._collection.get(include=["metadatas"], limit=self._page, offset=len(digests))
            rows = zip(found["ids"], found["metadatas"] or [], strict=True)
            digests |= {row: str(metadata["digest"]) for row, metadata in rows}
            if self._page is None or len(found["ids"]) < self._page:
                return digests

    def upsert(self, rows: Sequence[Row], vectors: Vectors) -> None:
        """Write rows, in small batches, replacing rows of the same id."""
        for start in range(0, len(rows), _WRITE_BATCH):
            part = rows[start : start + _WRITE_BATCH]
            with self._guarded():
                self._collection.upsert(
                    ids=[row.id for row in part],
                    embeddings=vectors[start : start + _WRITE_BATCH],
                    documents=[row.text for row in part],
                    metadatas=[{"card": row.card, "kind": row.kind, "digest": row.digest} for row in part],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows by their ids."""
        for start in range(0, len(ids), _WRITE_BATCH):
            with self._guarded():
                self._collection.delete(ids=list(ids[start : start + _WRITE_BATCH]))

    def nearest(self, vector: npt.NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the nearest rows as (card id, cosine similarity), nearest first."""
        with self._guarded():
            found = self._collection.query(query_embeddings=vector[None, :], n_results=limit, include=["distances"])
        pairs = zip(found["ids"][0], (found["distances"] or [[]])[0], strict=True)
        return [(row.partition("#")[0], 1.0 - distance) for row, distance in pairs]

    def vectors(self, ids: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Return the vectors of rows by their ids; an id that the index lacks is left out."""
        vectors: dict[str, npt.NDArray[np.float32]] = {}
        batch = self._page or _READ_BATCH
        for start in range(0, len(ids), batch):
            with self._guarded():
                found = self._collection.get(ids=list(ids[start : start + batch]), include=["embeddings"])
            if found["embeddings"] is not None:
                vectors.update(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))
        return vectors

    def keep_spare(self, folder: Path, ids: Sequence[str]) -> None:
        """Do nothing: the vectors are in this process already."""

    def close(self) -> None:
        """Let go of the folder, so that it can be deleted or opened anew."""
        cast("Client", self._client).close()


def seal(folder: Path) -> str:
    """Return a digest of the graph files in a folder.

    Chroma's native part reads these without a check and ends the whole process where they are damaged, so what they
    are has to be known before it opens them. They change only when rows are written. A graph without its list of ids
    was never written out: Chroma makes it anew whenever it opens, so it does not count.
    """
    digest = hashlib.sha256()
    for path in sorted(file for ids in folder.glob(f"*/{_GRAPH_IDS}") for file in ids.parent.iterdir()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def refuse_broken_database(path: Path) -> None:
    """Look at an index's database before Chroma opens it.

    Raises:
        RebuildIndex: it is damaged.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error:
        verdict = "unreadable"
    if verdict != "ok":
        raise _broken()


def _broken() -> RebuildIndex:
    return RebuildIndex("the index's database is damaged", "run `supervision-bot index --rebuild`")


@contextmanager
def guarded() -> Iterator[None]:
    """Turn Chroma's failures into ours; its native part raises panics that are no `Exception`."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, RebuildIndex):
        raise
    except BaseException as error:
        if isinstance(error, _CHROMA_FAILURES) or type(error).__name__ == "PanicException":
            if _says_unwritable(error):
                raise FreeDataFolder(
                    "the data folder cannot be written", "free space, or mend its permissions"
                ) from None
            raise _broken() from None
        raise


_CHROMA_FAILURES: tuple[type[Exception], ...] = (
    chromadb.errors.ChromaError,
    sqlite3.Error,
    OSError,
    ValueError,
    RuntimeError,
    KeyError,
)


_UNWRITABLE = (
    "readonly",
    "read-only",
    "disk is full",
    "no space",
    "permission denied",
    "file too large",
    "quota exceeded",
    "disk i/o error",  # what SQLite says of a write that a quota or a limit cut off
)


def _says_unwritable(error: BaseException) -> bool:
    text = str(error).lower()
    return any(words in text for words in _UNWRITABLE)
