"""The loopback Discord as a whole: its state, REST, gateway and people, served on a free port of this machine."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.loopback.description import load_description
from tests.loopback.faults import Faults
from tests.loopback.forms import channel_json, guild_json, role_json
from tests.loopback.gateway import Gateway
from tests.loopback.people import Person
from tests.loopback.rest import BASE, Rest
from tests.loopback.state import DM, Channel, Event, Guild, Interaction, Role, World

TOKEN = "right.token.here"


class LoopbackDiscord:
    """A small Discord, which a bot with the right token can use.

    Attributes:
        world: who and what there is.
        rest: the routes.
        gateway: what bots connect to.
        rest_url, gateway_url: where they are, while it serves.
    """

    def __init__(self, *, described: bool = True) -> None:
        """Make an empty Discord; `described` tells whether bodies are checked against Discord's description."""
        self.world = World()
        self.gateway = Gateway(self.world, TOKEN)
        self.rest = Rest(self.world, TOKEN, lambda: self.gateway_url, load_description() if described else None)
        self.rest_url = ""
        self.gateway_url = ""

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self.rest.faults

    @property
    def requests(self) -> list[str]:
        """Method and path of every request, in order."""
        return [asked.line for asked in self.world.asked]

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["LoopbackDiscord"]:
        """Serve on a free port."""
        application = web.Application()
        application.router.add_get("/gateway", self.gateway.serve)
        self.rest.mount(application)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.rest_url = f"http://{host}:{port}{BASE}"
        self.gateway_url = self.gateway.url = f"ws://{host}:{port}/gateway"
        try:
            yield self
        finally:
            await runner.cleanup()

    def point(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Point the discord.py of this process here."""
        monkeypatch.setattr(Route, "BASE", self.rest_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(self.gateway_url))

    async def entered(self, running: asyncio.Task[None]) -> None:
        """Wait until a bot that runs in this process is in, or raise what kept it out."""
        entering = asyncio.create_task(self.world.changes.until(lambda: self.gateway.is_connected, what="a bot"))
        await asyncio.wait({entering, running}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            entering.cancel()
            await running
        await entering

    def server(self, name: str = "Peer group", *, installed: bool = True) -> tuple[Guild, Channel]:
        """Add a server with an owner and one channel; a bot that is in already is told of it."""
        guild = self.world.add_guild(name, self.world.add_user("owner"), installed=installed)
        channel = self.world.add_channel(guild, "general")
        if installed:
            self.world.emit(Event("GUILD_CREATE", guild_json(self.world, guild), guild.id))
        return guild, channel

    def channel(self, guild: Guild, name: str) -> Channel:
        """Add a channel to a server."""
        channel = self.world.add_channel(guild, name)
        self.world.emit(Event("CHANNEL_CREATE", channel_json(self.world, channel), guild.id))
        return channel

    def role(self, guild: Guild, name: str, *, permissions: int = 0, mentionable: bool = False) -> Role:
        """Add a role to a server."""
        role = self.world.add_role(guild, name, permissions=permissions, mentionable=mentionable)
        data = {"guild_id": str(guild.id), "role": role_json(role)}
        self.world.emit(Event("GUILD_ROLE_CREATE", data, guild.id))
        return role

    def remove_bot(self, guild: Guild) -> None:
        """Let somebody remove the bot from a server."""
        guild.installed = False
        guild.members.pop(self.world.bot.id, None)
        self.world.emit(Event("GUILD_DELETE", {"id": str(guild.id)}, guild.id))

    def person(self, name: str, at: Channel | None = None, *roles: Role) -> Person:
        """Add a person in a channel, in a direct message with the bot where none is given."""
        user = self.world.add_user(name)
        channel = at or self.world.dm_with(user.id)
        if channel.kind != DM and channel.guild_id is not None:
            self.world.guilds[channel.guild_id].members[user.id] = {role.id for role in roles}
        return Person(self.world, user, channel)

    def owner(self, channel: Channel) -> Person:
        """Return the owner of a channel's server, who may do everything there."""
        guild = self.world.guilds[channel.guild_id or 0]
        return Person(self.world, self.world.users[guild.owner_id], channel)

    def interactions(self) -> list[Interaction]:
        """Return everything that people did, in order."""
        return list(self.world.interactions.values())


@contextmanager
def nothing_listens(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point discord.py at a port of this machine where nothing listens."""
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1")
    yield
