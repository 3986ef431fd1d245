"""The vectors of every server's curated answers: one Chroma collection, in which only ids and vectors stand, no text.

`read` is the one function by which vectors leave it, always those of one server.
"""

import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import chromadb
import numpy as np
import numpy.typing as npt
from chromadb.api.client import Client
from chromadb.config import Settings

from knowledge.embedding import Vectors
from knowledge.errors import RebuildIndex
from knowledge.index import guarded, refuse_broken_database

COLLECTION = "curated"
HNSW: Any = {"space": "cosine"}
SCHEMA = 1
_WRITE_BATCH = 50
"""Chroma holds the interpreter while it writes; so many rows take as long as one question's embedding."""

_READ_BATCH = 2_000
_VECTORS_BATCH = 500
"""By their ids; Chroma makes an object of Python's of each number, so more at once hold the interpreter for longer."""

_IDS_BATCH = 20_000
_ANSWERS_BATCH = 200
_SECONDS_TO_PROBE = 120


@dataclass(frozen=True, slots=True)
class CuratedRow:
    """One row.

    Attributes:
        server: whose.
        publication: which revision of which answer, as `answer.revision`, without `:`.
        part: which text of it, such as `a3`.
        of: how many rows the publication has.
    """

    server: int
    publication: str
    part: str
    of: int

    @property
    def id(self) -> str:
        """The row's id."""
        return f"{self.server}:{self.publication}:{self.of}:{self.part}"

    @property
    def answer(self) -> str:
        """Which answer, whatever its revision."""
        return self.publication.partition(".")[0]

    @classmethod
    def parse(cls, row: str) -> "CuratedRow":
        """Return a row by its id."""
        server, publication, of, part = row.split(":")
        return cls(int(server), publication, part, int(of))


