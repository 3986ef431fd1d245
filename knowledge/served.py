"""The vectors of every server's curated answers on a Chroma server."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from knowledge.chroma import Connection
from knowledge.curated import COLLECTION, HNSW, SCHEMA, CuratedRow, CuratedVectors
from knowledge.errors import RebuildIndex


class ServedCuratedVectors(CuratedVectors):
    """The collection on a Chroma server; any process may read it, and the one that holds the lock writes it."""

    def __init__(self, connection: Connection, embedder: str) -> None:
        """Open it, making it where it is missing; another embedder has another one.

        Raises:
            KnowledgeError: the server does not answer, or is not as the settings say.
        """
        self._connection = connection
        self._page = connection.server.page
        self._name = f"{COLLECTION}-{SCHEMA}-{hashlib.sha256(embedder.encode()).hexdigest()[:16]}"
        self._guarded = self._watched
        self._collection = connection.collection(self._name, HNSW, create=True)

    def read(self, server: int, publications: Sequence[str]) -> dict[CuratedRow, npt.NDArray[np.float32]]:
        """Return the vectors of some publications of one server; in a hurry, since a question waits for them.

        Raises:
            RebuildIndex: the collection cannot be read.
            WaitForVectorServer: the server does not answer soon.
            FixVectorServer: it is not as the settings say.
        """
        with self._connection.hurried():
            return super().read(server, publications)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Turn Chroma's failures into ours, and make the collection again where it is gone."""
        try:
            with self._connection.guarded():
                yield
        except RebuildIndex:
            self._collection = self._connection.collection(self._name, HNSW, create=True)
            raise

    def close(self) -> None:
        """Leave the connection to who opened it."""

    def _unseal(self) -> None:
        """Leave the server's files to the server."""

    def _seal(self) -> None:
        """Leave the server's files to the server."""
