"""Fixtures that many tests share: the shipped corpus, the real embedder, and one real index built once a run."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from bot import app
from bot.secret_files import file_names
from bot.settings import Settings
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.loader import load_corpus
from knowledge.sync import open_retriever

REPOSITORY = Path(__file__).parent.parent


_SERVERS = frozenset({"postgres", "chroma_server"})


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server of its own, so that it can be run alone."""
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
def data_folder(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus, embedder: MiniLmEmbedder) -> Path:
    """A data folder with the real index, built once a run and shared by all workers. Read it, never write it."""
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "shared-data"
    with FileLock(f"{folder}.lock"):
        open_retriever(folder, corpus, embedder)
    return folder


@pytest.fixture(scope="session")
def services(data_folder: Path) -> app.Services:
    """Every service of the program, over the real index."""
    return app.build(Settings(data_dir=data_folder))
