"""The shipped cards on a Chroma server, with the vectors that an index in a folder has of them already."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.chroma import ChromaServer, connect
from knowledge.embedding import MiniLmEmbedder, Vectors
from knowledge.entry import Corpus
from knowledge.places import ServerPlace
from knowledge.retrieval import Retriever
from knowledge.sync import open_retriever, rows_of


class _KnownVectors:
    """Gives the texts of the cards their vectors from an index, since embedding all takes minutes."""

    def __init__(self, embedder: MiniLmEmbedder, retriever: Retriever, corpus: Corpus) -> None:
        rows = rows_of(corpus)
        vectors = retriever._index.vectors([row.id for row in rows])
        self._known = {row.text: vectors[row.id] for row in rows}
        self._embedder = embedder
        self.name = embedder.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        if all(text in self._known for text in texts):
            return np.stack([self._known[text] for text in texts])
        return self._embedder.embed(texts)


def serve_cards(server: ChromaServer, folder: Path, built: Path, corpus: Corpus, embedder: MiniLmEmbedder) -> None:
    """Put the cards on a server, and what belongs to them into a data folder.

    Args:
        server: an empty database.
        folder: the data folder.
        built: another one, with an index in it.
        corpus: the cards.
        embedder: that index's.
    """
    retriever, _ = open_retriever(built, corpus, embedder)
    connection = connect(server)
    open_retriever(folder, corpus, _KnownVectors(embedder, retriever, corpus), place=ServerPlace(connection))
    connection.close()
