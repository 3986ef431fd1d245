"""Fixtures of the tests that run the bot in a simulated Discord."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.client import SupervisionBot
from bot.cogs.consult import Answers, Composes
from bot.consult.reply import Composer
from knowledge.entry import Corpus
from knowledge.screens import load_safety_texts


class Room:
    """One server with one channel and one counselor, and the bot in it."""

    def __init__(self, env: simcord.Env) -> None:
        self.env = env
        guild = env.create_guild()
        self.channel: ChannelHandle = guild.create_text_channel("consultation")
        self.counselor: MemberActor = guild.add_member(env.create_user("counselor"))

    def requests(self) -> list[str]:
        """Return the bot's requests about interactions, in order, without ids and tokens."""
        names = {"callback": "callback", "@original": "original"}
        paths = [(entry.method, entry.path) for entry in self.env.http_requests]
        about = [
            (method, path.split("/")) for method, path in paths if path.startswith(("/interactions/", "/webhooks/"))
        ]
        return [f"{method} {names.get(steps[-1], 'followup')}" for method, steps in about]


EnterRoom = Callable[[Answers, Composes], AbstractAsyncContextManager[Room]]


@pytest.fixture(scope="session")
def composer(corpus: Corpus) -> Composer:
    """The real composer, with the lines of the United States."""
    return Composer(corpus, load_safety_texts("us"))


@pytest.fixture
def enter_room() -> EnterRoom:
    """Run a bot with a consultant and a composer in a server; errors are looked at by the tests themselves."""

    @asynccontextmanager
    async def enter(consultant: Answers, composer: Composes) -> AsyncIterator[Room]:
        bot = SupervisionBot(consultant=consultant, composer=composer)
        async with simcord.run(bot, check_errors=False) as env:
            yield Room(env)

    return enter
