"""Sharing an answer with the channel: a preview of question and answer as redacted, then a second, confirmed step."""

import uuid
from typing import Any

import discord
from discord.ext import commands

from bot.cogs.delivery import Button
from bot.cogs.layout import layouts, notice
from bot.cogs.router import Press, Router, button
from bot.consult.desk import Desk
from bot.consult.exchange import Exchange, ShortMemory
from bot.consult.outcome import Answered
from bot.consult.reply import Part, Reply, Role
from bot.storage.store import Store

_GONE = (
    "I no longer hold this question and its answer: they stay in memory for half an hour only, and not over a "
    "restart. Ask again, then share."
)
_CLOSED = (
    "This channel is not open for shared answers, so nothing was posted. A manager of the server can open it with "
    "`/setup channels`."
)
_MAY_NOT_WRITE = "You may not write in this channel yourself, so I post nothing for you here."
_NOT_YOURS = "Only the person who asked can share an answer."
_POSTED = "Posted. Everyone in this channel can read it now; a moderator of the server can delete it."
_KEPT = "Nothing was posted."
_PREVIEW = (
    "**This would be posted here, for everyone in this channel to read.** Read your question once more: is anybody in "
    "it recognisable?"
)

_NOT_SHARED = frozenset({Role.PRIVACY, Role.REFLECTED})
"""What is the asker's own."""


class Sharing(commands.Cog):
    """The share step."""

    def __init__(self, *, desk: Desk, store: Store, router: Router) -> None:
        """Hold the collaborators."""
        self._desk = desk
        self._store = store
        self._posted: ShortMemory[uuid.UUID, int] = ShortMemory()
        router.on("share", self._share)
        router.on("post", self._post)
        router.on("keep", self._keep)

    def under(self, exchange: Exchange) -> list[Button]:
        """Return the share button where the channel is open for it."""
        server = exchange.server
        is_open = server is not None and exchange.asker.place in server.open_channels
        return [button("Share with the channel", "share", exchange.id.hex)] if is_open else []

    async def _share(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        exchange = self._mine(press)
        if isinstance(exchange, str):
            await interaction.edit_original_response(view=notice(exchange))
            return
        key = exchange.id.hex
        buttons = [
            button("Post it here", "post", key, style=discord.ButtonStyle.primary),
            button("Keep it to myself", "keep", key),
        ]
        first, *further = layouts(_shared(exchange, preview=True), buttons)
        await interaction.edit_original_response(view=first)
        for view in further:
            await interaction.followup.send(view=view, ephemeral=True)

    async def _post(self, press: Press) -> None:
        interaction = press.interaction
        exchange = self._mine(press)
        if isinstance(exchange, str):
            await interaction.response.edit_message(view=notice(exchange))
            return
        await interaction.response.defer()
        settings = await self._store.servers.settings(exchange.asker.server or 0)
        if exchange.asker.place not in settings.open_channels:
            await interaction.edit_original_response(view=notice(_CLOSED))
            return
        if not _may_write(interaction):
            await interaction.edit_original_response(view=notice(_MAY_NOT_WRITE))
            return
        if not self._posted.find(exchange.id):
            await self._send(interaction, exchange)
        await interaction.edit_original_response(view=notice(_POSTED))

    async def _send(self, interaction: discord.Interaction[Any], exchange: Exchange) -> None:
        """Post an answer, once; it may be tried again where nothing of it was posted."""
        self._posted.put(exchange.id, exchange.asker.place)
        sent = 0
        try:
            for view in layouts(_shared(exchange, preview=False)):
                await interaction.followup.send(view=view, ephemeral=False)
                sent += 1
        finally:
            if not sent:
                self._posted.take(exchange.id)

    async def _keep(self, press: Press) -> None:
        await press.interaction.response.edit_message(view=notice(_KEPT))

    def _mine(self, press: Press) -> Exchange | str:
        """Return the exchange, or why it cannot be shared."""
        exchange = self._desk.conversations.find(uuid.UUID(press.arguments[0]))
        if exchange is None:
            return _GONE
        if exchange.asker.person != press.interaction.user.id:
            return _NOT_YOURS
        return exchange if isinstance(exchange.outcome, Answered) else _GONE


def _may_write(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the person may write here themselves: a command's answer would get round that they may not."""
    allowed = interaction.permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    return allowed.send_messages_in_threads if in_thread else allowed.send_messages


def _shared(exchange: Exchange, *, preview: bool) -> Reply:
    """Return what is posted: who shares it, the question as redacted, the answer and its close."""
    asked = "\n".join(f"> {line}" for line in exchange.question.splitlines())
    head = Part(Role.TEXT, f"**Shared from a private consultation**\n{asked}")
    kept = tuple(part for part in exchange.reply.parts if part.role not in _NOT_SHARED)
    before = (Part(Role.TEXT, _PREVIEW),) if preview else ()
    return Reply((*before, head, *kept), exchange.reply.close)
