"""Fixtures that many tests share: the shipped corpus, the real embedder, one real index, and a migrated database."""

import asyncio
import os
from pathlib import Path

import pytest
from filelock import FileLock

from bot import app
from bot.secret_files import file_names
from bot.settings import Settings
from bot.storage.migrate import to_head
from bot.storage.place import FILE_NAME
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.loader import load_corpus
from knowledge.sync import open_retriever
from tests.kept_index import KeptIndex

REPOSITORY = Path(__file__).parent.parent


_SERVERS = frozenset({"postgres", "chroma_server"})


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_LONGEST_FIRST = ("discord", "leak", "evals", "safety", "cli")
"""Folders with files of a minute and few tests: begun last, one of them would run on while the other worker idles."""


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(REPOSITORY / "tests").parts[0]
    return _LONGEST_FIRST.index(folder) if folder in _LONGEST_FIRST else len(_LONGEST_FIRST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, and mark what needs a server of its own, so that it can be run alone."""
    items.sort(key=_turn)
    for item in items:
        if isinstance(item, pytest.Function):
            given = getattr(item, "callspec", None)
            if _SERVERS & set(item.fixturenames) or (given and "postgresql" in filter(_is_text, given.params.values())):
                item.add_marker("services")


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep settings of the machine that runs the tests out of them."""
    for name in (*Settings.names(), *Settings.secrets(), *file_names(Settings.secrets()), "SUPERVISION_QUESTION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The shipped corpus."""
    return load_corpus()


@pytest.fixture(scope="session")
def embedder() -> MiniLmEmbedder:
    """The real embedder."""
    return MiniLmEmbedder(threads=2)


@pytest.fixture(scope="session")
def data_folder(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, corpus: Corpus, embedder: MiniLmEmbedder
) -> Path:
    """A data folder with the real index, shared by all workers. Read it, never write it.

    It is built once a run, unless the run before has left one in pytest's cache that was made of the same things. The
    program looks at it as at any index that it finds, and builds it anew where it is not whole.
    """
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "shared-data"
    cache = pytestconfig.cache
    kept = KeptIndex(cache.mkdir("index"), corpus) if cache else None
    with FileLock(f"{folder}.lock"):
        if kept and not folder.exists():
            kept.copy_to(folder)
        open_retriever(folder, corpus, embedder)
        if kept:
            kept.keep(folder)
    return folder


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at this program's revision, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    asyncio.run(to_head(Settings(data_dir=folder)))
    return folder / FILE_NAME


@pytest.fixture(scope="session")
def services(data_folder: Path) -> app.Services:
    """Every service of the program, over the real index."""
    return app.build(Settings(data_dir=data_folder))
