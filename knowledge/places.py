"""Where the vectors of the cards are: folders in the data folder, or collections on a Chroma server."""

import hashlib
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from knowledge.chroma import Connection
from knowledge.errors import KnowledgeError, RebuildIndex
from knowledge.index import HNSW, VectorIndex, seal
from knowledge.manifest import PART
from knowledge.spare import SpareVectors, spare_of

_PREFIX = "core-"
_MEND = "it is built anew"


class Place(Protocol):
    """Keeps the vectors of one set of cards under a name."""

    part: str
    """Folder in the data folder that the manifest and what is fitted to the vectors are in."""

    def new_name(self, made_of: str) -> str:
        """Return a name for what is made of such cards."""

    def next_name(self, name: str, made_of: str) -> str:
        """Return the name to go on with, where the vectors of a name are to be made equal to other cards."""

    def require(self, name: str, sealed: str) -> None:
        """Raise RebuildIndex where the vectors of a name cannot be opened without harm."""

    def clear(self, name: str) -> None:
        """Take away what there may be under a name that everything is to be made anew for."""

    def open(self, name: str, *, create: bool) -> VectorIndex:
        """Open them; RebuildIndex where they are not there and are not to be made."""

    def seal(self, name: str) -> str:
        """Return a digest of what `require` checks."""

    def look(self) -> None:
        """Raise one of our errors where what keeps the vectors does not answer."""

    def sweep(self, name: str, before: str | None) -> None:
        """Take away what is neither this nor, where others may still read it, the one before."""


class FolderPlace:
    """A folder a name, for one process that writes."""

    part = PART

    def __init__(self, folder: Path) -> None:
        """Hold the data folder."""
        self._folder = folder / self.part

    def new_name(self, made_of: str) -> str:
        """Return a name that is new each time."""
        del made_of
        return f"vectors-{uuid.uuid4().hex[:8]}"

    def next_name(self, name: str, made_of: str) -> str:
        """Return the same, whose rows are changed."""
        del made_of
        return name

    def require(self, name: str, sealed: str) -> None:
        """Check the files.

        Raises:
            RebuildIndex: one is missing or damaged.
        """
        folder = self._folder / name
        if not (folder / "chroma.sqlite3").exists():
            raise RebuildIndex("the index's database is missing", _MEND)
        if seal(folder) != sealed:
            raise RebuildIndex("the index's graph files are damaged", _MEND)

    def clear(self, name: str) -> None:
        """Do nothing: the name is new."""

    def open(self, name: str, *, create: bool) -> VectorIndex:
        """Open a folder."""
        del create
        return VectorIndex(self._folder / name)

    def seal(self, name: str) -> str:
        """Return a digest of its graph files."""
        return seal(self._folder / name)

    def look(self) -> None:
        """Do nothing: a folder is there, or its manifest is not."""

    def sweep(self, name: str, before: str | None) -> None:
        """Delete every other folder."""
        del before
        for stale in self._folder.glob("vectors-*"):
            if stale.name != name:
                shutil.rmtree(stale, ignore_errors=True)


class ServerPlace:
    """A collection a set of cards, named by what it is made of: so many processes may build one, and agree on it."""

    part = "index-on-server"

    def __init__(self, connection: Connection) -> None:
        """Hold the connection."""
        self.connection = connection

    def new_name(self, made_of: str) -> str:
        """Return the name for what is made of such cards."""
        return f"{_PREFIX}{hashlib.sha256(made_of.encode()).hexdigest()[:24]}"

    def next_name(self, name: str, made_of: str) -> str:
        """Return the name for those cards; a collection's rows are never changed once it is whole."""
        del name
        return self.new_name(made_of)

    def require(self, name: str, sealed: str) -> None:
        """Leave the server's files to the server."""

    def clear(self, name: str) -> None:
        """Delete the collection."""
        self.connection.drop(name)

    def open(self, name: str, *, create: bool) -> VectorIndex:
        """Open a collection.

        Raises:
            RebuildIndex: it is not there, and `create` is False.
            KnowledgeError: the server does not answer, or is not as the settings say.
        """
        return ServedIndex(self.connection, name, create=create)

    def seal(self, name: str) -> str:
        """Return what stands for files that we cannot see."""
        return name

    def look(self) -> None:
        """Ask the server.

        Raises:
            WaitForVectorServer: it does not answer.
            FixVectorServer: it is not as the settings say.
        """
        self.connection.look()

    def sweep(self, name: str, before: str | None) -> None:
        """Delete every other collection of cards; the one before stays for processes that are not updated yet."""
        for found in self.connection.names():
            if found.startswith(_PREFIX) and found not in {name, before}:
                self.connection.drop(found)


class ServedIndex(VectorIndex):
    """One collection on a server, and a copy of its vectors to go on with while the server does not answer."""

    def __init__(self, connection: Connection, name: str, *, create: bool) -> None:
        """Open it.

        Raises:
            RebuildIndex: it is not there, and `create` is False.
            KnowledgeError: the server does not answer, or is not as the settings say.
        """
        self._connection = connection
        self._name = name
        self._page = connection.server.page
        self._guarded = connection.guarded
        self._spare: SpareVectors | None = None
        self._collection: Any = connection.collection(name, HNSW, create=create)

    def keep_spare(self, folder: Path, ids: Sequence[str]) -> None:
        """Have a copy of the vectors in memory and in a folder; they are fetched where the folder has none.

        Raises:
            KnowledgeError: the server lacks some, does not answer, or is not as the settings say.
        """
        path = spare_of(folder, self._name)
        self._spare = SpareVectors.load(path, ids)
        if self._spare is not None:
            return
        found = super().vectors(ids)
        if len(found) < len(ids):
            raise RebuildIndex("the index's database lacks vectors of its rows", _MEND)
        self._spare = SpareVectors(ids, np.stack([found.pop(row) for row in ids]))
        for stale in folder.glob(f"{_PREFIX}*.npz*"):
            stale.unlink(missing_ok=True)
        self._spare.save(path)

    def nearest(self, vector: npt.NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the nearest rows as (card id, cosine similarity), nearest first; no more than the server gives."""
        limit = min(limit, self._page or limit)
        if self._spare is None:
            return self._nearest(vector, limit)
        try:
            with self._connection.hurried():
                return self._nearest(vector, limit)
        except KnowledgeError:
            return self._spare.nearest(vector, limit)

    def _nearest(self, vector: npt.NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        try:
            return super().nearest(vector, limit)
        except RebuildIndex:
            # Somebody may have built it anew meanwhile: under the same name, but with another id of Chroma's.
            self._collection = self._connection.collection(self._name, HNSW, create=False)
            return super().nearest(vector, limit)

    def vectors(self, ids: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Return the vectors of rows by their ids, from the copy where there is one; rows never change."""
        return super().vectors(ids) if self._spare is None else self._spare.vectors(ids)

    def close(self) -> None:
        """Leave the connection to who opened it."""
