"""Fixtures of the programs that break things on purpose, and measure what comes of it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import REPOSITORY
from tests.loopback import LoopbackDiscord
from tests.loopback.process import BotProcess, bot_process
from tests.soak.table import Table

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
    """Start the program, with further settings, in a folder of its own."""

    @asynccontextmanager
    async def start(**settings: str) -> AsyncIterator[BotProcess]:
        folder = tmp_path_factory.mktemp("bot")
        async with bot_process(discord_here, folder, data_folder, settings) as running:
            yield running

    return start
