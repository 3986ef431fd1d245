"""What somebody takes from a peer consultation to supervision: typed in a form, kept nowhere, shown if they choose."""

import uuid
from typing import Any

import discord

from bot.cogs.consult import asker_of
from bot.cogs.layout import notice, quoted
from bot.cogs.router import Press, RoutedModal, Router, button
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.consult.exchange import ShortMemory
from bot.errors import FixInput

_LONGEST = 1500
_PREVIEW = "**What you take to supervision.** Only you see this, and it is kept nowhere. Copy it, or show it here:"
_WITHHELD = "that may identify somebody, so nothing was shown"
_SHOWN = "**<@{person}> takes to supervision:**"
_POSTED = "Shown in this thread. You can delete it with the rights of the thread, or ask a moderator."
_GONE = "I no longer hold that text: half an hour, in memory only. Press **What I take to supervision** again."


class Taking:
    """The form at the end, and the step from oneself to the thread."""

    def __init__(self, *, desk: Desk, router: Router, danger: DangerFirst) -> None:
        """Hold the collaborators."""
        self._desk = desk
        self._danger = danger
        self._held: ShortMemory[str, tuple[int, str]] = ShortMemory()
        router.on("peertake", self._open)
        router.on("peertaken", self._typed)
        router.on("peershow", self._show)

    def forget(self, person: int) -> None:
        """Drop what a person typed."""
        self._held.drop(lambda _, held: held[0] == person)

    async def _open(self, press: Press) -> None:
        form = RoutedModal("What I take to supervision", "peertaken")
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, required=True, max_length=_LONGEST
        )
        hint = "A question of your own, or what you want to try. No names, places or dates."
        form.add_item(discord.ui.Label(text="What do you take along?", description=hint, component=text))
        await press.interaction.response.send_modal(form)

    async def _typed(self, press: Press) -> None:
        interaction, typed = press.interaction, press.text("text")
        await interaction.response.defer(ephemeral=True, thinking=True)
        if await self._danger.stands_in(interaction, typed):
            return
        redaction = await self._desk.redact(typed)
        if redaction is None or not redaction.text.strip():
            raise FixInput(_WITHHELD, "write it again in general words")
        key = uuid.uuid4().hex
        self._held.put(key, (interaction.user.id, redaction.text))
        close = await self._desk.close_for(asker_of(interaction))
        ways = [button("Show it in this thread", "peershow", key)]
        view = notice(_PREVIEW, quoted(redaction.text), close, buttons=ways)
        await interaction.edit_original_response(view=view)

    async def _show(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer()
        close = await self._desk.close_for(asker_of(interaction))
        held = self._held.find(press.arguments[0])
        mine = self._held.take(press.arguments[0]) if held and held[0] == interaction.user.id else None
        if mine is None:
            await interaction.edit_original_response(view=notice(_GONE, close))
            return
        try:
            said = notice(_SHOWN.format(person=interaction.user.id), quoted(mine[1]), close)
            await interaction.followup.send(view=said, ephemeral=False)
        except discord.HTTPException:
            self._held.put(press.arguments[0], mine)
            raise
        await interaction.edit_original_response(view=notice(_POSTED, close))
