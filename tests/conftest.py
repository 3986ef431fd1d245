"""Fixtures that many tests share: the shipped corpus, the real embedder, one real index, and a migrated database."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from bot import app
from bot.secret_files import file_names
from bot.settings import Settings
from bot.storage.migrate import to_head
from bot.storage.place import FILE_NAME
from bot.vectors import CuratedPlace
from knowledge.chroma import connect
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.loader import load_corpus
from knowledge.places import FolderPlace, Place, ServerPlace
from knowledge.sync import open_retriever
from tests.kept_index import KeptIndex
from tests.knowledge.chroma_server import Chroma, running_chroma
from tests.knowledge.served_cards import serve_cards

REPOSITORY = Path(__file__).parent.parent


_SERVERS = frozenset({"postgres", "chroma_server"})

ON_A_SERVER = os.environ.get("TESTS_CHROMA") == "server"
"""Turns the index of these tests over, from a folder to a Chroma server; `make test-services` sets it."""

_TURNED = frozenset({"services", "new_place", "open_curated"})
_TURNED_FOLDERS = ("tests/knowledge/", "tests/consult/", "tests/curation/")


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
            turned = ON_A_SERVER and item.nodeid.startswith(_TURNED_FOLDERS) and _TURNED & set(item.fixturenames)
            if (
                turned
                or _SERVERS & set(item.fixturenames)
                or (given and "postgresql" in filter(_is_text, given.params.values()))
            ):
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
    cache = getattr(pytestconfig, "cache", None)
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
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """A server, started once a worker; each test has a database of its own on it."""
    with running_chroma(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture(scope="session")
def services(
    data_folder: Path,
    corpus: Corpus,
    embedder: MiniLmEmbedder,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[app.Services]:
    """Every service of the program, over the real index."""
    if not ON_A_SERVER:
        yield app.build(Settings(data_dir=data_folder))
        return
    server = request.getfixturevalue("chroma_server").fresh()
    folder = tmp_path_factory.mktemp("served")
    serve_cards(server, folder, data_folder, corpus, embedder)
    built = app.build(Settings(data_dir=folder, chroma_url=server.url, chroma_database=server.database))
    yield built
    assert isinstance(built.place, ServerPlace)
    built.place.connection.close()


@pytest.fixture(scope="session")
def new_place(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Place]]:
    """Give an empty place for vectors, a folder or a database on a server."""
    connections = []

    def make(folder: Path) -> Place:
        if not ON_A_SERVER:
            return FolderPlace(folder)
        connections.append(connect(request.getfixturevalue("chroma_server").fresh()))
        return ServerPlace(connections[-1])

    yield make
    for connection in connections:
        connection.close()


@pytest.fixture
def open_curated(new_place: Callable[[Path], Place], tmp_path: Path) -> CuratedPlace:
    """Open the vectors of curated answers, again and again the same, in a folder or on a server."""
    return CuratedPlace(new_place(tmp_path))
