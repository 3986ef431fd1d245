"""Discord's REST routes, as many as a bot of ours uses, with what each request did written down."""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from tests.loopback import refusals
from tests.loopback.answers import Answers
from tests.loopback.call import Call, Result, Route, read_call
from tests.loopback.channels import Channels
from tests.loopback.description import Description
from tests.loopback.faults import Faults, cut_off, json_response
from tests.loopback.forms import application_json, command_json, guild_json, member_json, own_account_json, role_json
from tests.loopback.limits import check_commands
from tests.loopback.refusals import Refused
from tests.loopback.state import Asked, Guild, World

BASE = "/api/v10"
BAD_REQUEST = 400
_READ_OF_EACH_KIND = 40
_BY_TOKEN_IN_PATH = ("/interactions/", "/webhooks/")


class Rest:
    """Serves the routes.

    Attributes:
        token: the bot's; every other is refused.
        faults: what goes wrong.
        description: Discord's own description, by which every body is checked; None where it is not at hand.
        checks_at_once: whether what the description forbids is refused; else it is only kept in `complaints`, so
            that reading it takes no time away from whoever measures.
        complaints: what the description forbids and the bot sent nevertheless.
    """

    def __init__(
        self, world: World, token: str, gateway_url: Callable[[], str], description: Description | None
    ) -> None:
        self.token = token
        self.faults = Faults()
        self.description = description
        self.checks_at_once = True
        self.complaints: list[str] = []
        self.shards = 1
        self._world = world
        self._gateway_url = gateway_url

    def mount(self, application: web.Application) -> None:
        """Add the routes to a web application."""
        for method, path, route in self.routes():
            application.router.add_route(method, BASE + path, self._serving(route))
        application.router.add_route("*", "/{path:.*}", self._serving(_nowhere))

    def routes(self) -> list[tuple[str, str, Route]]:
        """Return the routes: method, path with names in braces, and what does it."""
        answers, channels = Answers(self._world), Channels(self._world)
        channel, message = "/channels/{channel}", "/channels/{channel}/messages/{message}"
        hook = "/webhooks/{application}/{token}"
        return [
            ("GET", "/users/@me", self._me),
            ("POST", "/users/@me/channels", channels.open_dm),
            ("GET", "/users/{user}", channels.see_user),
            ("GET", "/gateway/bot", self._gateway),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("GET", "/applications/{application}/commands", self._commands),
            ("PUT", "/applications/{application}/commands", self._register),
            ("POST", "/interactions/{interaction}/{token}/callback", answers.callback),
            ("POST", hook, answers.follow_up),
            ("GET", hook + "/messages/{message}", answers.see),
            ("PATCH", hook + "/messages/{message}", answers.change),
            ("DELETE", hook + "/messages/{message}", answers.remove),
            ("GET", channel, channels.see),
            ("PATCH", channel, channels.change),
            ("POST", channel + "/typing", channels.type),
            ("POST", channel + "/messages", channels.send),
            ("GET", channel + "/messages", channels.read),
            ("GET", message, channels.read_one),
            ("POST", channel + "/polls/{message}/expire", channels.end_poll),
            ("PATCH", message, channels.edit),
            ("DELETE", message, channels.delete),
            ("PUT", message + "/reactions/{emoji}/@me", channels.react),
            ("DELETE", message + "/reactions/{emoji}/@me", channels.unreact),
            ("POST", message + "/threads", channels.open_thread_on),
            ("POST", channel + "/threads", channels.open_thread),
            ("PUT", channel + "/thread-members/{user}", channels.join),
            ("DELETE", channel + "/thread-members/{user}", channels.leave),
            ("GET", "/guilds/{guild}", self._guild),
            ("GET", "/guilds/{guild}/roles", self._roles),
            ("GET", "/guilds/{guild}/members/{user}", self._member),
        ]

    def _serving(self, route: Route) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            path = request.path.removeprefix(BASE)
            asked = Asked(time.monotonic(), request.method, path)
            self._world.asked.append(asked)
            self._world.changes.happened()
            try:
                return await self._serve(request, asked, route)
            finally:
                asked.took = time.monotonic() - asked.at
                self._world.changes.happened()

        return serve

    async def _serve(self, request: web.Request, asked: Asked, route: Route) -> web.StreamResponse:
        fault = self.faults.next_for(asked.line)
        if fault is not None:
            instead = await self.faults.before(fault, request)
            if instead is not None:
                asked.status = 0 if fault.cut else instead.status
                return instead
        try:
            if not asked.path.startswith(_BY_TOKEN_IN_PATH) and not self._is_known(request):
                raise refusals.unauthorized()
            call = await read_call(request)
            asked.body, asked.files = call.body, call.files
            self._check(asked)
            asked.status, asked.answer = await route(call)
        except Refused as refused:
            asked.status, asked.answer = refused.status, refused.body()
        if fault is not None and fault.cut:
            return cut_off(request)
        if asked.answer is None:
            return web.Response(status=asked.status)
        return json_response(asked.answer, asked.status)

    def _is_known(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bot {self.token}"

    def _check(self, asked: Asked) -> None:
        if self.description is not None and self.checks_at_once and asked.body is not None:
            try:
                self.description.check_request(asked.method, asked.path, asked.body)
            except Refused as refused:
                self.complaints.append(f"{asked.line}: {refused.message}")
                raise

    def read_complaints(self) -> list[str]:
        """Return what Discord's description forbids of all that the bot sent."""
        found = list(self.complaints)
        for asked in self._world.asked:
            if self.description is not None and asked.body is not None:
                found += _refusal(asked, self.description.check_request, asked.body)
        return list(dict.fromkeys(found))

    def read_own_faults(self) -> list[str]:
        """Return where the answers of this stand-in are not as Discord describes its own.

        The first few of each kind are read: they are all made by the same lines, and a reading takes a while.
        """
        found, seen = [], Counter[tuple[str, ...]]()
        for asked in self._world.asked:
            kind = (asked.method, *(part for part in asked.path.split("/") if part.isalpha()))
            seen[kind] += 1
            if self.description is None or seen[kind] > _READ_OF_EACH_KIND:
                continue
            if asked.answer is not None and asked.status < BAD_REQUEST:
                check = partial(self.description.check_answer, status=asked.status)
                found += _refusal(asked, check, asked.answer)
        return list(dict.fromkeys(found))

    async def _me(self, call: Call) -> Result:
        del call
        return 200, own_account_json(self._world.bot)

    async def _application(self, call: Call) -> Result:
        del call
        return 200, application_json(self._world)

    async def _gateway(self, call: Call) -> Result:
        del call
        limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 16}
        return 200, {"url": self._gateway_url(), "shards": self.shards, "session_start_limit": limit}

    async def _commands(self, call: Call) -> Result:
        self._own(call)
        return 200, self._world.commands

    async def _register(self, call: Call) -> Result:
        self._own(call)
        listed = call.body or []
        check_commands(listed)
        before = {(each["name"], each["type"]): each["id"] for each in self._world.commands}
        kept = [{**each, "id": before.get((each["name"], each.get("type") or 1))} for each in listed]
        self._world.commands = [
            command_json(self._world, {key: value for key, value in each.items() if key != "id" or value})
            for each in kept
        ]
        return 200, self._world.commands

    def _own(self, call: Call) -> None:
        if call.number("application") != self._world.bot.id:
            raise Refused(403, 20012, "You are not authorized to perform this action on this application")

    async def _guild(self, call: Call) -> Result:
        return 200, guild_json(self._world, self._visible(call))

    async def _roles(self, call: Call) -> Result:
        return 200, [role_json(role) for role in self._visible(call).roles.values()]

    async def _member(self, call: Call) -> Result:
        guild = self._visible(call)
        if call.number("user") not in guild.members:
            raise refusals.unknown_member()
        return 200, member_json(self._world, guild, call.number("user"))

    def _visible(self, call: Call) -> Guild:
        guild = self._world.guilds.get(call.number("guild"))
        if guild is None or not guild.installed:
            raise refusals.unknown_guild()
        return guild


def _refusal(asked: Asked, check: Callable[..., None], body: object) -> list[str]:
    try:
        check(asked.method, asked.path, body=body)
    except Refused as refused:
        return [f"{asked.line}: {refused.message}"]
    return []


async def _nowhere(call: Call) -> Result:
    del call
    raise Refused(404, 0, "404: Not Found")
