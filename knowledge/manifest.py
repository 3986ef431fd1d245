"""What an index says that it was made from; one file beside it."""

import json
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import RebuildIndex

PART = "index"
"""The folder of the index in the data folder, where its vectors are there too."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made from; an index whose manifest differs from what is wanted is not used.

    Attributes:
        schema: version of the index's layout.
        embedder: name of the vector space.
        corpus: digest of the corpus.
        rows: how many vectors it holds.
        folder: name of the folder with the vectors.
        ready: False while it is being built.
        seal: digest of the vectors' graph files as they were last written.
    """

    schema: int
    embedder: str
    corpus: str
    rows: int
    folder: str
    ready: bool
    seal: str


def read_manifest(folder: Path, part: str = PART) -> Manifest:
    """Return what an index says that it was made from.

    Args:
        folder: the data folder.
        part: the index's folder in it.

    Raises:
        RebuildIndex: there is no index, or its manifest cannot be read.
    """
    mend = "it is built anew"
    try:
        return Manifest(**json.loads((folder / part / "manifest.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        raise Missing("there is no index", mend) from None
    except (OSError, ValueError, TypeError):
        raise RebuildIndex("the index's manifest cannot be read", mend) from None


class Missing(RebuildIndex):
    """There is no index yet."""


class Stale(RebuildIndex):
    """The index is sound, and made from another corpus or not finished."""
