"""The stand-in's gateway: sessions, resumption, shards, and what a bot may read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import discord
import pytest

from tests.loopback import TOKEN, LoopbackDiscord
from tests.loopback.clock import Changes

_QUIETLY = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Listener(discord.AutoShardedClient):
    """A bot that only listens."""

    def __init__(self, shards: int = 1) -> None:
        super().__init__(intents=_QUIETLY, shard_count=shards, guild_ready_timeout=0.1)
        self.changes = Changes()
        self.heard: list[discord.Message] = []
        self.asked: set[int] = set()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds between shards, as Discord's own limit asks for."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        self.changes.happened()

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        self.asked.add(interaction.id)
        self.changes.happened()


@pytest.fixture
async def loopback(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord().serve() as found:
        found.point(monkeypatch)
        found.world.commands = [{"id": "1", "name": "consult", "type": 1, "description": "Ask."}]
        yield found


@asynccontextmanager
async def _in(loopback: LoopbackDiscord, shards: int = 1) -> AsyncIterator[Listener]:
    bot = Listener(shards)
    running = asyncio.create_task(bot.start(TOKEN))
    await loopback.entered(running)
    await loopback.world.changes.until(lambda: loopback.gateway.identified == shards, what="every shard")
    await bot.wait_until_ready()
    try:
        yield bot
    finally:
        await bot.close()
        with suppress(asyncio.CancelledError, RuntimeError):
            await running


async def _hears(bot: Listener, count: int) -> list[str]:
    await bot.changes.until(lambda: len(bot.heard) >= count, what=f"{count} messages")
    return [message.content for message in bot.heard]


async def test_what_is_said_is_read_only_where_the_bot_is_meant(loopback: LoopbackDiscord) -> None:
    _, channel = loopback.server()
    maria = loopback.person("maria", channel)
    async with _in(loopback) as bot:
        said = maria.say("among ourselves")
        maria.say("what do you think?", mention=True)
        maria.go(maria.dm).say("in private")
        maria.say("an answer to that", reply_to=said)

        assert await _hears(bot, 4) == ["", "<@100> what do you think?", "in private", ""]


async def test_a_dropped_session_is_resumed_and_told_what_it_missed_once(loopback: LoopbackDiscord) -> None:
    maria = loopback.person("maria")
    async with _in(loopback) as bot:
        maria.say("before")
        await _hears(bot, 1)
        loopback.gateway.drop()
        maria.say("while away")

        assert await _hears(bot, 2) == ["before", "while away"]
        assert (loopback.gateway.identified, loopback.gateway.resumed) == (1, 1)


async def test_a_forgotten_session_is_identified_anew(loopback: LoopbackDiscord) -> None:
    maria = loopback.person("maria")
    async with _in(loopback) as bot:
        loopback.gateway.drop(forget=True)
        await loopback.world.changes.until(
            lambda: loopback.gateway.identified == 2 and loopback.gateway.is_connected, what="a new session", within=20
        )
        maria.say("after")

        assert await _hears(bot, 1) == ["after"]
        assert loopback.gateway.resumed == 0


async def test_a_bot_that_is_asked_to_reconnect_does(loopback: LoopbackDiscord) -> None:
    async with _in(loopback):
        loopback.gateway.ask_to_reconnect()

        await loopback.world.changes.until(lambda: loopback.gateway.resumed == 1, what="the resumption")


async def test_events_are_told_twice_and_the_other_way_round_on_demand(loopback: LoopbackDiscord) -> None:
    maria = loopback.person("maria")
    async with _in(loopback) as bot:
        loopback.gateway.tell_twice()
        maria.say("twice")
        await _hears(bot, 2)
        loopback.gateway.hold()
        maria.say("first")
        maria.say("second")
        loopback.gateway.release(reverse=True)

        assert await _hears(bot, 4) == ["twice", "twice", "second", "first"]


async def test_each_shard_is_told_of_its_own_servers_and_the_first_of_direct_messages(
    loopback: LoopbackDiscord,
) -> None:
    people = [loopback.person(f"person {number}", loopback.server(f"server {number}")[1]) for number in range(4)]
    people.append(loopback.person("alone"))
    async with _in(loopback, shards=2) as bot:
        asked = [person.slash("consult").interaction for person in people]

        await bot.changes.until(lambda: bot.asked == {each.id for each in asked}, what="five interactions")
        assert {guild.shard_id for guild in bot.guilds} == {(guild.id >> 22) % 2 for guild in bot.guilds}
        assert len(bot.guilds) == 4
        told = [frame for session in loopback.gateway.sessions.values() for frame in session.told]
        assert sum(frame["t"] == "INTERACTION_CREATE" for frame in told) == 5


@pytest.mark.usefixtures("loopback")
async def test_a_privileged_intent_is_not_allowed() -> None:
    bot = discord.Client(intents=discord.Intents(guilds=True, message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await bot.start(TOKEN)
    await bot.close()


async def test_a_member_comes_with_what_is_said_in_a_server(loopback: LoopbackDiscord) -> None:
    guild, channel = loopback.server()
    role = loopback.world.add_role(guild, "supervisor")
    async with _in(loopback) as bot:
        loopback.person("ana", channel, role).say("hello", mention=True)
        await _hears(bot, 1)

    (said,) = bot.heard
    assert isinstance(said.author, discord.Member)
    assert [each.name for each in said.author.roles] == ["@everyone", "supervisor"]
    assert [each.name for each in said.mentions] == ["supervision"]


async def test_a_bot_is_told_of_servers_channels_and_roles_that_come_and_go(loopback: LoopbackDiscord) -> None:
    async with _in(loopback) as bot:
        guild, general = loopback.server("Later")
        channel, role = loopback.channel(guild, "review"), loopback.role(guild, "on call")
        loopback.person("ana", channel, role).say("hello", mention=True)
        await _hears(bot, 1)
        (seen,) = bot.guilds
        assert {each.id for each in seen.channels} == {general.id, channel.id}
        assert {each.name for each in seen.roles} == {"@everyone", "on call"}

        loopback.remove_bot(guild)
        loopback.person("jo").say("still there?")

        await _hears(bot, 2)
        assert len(bot.guilds) == 0
