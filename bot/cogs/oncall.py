"""The on-call button under crisis steps: pings one role, once, on confirmation, without a word of the question."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable
from typing import Any, NamedTuple, TypeVar

import discord
from discord.ext import commands

from bot import log
from bot.cogs.delivery import Button
from bot.cogs.features import Feature
from bot.cogs.layout import notice
from bot.cogs.permissions import TO_POST, may_ping, missing
from bot.cogs.render import inert
from bot.cogs.router import Press, Router, button
from bot.consult.desk import Desk
from bot.consult.exchange import Exchange, ShortMemory
from bot.consult.outcome import CrisisReferral, Outcome
from bot.errors import AssistantError
from bot.safety.verdicts import Alarm, Audience, Level
from bot.storage.calls import COUNTS_FOR
from bot.storage.servers import ServerSettings
from bot.storage.store import Store

SAYS = "This pings a volunteer, not your supervisor or an emergency service. It files no report. Keep phoning."
"""What everyone reads before they call; the words are fixed."""

_SECONDS_TO_LOOK_UP = 2.0
"""So long a call waits for the records; then what is in memory decides, so that nobody goes uncalled over them."""

_WHERE = (
    "It is posted in <#{channel}>, where everyone who reads that channel sees it, **with your name**. Nothing that you "
    "typed is in it."
)
_CALLED = "Posted in <#{channel}>. Nobody has to answer it, so keep phoning until a person answers."
_CALLED_ALREADY = "The volunteers were pinged already, less than ten minutes ago. Keep phoning."
_BEING_CALLED = (
    "A call of yours is being posted. If you are not told in half a minute that it was, press the button again. Keep "
    "phoning."
)
_NOT_CALLED = "Nobody was pinged. Keep phoning."
_MOVED = "What this server has set has changed meanwhile, so nobody was pinged yet. Please look again:"
_OFF = "This server has no on-call volunteers set up any more, so nobody was pinged. Keep phoning."
_NOT_FOR_SELF = "This button is for danger to someone else. Please reach one person now, by phone."
_LACKS = "I cannot post there: in <#{channel}> I lack {names}. Nobody was pinged. Keep phoning."
_NO_PING = "I may not ping that role in <#{channel}>, so nobody was pinged. Keep phoning."
_FAILED = "Discord did not take it, so nobody was pinged. Keep phoning."
_POST = (
    "<@&{role}> **{name}** (<@{person}>) asks for the on-call volunteer now: someone may be in danger. Please reach "
    "them at once, by phone if you can. This is no emergency service and no report; their supervisor has to know too."
)
_LABEL = "Call our on-call volunteer"


_BEGUN, _POSTED = "begun", "posted"
_Result = TypeVar("_Result")


class _Call(NamedTuple):
    """Whom a call pings, and where."""

    role: discord.Role
    channel: int
    server: int


class _Once(NamedTuple):
    """What is called about once: one danger, by one person."""

    consultation: uuid.UUID
    person: int


class OnCallCog(commands.Cog):
    """The call of an on-call volunteer."""

    def __init__(self, *, desk: Desk, store: Store, router: Router) -> None:
        """Hold the collaborators; who has called lately is in the records, and here too, should those fail."""
        self._desk = desk
        self._store = store
        self._called: ShortMemory[_Once, str] = ShortMemory(COUNTS_FOR.total_seconds())
        router.on("oncall", self._asked)
        router.on("oncallyes", self._confirmed)
        router.on("oncallno", self._declined)

    def under(self, exchange: Exchange) -> list[Button]:
        """Return the button under steps for danger to someone else, where the server has it; never for one's own."""
        if not _is_for_another(exchange.outcome) or not _is_on(exchange.server):
            return []
        return [button(_LABEL, "oncall", exchange.id.hex, style=discord.ButtonStyle.primary)]

    def forget(self, person: int) -> None:
        """Hold no longer that a person called."""
        self._called.drop(lambda once, _: once.person == person)

    async def _asked(self, press: Press) -> None:
        """Say what a call does and where it goes, and ask."""
        interaction, (key,) = press.interaction, press.arguments
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(view=await self._question(interaction, key))

    async def _question(
        self, interaction: discord.Interaction[Any], key: str, before: str = ""
    ) -> discord.ui.LayoutView:
        call = await self._call(interaction, key)
        if isinstance(call, str):
            return self._told(call)
        if await self._counts(_once(interaction, key)):
            return self._told(_CALLED_ALREADY)
        buttons = [
            button("Ping them", "oncallyes", key, call.channel, call.role.id, style=discord.ButtonStyle.danger),
            button("Don't", "oncallno"),
        ]
        return notice(before, f"**{SAYS}**", _WHERE.format(channel=call.channel), self._close(), buttons=buttons)

    async def _confirmed(self, press: Press) -> None:
        """Ping the role, unless something has changed since the person was asked."""
        interaction, (key, channel, role) = press.interaction, press.arguments
        await interaction.response.defer()
        call = await self._call(interaction, key)
        if isinstance(call, str):
            view = self._told(call)
        elif (str(call.channel), str(call.role.id)) != (channel, role):
            view = await self._question(interaction, key, _MOVED)
        else:
            view = self._told(await self._post_once(interaction, _once(interaction, key), call))
        await interaction.edit_original_response(view=view)

    async def _declined(self, press: Press) -> None:
        await press.interaction.response.edit_message(view=self._told(_NOT_CALLED))

    async def _post_once(self, interaction: discord.Interaction[Any], once: _Once, call: _Call) -> str:
        """Post the call unless another press did, and return what the person is told of it."""
        if self._called.find(once) is not None or not await self._begins(once, call.server):
            return _CALLED_ALREADY if await self._counts(once) else _BEING_CALLED
        try:
            await self._post(interaction, call)
            self._called.put(once, _POSTED)
        except discord.HTTPException as error:
            log.event("on-call not posted", level=logging.ERROR, error=type(error).__name__)
            return _FAILED
        finally:
            if self._called.find(once) != _POSTED:
                self._called.take(once)
                await self._kept(self._store.calls.take_back(*once))
        log.event("on-call posted")
        await self._kept(self._store.calls.posted(*once))
        return _CALLED.format(channel=call.channel)

    async def _post(self, interaction: discord.Interaction[Any], call: _Call) -> None:
        user = interaction.user
        content = _POST.format(role=call.role.id, name=inert(user.display_name), person=user.id)
        pinged = discord.AllowedMentions(everyone=False, users=False, roles=[call.role], replied_user=False)
        place = interaction.client.get_partial_messageable(call.channel, guild_id=call.server)
        await place.send(content, allowed_mentions=pinged)

    async def _begins(self, once: _Once, server: int) -> bool:
        """Tell whether a press is to post the call: the first one, of however many processes."""
        self._called.put(once, _BEGUN)
        is_first = await self._kept(self._store.calls.begin(*once, server))
        if is_first is False:
            # The records know better for how long it counts.
            self._called.take(once)
        return is_first is not False

    async def _counts(self, once: _Once) -> bool:
        """Tell whether a call of this person about this danger was posted lately."""
        return self._called.find(once) == _POSTED or bool(await self._kept(self._store.calls.counts(*once)))

    async def _kept(self, work: Awaitable[_Result]) -> _Result | None:
        """Return what the records say; None where they cannot be reached, which keeps nobody from calling."""
        try:
            async with asyncio.timeout(_SECONDS_TO_LOOK_UP):
                return await work
        except (AssistantError, TimeoutError) as error:
            log.event("on-call not kept", level=logging.ERROR, error=type(error).__name__)
            return None

    async def _call(self, interaction: discord.Interaction[Any], key: str) -> _Call | str:
        """Return whom a call would ping and where, as the server has it set now; else what the person is told."""
        guild, held = interaction.guild, self._desk.conversations.find(uuid.UUID(key))
        if held is not None and not _is_for_another(held.outcome):
            return _NOT_FOR_SELF
        try:
            settings = await self._store.servers.settings(interaction.guild_id) if interaction.guild_id else None
        except AssistantError:
            return _FAILED
        role = guild.get_role(settings.on_call_role) if guild and settings and settings.on_call_role else None
        if guild is None or settings is None or role is None or not _is_on(settings):
            return _OFF
        channel = settings.review_channel or interaction.channel_id or 0
        if lacks := missing(guild, channel, TO_POST):
            return _LACKS.format(channel=channel, names=", ".join(lacks))
        return _Call(role, channel, guild.id) if may_ping(guild, channel, role) else _NO_PING.format(channel=channel)

    def _told(self, sentence: str) -> discord.ui.LayoutView:
        return notice(sentence, self._close())

    def _close(self) -> str:
        """Return the close of crisis steps: a person, by phone."""
        return self._desk.steps(CrisisReferral(Alarm(Level.CRISIS))).close


def _is_for_another(outcome: Outcome) -> bool:
    return isinstance(outcome, CrisisReferral) and outcome.alarm.audience is Audience.OTHER


def _is_on(settings: ServerSettings | None) -> bool:
    return settings is not None and settings.on_call_role is not None and Feature.ON_CALL in settings.features


def _once(interaction: discord.Interaction[Any], key: str) -> _Once:
    return _Once(uuid.UUID(key), interaction.user.id)
