"""A hand, and somebody who does things with the bot that it plays."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.loopback import LoopbackDiscord, Person
from tests.loopback.description import find_description
from tests.loopback.hand import COMMANDS, Hand


@pytest.fixture(params=[True, False], ids=["described", "on its own"])
async def hand(request: pytest.FixtureRequest) -> AsyncIterator[Hand]:
    """A hand in a Discord that checks by Discord's description, and in one that has none."""
    if request.param and find_description() is None:
        # The description is Discord's and is not committed; the same test runs once more without it.
        pytest.skip("Discord's API description is not at hand; the stand-in's own checks hold alone")
    async with LoopbackDiscord(described=request.param).serve() as loopback, aiohttp.ClientSession() as session:
        found = Hand(loopback, session)
        assert (await found("PUT", "/applications/100/commands", COMMANDS))[0] == 200
        yield found
        assert loopback.rest.read_own_faults() == []


@pytest.fixture
def maria(hand: Hand) -> Person:
    """Somebody in a channel."""
    return hand.loopback.person("maria", hand.loopback.server()[1])
