"""Fixtures of the programs that break things on purpose, and measure what comes of it."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from knowledge.chroma import ChromaServer
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from tests.conftest import REPOSITORY
from tests.knowledge.chroma_server import Chroma, running_chroma
from tests.knowledge.served_cards import serve_cards
from tests.loopback import LoopbackDiscord
from tests.loopback.process import BotProcess, bot_process
from tests.soak.table import Table
from tests.storage.server import Postgres, running_postgres

StartsBot = Callable[..., AbstractAsyncContextManager[BotProcess]]


@pytest.fixture(scope="package")
def table(pytestconfig: pytest.Config) -> Iterator[Table]:
    """The table of faults; at the end it is printed and written to `build/faults.md`."""
    made = Table("faults")
    yield made
    path = made.write(REPOSITORY / "build")
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{made.markdown()}\nwritten to {path}")  # noqa: T201  # what this is run for


@pytest_asyncio.fixture
async def discord_here() -> AsyncIterator[LoopbackDiscord]:
    """A small Discord; reading its description takes time that is not the bot's, so that is left to other tests."""
    async with LoopbackDiscord(described=False).serve() as loopback:
        yield loopback


@pytest.fixture
def starts_bot(discord_here: LoopbackDiscord, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> StartsBot:
    """Start the program, with further settings, in a folder of its own with an index; the shared one by default."""

    @asynccontextmanager
    async def start(index: Path = data_folder, **settings: str) -> AsyncIterator[BotProcess]:
        folder = tmp_path_factory.mktemp("bot")
        async with bot_process(discord_here, folder, index, settings) as running:
            yield running

    return start


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this test alone."""
    with running_postgres() as server:
        # What the other tests switch off for speed is what keeps a commit through a crash.
        server.run("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")
        yield server


@dataclass(frozen=True)
class ServedCards:
    """A Chroma server with the cards on it, which may be killed and started again.

    Attributes:
        chroma: the server.
        server: which database on it is ours.
        folder: a data folder that belongs to it.
    """

    chroma: Chroma
    server: ChromaServer
    folder: Path

    def settings(self, url: str | None = None) -> dict[str, str]:
        """Return what names it in the environment, seen through another address if there is one."""
        return {"CHROMA_URL": url or self.server.url, "CHROMA_DATABASE": self.server.database}


@pytest.fixture(scope="package")
def _served_once(
    data_folder: Path, corpus: Corpus, embedder: MiniLmEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """A folder with what a server and a data folder hold, to be copied, and the name of the database."""
    folder = tmp_path_factory.mktemp("served")
    with running_chroma(folder / "chroma") as chroma:
        server = chroma.fresh()
        serve_cards(server, folder / "data", data_folder, corpus, embedder)
    return folder, server.database


@pytest.fixture
def served_cards(_served_once: tuple[Path, str], tmp_path: Path) -> Iterator[ServedCards]:
    """A server of this test alone."""
    folder, database = _served_once
    shutil.copytree(folder, tmp_path / "served")
    with running_chroma(tmp_path / "served" / "chroma") as chroma:
        yield ServedCards(chroma, ChromaServer(chroma.url, database=database), tmp_path / "served" / "data")
