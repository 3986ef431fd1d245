"""Discord's gateway: sessions that are identified, told of events, dropped and resumed; in JSON, uncompressed."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.loopback.forms import application_json, guild_json, own_account_json, without_content
from tests.loopback.state import Event, Json, Message, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 7, 9, 10, 11
"""Kinds of gateway messages (documentation, "Gateway Opcodes")."""

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
"""Intents; the privileged ones are switched off for this bot, as the documentation tells people to leave them."""

_WRONG_TOKEN, _INVALID_SHARD, _DISALLOWED_INTENTS = 4004, 4010, 4014
_SHARD_SHIFT = 22


@dataclass
class Session:
    """One identified connection of the bot, which outlives its socket.

    Attributes:
        shard: number of the shard and how many there are.
        told: every event told, with its sequence number, for a resumption.
        outbox: what is to be sent to the socket; None while there is none.
    """

    id: str
    shard: tuple[int, int]
    intents: int
    told: list[Json] = field(default_factory=list)
    outbox: "asyncio.Queue[Json] | None" = None

    def tell(self, name: str, data: Json, *, twice: bool = False) -> None:
        """Tell the bot of an event now, or keep it for when it resumes."""
        frame = {"op": DISPATCH, "s": len(self.told) + 1, "t": name, "d": data}
        self.told.append(frame)
        for _ in range(2 if twice else 1):
            if self.outbox is not None:
                self.outbox.put_nowait(frame)

    def wants(self, event: Event) -> bool:
        """Tell whether an event is for this shard and within its intents."""
        number, count = self.shard
        if number != ((event.guild_id or 0) >> _SHARD_SHIFT) % count:
            return False
        if event.name == "INTERACTION_CREATE":
            return True
        if event.message is not None or event.name.startswith("MESSAGE_"):
            return bool(self.intents & (GUILD_MESSAGES if event.guild_id else DIRECT_MESSAGES))
        return bool(self.intents & GUILDS)


class Gateway:
    """Tells bots of events.

    Attributes:
        close_code: what it closes with in place of letting a bot in.
        identified, resumed: how often a bot came in anew, and how often it took its session up again.
        heartbeats: how many were acknowledged.
        url: where bots connect; set once it serves.
    """

    def __init__(self, world: World, token: str) -> None:
        self.close_code: int | None = None
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self._world = world
        self._token = token
        self._sockets: set[web.WebSocketResponse] = set()
        self._down_until = 0.0
        self._twice = 0
        self._held: list[Event] | None = None
        self._meanwhile: list[Callable[[], object]] = []
        world.emit = self.emit

    @property
    def is_connected(self) -> bool:
        """Whether some session has a socket now."""
        return any(session.outbox is not None for session in self.sessions.values())

    def emit(self, event: Event) -> None:
        """Tell every session that wants it of an event, or hold it back."""
        if self._held is not None:
            self._held.append(event)
            return
        twice = self._twice > 0 and event.name in {"INTERACTION_CREATE", "MESSAGE_CREATE"}
        self._twice -= twice
        for session in self.sessions.values():
            if session.wants(event) and self._is_seen(event):
                session.tell(event.name, self._readable(session, event), twice=twice)

    def drop(self, seconds: float = 0.0, *, forget: bool = False) -> None:
        """Cut every socket and let nobody connect for a while; `forget` makes the sessions invalid, too."""
        self._down_until = time.monotonic() + seconds
        if forget:
            self.sessions.clear()
        for session in self.sessions.values():
            session.outbox = None
        for socket in self._sockets:
            # Not a farewell but a cable pulled out.
            transport = socket._req.transport if socket._req is not None else None
            if transport is not None:
                transport.abort()

    def meanwhile(self, deed: Callable[[], object]) -> None:
        """Let somebody do something while the bot is away: just before it takes its session up again."""
        self._meanwhile.append(deed)

    def ask_to_reconnect(self) -> None:
        """Ask every bot to connect anew, as Discord does now and then."""
        for session in self.sessions.values():
            if session.outbox is not None:
                session.outbox.put_nowait({"op": RECONNECT, "d": None})

    def tell_twice(self, times: int = 1) -> None:
        """Tell the next so many messages or interactions twice."""
        self._twice = times

    def hold(self) -> None:
        """Hold events back until `release`."""
        self._held = []

    def release(self, *, reverse: bool = False) -> None:
        """Tell what was held back, in order or the other way round."""
        held, self._held = self._held or [], None
        for event in reversed(held) if reverse else held:
            self.emit(event)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection of a bot."""
        if time.monotonic() < self._down_until:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        outbox: asyncio.Queue[Json] = asyncio.Queue()
        outbox.put_nowait({"op": HELLO, "d": {"heartbeat_interval": 41_250}})
        sending = asyncio.create_task(_send(socket, outbox))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT and not await self._hear(socket, outbox, json.loads(frame.data)):
                    break
        finally:
            sending.cancel()
            self._sockets.discard(socket)
            for session in self.sessions.values():
                if session.outbox is outbox:
                    session.outbox = None
            self._world.changes.happened()
        return socket

    async def _hear(self, socket: web.WebSocketResponse, outbox: "asyncio.Queue[Json]", frame: Json) -> bool:
        """Do what a bot's message asks for; return whether the connection goes on."""
        match frame["op"]:
            case 1:
                self.heartbeats += 1
                outbox.put_nowait({"op": HEARTBEAT_ACK})
            case 2:
                code = self._refusal(frame["d"])
                if code is not None:
                    await socket.close(code=code)
                    return False
                self._identify(outbox, frame["d"])
            case 6:
                self._resume(outbox, frame["d"])
        self._world.changes.happened()
        return True

    def _refusal(self, data: Json) -> int | None:
        if self.close_code is not None:
            return self.close_code
        if data["token"] != self._token:
            return _WRONG_TOKEN
        number, count = data.get("shard", (0, 1))
        if not 0 <= number < count:
            return _INVALID_SHARD
        return _DISALLOWED_INTENTS if data["intents"] & PRIVILEGED else None

    def _identify(self, outbox: "asyncio.Queue[Json]", data: Json) -> None:
        number, count = data.get("shard", (0, 1))
        self.identified += 1
        session = Session(f"session-{self.identified}", (number, count), data["intents"], outbox=outbox)
        # A shard has one session that matters; Discord lets an older one run out.
        self.sessions = {key: each for key, each in self.sessions.items() if each.shard != session.shard}
        self.sessions[session.id] = session
        guilds = [
            guild
            for guild in self._world.guilds.values()
            if guild.installed and session.wants(Event("GUILD_CREATE", {}, guild.id))
        ]
        ready = {
            "v": 10,
            "user": own_account_json(self._world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [number, count],
            "application": {"id": str(self._world.bot.id), "flags": application_json(self._world)["flags"]},
        }
        session.tell("READY", ready)
        for guild in guilds:
            session.tell("GUILD_CREATE", guild_json(self._world, guild))

    def _resume(self, outbox: "asyncio.Queue[Json]", data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"] != self._token:
            outbox.put_nowait({"op": INVALID_SESSION, "d": False})
            return
        self.resumed += 1
        while self._meanwhile:
            self._meanwhile.pop(0)()
        for frame in session.told[data["seq"] or 0 :]:
            outbox.put_nowait(frame)
        session.outbox = outbox
        session.tell("RESUMED", {})

    def _is_seen(self, event: Event) -> bool:
        """Tell whether the bot is where it happened."""
        if event.message is None:
            return True
        channel = self._world.channels[event.message.channel_id]
        return not channel.members or self._world.bot.id in channel.members

    def _readable(self, session: Session, event: Event) -> Json:
        """Return an event's data, without the content of messages that the bot may not read."""
        if event.message is None or session.intents & MESSAGE_CONTENT or self._may_read(event.message):
            return event.data
        return without_content(event.data)

    def _may_read(self, message: Message) -> bool:
        own = self._world.bot.id
        is_direct = self._world.channels[message.channel_id].guild_id is None
        return is_direct or message.author_id == own or own in message.mentions


async def _send(socket: web.WebSocketResponse, outbox: "asyncio.Queue[Json]") -> None:
    with suppress(ConnectionError):
        while True:
            await socket.send_str(json.dumps(await outbox.get()))
