"""The program as a process, in a small Discord, for the tests of a module."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.discord.ways import settle
from tests.loopback import LoopbackDiscord, Person
from tests.loopback.process import BotProcess, bot_process
from tests.loopback.state import Channel


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord_here() -> AsyncIterator[LoopbackDiscord]:
    """A small Discord; at the end nothing may have gone against Discord's own description of its API."""
    async with LoopbackDiscord().serve() as loopback:
        yield loopback
        assert loopback.rest.read_complaints() == []
        assert loopback.rest.read_own_faults() == []


@pytest.fixture(scope="module")
def channel(discord_here: LoopbackDiscord) -> Channel:
    """A channel of the server that the bot is in."""
    _, found = discord_here.server()
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def process(
    discord_here: LoopbackDiscord, channel: Channel, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BotProcess]:
    """The program, which has come in."""
    del channel
    async with bot_process(discord_here, tmp_path_factory.mktemp("bot"), data_folder) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def maria(discord_here: LoopbackDiscord, channel: Channel, process: BotProcess) -> Person:
    """A counselor in the channel, who has agreed to the notice."""
    del process
    discord_here.faults.clear()
    person = await settle(discord_here.person("maria", channel))
    discord_here.faults.happened.clear()
    return person
