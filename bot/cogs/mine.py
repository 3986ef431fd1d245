"""`/my`: what a person chooses for themselves, wherever they ask: region, writer, plain text, reflecting first."""

from collections.abc import Mapping
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.consult import asker_of
from bot.cogs.layout import notice
from bot.cogs.options import chosen_region, offer_regions
from bot.consult.desk import Desk
from bot.storage.consents import WriterChoice
from bot.storage.store import Store
from knowledge.screens.lines import Region

_REGION = "From now on I print the emergency and crisis lines of `{region}` for you, wherever you ask: {emergency}."
_NO_REGION = "From now on I print the lines of the server that you ask in, and `{own}` elsewhere."
_PLAIN = "From now on my answers to you come as plain text, which screen readers and older clients read well."
_NOT_PLAIN = "From now on my answers to you come with their layout."

_REFLECT = (
    "From now on I ask you before an answer what you think happened between you, and what you felt. **Answer now** "
    "skips it, each time. It holds for `/consult` and direct messages; nothing that you write there is kept."
)
_NOT_REFLECT = "From now on I answer at once. `/consult` with `reflect` set asks you first, for that one question."

_NOT_SEEN = (
    "You have not seen the notice here yet, so there is nothing to change. Before your first answer with `/consult` "
    "you choose who may write it."
)
_BUILT_IN = "From now on the built-in writer alone writes your answers here; no language model reads your questions."
_ANY = "From now on any writer that is set up may write your answers here."
_WRITERS = {WriterChoice.BUILT_IN: _BUILT_IN, WriterChoice.ANY: _ANY}
_NO_MODEL = "-# No language model is set up at present, so it makes no difference yet."
_ELSEWHERE = "-# This holds here: for this server, or for direct messages. In another place choose there."


class MineCog(commands.Cog):
    """A person's own choices."""

    group = app_commands.Group(name="my", description="What you choose for yourself.")

    def __init__(self, *, desk: Desk, store: Store, regions: Mapping[str, Region]) -> None:
        """Hold the collaborators, and every region that can be chosen."""
        self._desk = desk
        self._store = store
        self._regions = regions
        offer_regions(self.group.get_command("region"), regions, own="the server's, or the program's own")

    @group.command(name="region", description="Whose emergency and crisis lines you see, wherever you ask.")
    @app_commands.describe(region="The region.")
    async def region(self, interaction: discord.Interaction[Any], region: str) -> None:
        """Choose one's own region."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = chosen_region(region, self._regions)
        await self._store.people.choose_region(interaction.user.id, chosen)
        if chosen is None:
            told = _NO_REGION.format(own=self._desk.region)
        else:
            told = _REGION.format(region=chosen, emergency=self._regions[chosen].emergency.text)
        await interaction.edit_original_response(view=notice(told))

    @group.command(name="writer", description="Whether a language model may write your answers here.")
    @app_commands.describe(writer="Who may write them.")
    @app_commands.choices(
        writer=[
            app_commands.Choice(name="any writer that is set up", value=WriterChoice.ANY.value),
            app_commands.Choice(name="the built-in writer only", value=WriterChoice.BUILT_IN.value),
        ]
    )
    async def writer(self, interaction: discord.Interaction[Any], writer: str) -> None:
        """Choose who may write; kept with the consent, so only for who has seen the notice."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        asker, chosen = asker_of(interaction), WriterChoice(writer)
        seen = await self._store.consents.find(asker.person, asker.server)
        if seen is None:
            await interaction.edit_original_response(view=notice(_NOT_SEEN))
            return
        await self._store.consents.give(asker.person, asker.server, notice=seen.notice, writer=chosen)
        note = "" if self._desk.model.configured else _NO_MODEL
        await interaction.edit_original_response(view=notice(_WRITERS[chosen], note, _ELSEWHERE))

    @group.command(name="text", description="Whether answers come as plain text.")
    @app_commands.describe(form="Plain text suits screen readers and older clients.")
    async def text(self, interaction: discord.Interaction[Any], form: Literal["plain", "with layout"]) -> None:
        """Choose plain text or not."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        plain = form == "plain"
        await self._store.people.choose_plain(interaction.user.id, plain=plain)
        if plain:
            await interaction.edit_original_response(content=_PLAIN)
        else:
            await interaction.edit_original_response(view=notice(_NOT_PLAIN))

    @group.command(name="reflect", description="Whether you are asked to reflect before an answer.")
    @app_commands.describe(first="It is off until you choose it; no server can.")
    async def reflect(self, interaction: discord.Interaction[Any], first: Literal["on", "off"]) -> None:
        """Choose to reflect before answers or not."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        reflect = first == "on"
        await self._store.people.choose_reflect(interaction.user.id, reflect=reflect)
        close = await self._desk.close_for(asker_of(interaction))
        await interaction.edit_original_response(view=notice(_REFLECT if reflect else _NOT_REFLECT, close))
