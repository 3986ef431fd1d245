"""A small Discord on 127.0.0.1: as much REST and gateway as a bot needs to log in and answer one command."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from aiohttp import WSCloseCode, web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

TOKEN = "right.token.here"

_BOT = {"id": "100", "username": "supervision", "discriminator": "0", "avatar": None, "bot": True}
_APPLICATION: dict[str, Any] = {
    "id": "100",
    "name": "supervision",
    "description": "",
    "icon": None,
    "flags": 0,
    "verify_key": "",
    "bot_public": False,
    "bot_require_code_grant": False,
    "owner": _BOT,
}
_PERSON = {"id": "7", "username": "counselor", "discriminator": "0", "avatar": None}
_CHANNEL = {"id": "9", "type": 1, "recipients": [_PERSON]}


class LoopbackDiscord:
    """Answers a bot that has the right token, and can ask it something.

    Attributes:
        requests: method and path of each request, in order.
        said: what the messages say that the bot sent to the asker, in order; of components their texts.
        me_status: what `GET /users/@me` is answered with where the token is right.
        hang_up: whether requests are cut off in place of an answer.
        close_code: what the gateway closes with in place of letting the bot in.
        ready: set when a bot has identified itself.
        acknowledged: set when the bot has acknowledged a command.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.said: list[str] = []
        self.me_status = 200
        self.hang_up = False
        self.close_code: int | None = None
        self.ready = asyncio.Event()
        self.acknowledged = asyncio.Event()
        self._socket: web.WebSocketResponse | None = None

    @asynccontextmanager
    async def serve(self, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator["LoopbackDiscord"]:
        """Serve on a free port, with discord.py pointed at it."""
        application = web.Application()
        application.router.add_get("/gateway", self._gateway)
        application.router.add_route("*", "/{path:.*}", self._rest)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        monkeypatch.setattr(Route, "BASE", f"http://{host}:{port}")
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(f"ws://{host}:{port}/gateway"))
        try:
            yield self
        finally:
            await runner.cleanup()

    async def started(self, running: asyncio.Task[None]) -> None:
        """Wait until a bot is in, or raise what kept it out."""
        ready = asyncio.create_task(self.ready.wait())
        await asyncio.wait({ready, running}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            ready.cancel()
            await running

    async def ask(self, question: str) -> None:
        """Send the bot one `/consult` from a direct message."""
        assert self._socket is not None
        option = {"name": "question", "type": 3, "value": question}
        interaction = {
            "id": "500",
            "application_id": "100",
            "type": 2,
            "token": "asked",
            "version": 1,
            "context": 1,
            "channel_id": "9",
            "channel": _CHANNEL,
            "user": _PERSON,
            "locale": "en-US",
            "entitlements": [],
            "app_permissions": "0",
            "authorizing_integration_owners": {},
            "attachment_size_limit": 1,
            "data": {"id": "300", "name": "consult", "type": 1, "options": [option]},
        }
        await self._socket.send_json({"op": 0, "s": 2, "t": "INTERACTION_CREATE", "d": interaction})
        await self.acknowledged.wait()
        self.acknowledged.clear()

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.requests.append(f"{request.method} {path}")
        if self.hang_up:
            assert request.transport is not None
            request.transport.close()
        if path.startswith(("/interactions/", "/webhooks/")):
            return await self._answered(request)
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        if path == "/users/@me":
            return _json(_BOT, status=self.me_status)
        if path == "/oauth2/applications/@me":
            return _json(_APPLICATION)
        if request.method == "PUT" and path == "/applications/100/commands":
            listed = await request.json()
            # A menu on messages has no description of its own, and Discord tells an empty one.
            known = {"description": "", "id": "300", "application_id": "100", "version": "1"}
            return _json([{**known, **each} for each in listed])
        return _json({"message": "404: Not Found", "code": 0}, status=404)

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = await request.json()
        if request.path.endswith("/callback"):
            self.acknowledged.set()
            return _json({"interaction": {"id": "500", "type": 2}})
        self.said.append(body.get("content") or "\n\n".join(_texts(body["components"])))
        message: dict[str, Any] = {
            "id": "600",
            "channel_id": "9",
            "author": _BOT,
            "content": body.get("content") or "",
            "type": 0,
            "flags": 64,
            "timestamp": "2026-11-23T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "pinned": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
        }
        return _json(message)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = self._socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45_000}})
        async for message in socket:
            if message.json()["op"] != 2:
                continue
            if self.close_code is not None:
                await socket.close(code=self.close_code)
                break
            ready = {
                "v": 10,
                "user": _BOT,
                "guilds": [],
                "session_id": "s",
                "application": {"id": "100", "flags": 0},
                "resume_gateway_url": str(request.url.with_scheme("ws")),
            }
            await socket.send_json({"op": 0, "s": 1, "t": "READY", "d": ready})
            self.ready.set()
        await socket.close(code=WSCloseCode.OK)
        return socket


def _texts(components: list[dict[str, Any]]) -> list[str]:
    return [
        text
        for one in components
        for text in [*([one["content"]] if one["type"] == 10 else []), *_texts(one.get("components", []))]
    ]


def _json(payload: object, status: int = 200) -> web.Response:
    # discord.py reads as JSON only what comes without a charset, as Discord sends it.
    return web.Response(body=json.dumps(payload).encode(), status=status, content_type="application/json")


@contextmanager
def nothing_listens(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point discord.py at a port of this machine where nothing listens."""
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1")
    yield