class CuratedVectors:
    """The collection on disk; only the process that holds the lock for it may have one."""

    def __init__(self, folder: Path, embedder: str) -> None:
        """Open the folder, making it where it is missing, and anew where it is another embedder's or damaged.

        Args:
            folder: the data folder; the collection lives in `curated/` in it.
            embedder: name of the vector space.

        Raises:
            FreeDataFolder: the folder cannot be written.
        """
        self._page: int | None = None
        self._guarded: Callable[[], AbstractContextManager[None]] = guarded
        self._root = folder / "curated"
        self._embedder = embedder
        self._root.mkdir(parents=True, exist_ok=True)
        self._folder = self._usable() or self._root / f"vectors-{uuid.uuid4().hex[:8]}"
        for stale in self._root.glob("vectors-*"):
            if stale != self._folder:
                shutil.rmtree(stale, ignore_errors=True)
        self._collection: Any
        self._client, self._collection = _open(self._folder)
        self._seal()

    def read(self, server: int, publications: Sequence[str]) -> dict[CuratedRow, npt.NDArray[np.float32]]:
        """Return the vectors of some publications of one server; what the collection lacks is left out.

        Raises:
            RebuildIndex: the collection cannot be read.
        """
        ids = self._ids_of(server, publications)
        found: dict[CuratedRow, npt.NDArray[np.float32]] = {}
        batch = min(_VECTORS_BATCH, self._page or _VECTORS_BATCH)
        for start in range(0, len(ids), batch):
            with self._guarded():
                got = self._collection.get(ids=ids[start : start + batch], include=["embeddings"])
            rows = [CuratedRow.parse(row) for row in got["ids"]]
            vectors = np.asarray(got["embeddings"], dtype=np.float32)
            found |= {row: vectors[n] for n, row in enumerate(rows) if row.server == server}
        return found

    def _ids_of(self, server: int, publications: Sequence[str]) -> list[str]:
        """Return the rows of some publications of one server; many are picked out of all that the server has."""
        if len(publications) > _ANSWERS_BATCH:
            wanted = frozenset(publications)
            ids = self._ids({"server": str(server)})
            return [row for row in ids if CuratedRow.parse(row).publication in wanted]
        where: Any = {"$and": [{"server": str(server)}, {"publication": {"$in": list(publications)}}]}
        return self._ids(where) if publications else []

    def inventory(self, server: int | None = None, answers: Sequence[str] = ()) -> dict[int, dict[str, bool]]:
        """Return for each server its publications, and whether each is whole; ids alone, no vectors.

        Args:
            server: only those of this server's `answers`.
            answers: ids of answers, as they stand before the dot of a publication.

        Raises:
            RebuildIndex: the collection cannot be read.
        """
        if server is None:
            return _whole(self._ids(None))
        ids: list[str] = []
        for start in range(0, len(answers), _ANSWERS_BATCH):
            part = list(answers[start : start + _ANSWERS_BATCH])
            ids += self._ids({"$and": [{"server": str(server)}, {"answer": {"$in": part}}]})
        return _whole(ids)

    def _ids(self, where: Any) -> list[str]:  # noqa: ANN401  # Chroma's own
        found: list[str] = []
        batch = self._page or _IDS_BATCH
        while True:
            with self._guarded():
                ids = self._collection.get(where=where, include=[], limit=batch, offset=len(found))["ids"]
            found += ids
            if len(ids) < batch:
                return found

    def write(self, rows: Sequence[CuratedRow], vectors: Vectors) -> None:
        """Write rows in small batches, replacing rows of the same id.

        Raises:
            RebuildIndex: the collection cannot be written.
        """
        self._unseal()
        for start in range(0, len(rows), _WRITE_BATCH):
            part = rows[start : start + _WRITE_BATCH]
            with self._guarded():
                self._collection.upsert(
                    ids=[row.id for row in part],
                    embeddings=vectors[start : start + _WRITE_BATCH],
                    metadatas=[
                        {"server": str(row.server), "answer": row.answer, "publication": row.publication}
                        for row in part
                    ],
                )
        self._seal()

    def remove(self, server: int, publications: Sequence[str]) -> None:
        """Take out publications of one server.

        Raises:
            RebuildIndex: the collection cannot be written.
        """
        self._unseal()
        for start in range(0, len(publications), _WRITE_BATCH):
            part = list(publications[start : start + _WRITE_BATCH])
            where: Any = {"$and": [{"server": str(server)}, {"publication": {"$in": part}}]}
            with self._guarded():
                self._collection.delete(where=where)
        self._seal()

    def close(self) -> None:
        """Let go of the folder."""
        cast("Client", self._client).close()

    def _usable(self) -> Path | None:
        """Return the folder with the vectors where it can be gone on with."""
        try:
            manifest = json.loads((self._root / "manifest.json").read_text(encoding="utf-8"))
            folder = self._root / str(manifest["folder"])
            ours = (manifest["schema"], manifest["embedder"]) == (SCHEMA, self._embedder)
            sealed = manifest["seal"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not ours or folder.parent != self._root or not (folder / "chroma.sqlite3").exists():
            return None
        try:
            refuse_broken_database(folder / "chroma.sqlite3")
        except RebuildIndex:
            return None
        # Chroma's native part ends the process over damaged graph files, so another process looks first.
        return folder if sealed == _traces(folder) or _opens(folder) else None

    def _unseal(self) -> None:
        self._write_manifest(None)

    def _seal(self) -> None:
        self._write_manifest(_traces(self._folder))

    def _write_manifest(self, seal: list[list[Any]] | None) -> None:
        values = {"schema": SCHEMA, "embedder": self._embedder, "folder": self._folder.name, "seal": seal}
        new = self._root / "manifest.json.new"
        new.write_text(json.dumps(values) + "\n", encoding="utf-8")
        new.replace(self._root / "manifest.json")


def _whole(ids: Sequence[str]) -> dict[int, dict[str, bool]]:
    counts: dict[tuple[int, str], list[int]] = {}
    for row in map(CuratedRow.parse, ids):
        counts.setdefault((row.server, row.publication), [0, row.of])[0] += 1
    servers: dict[int, dict[str, bool]] = {}
    for (server, publication), (rows, of) in counts.items():
        servers.setdefault(server, {})[publication] = rows == of
    return servers


def _open(folder: Path) -> tuple[Any, chromadb.Collection]:
    with guarded():
        client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
        collection = client.get_or_create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": HNSW})
    return client, collection


def _traces(folder: Path) -> list[list[Any]]:
    """Return name, size and time of every graph file, which change only when Chroma writes them out."""
    files = sorted(path for path in folder.glob("*/*") if path.is_file())
    stats = [(path.relative_to(folder).as_posix(), path.stat()) for path in files]
    return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats]


def _opens(folder: Path) -> bool:
    """Tell whether a process that opens the folder and reads every vector in it comes through."""
    words = [sys.executable, "-m", "knowledge.curated", str(folder)]
    try:
        tried = subprocess.run(words, capture_output=True, timeout=_SECONDS_TO_PROBE, check=False)  # noqa: S603  # ours
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _probe(folder: Path) -> None:
    client, collection = _open(folder)
    offset = 0
    while len(collection.get(include=["embeddings"], limit=_READ_BATCH, offset=offset)["ids"]) == _READ_BATCH:
        offset += _READ_BATCH
    client.close()


if __name__ == "__main__":
    _probe(Path(sys.argv[1]))
