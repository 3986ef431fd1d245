"""`/curate owner`: who is named in the review channel when a question on a topic is asked."""

from typing import Any

import discord
from discord import app_commands

from bot.cogs.choices import Choices, offer
from bot.cogs.permissions import is_supervisor, require_supervisor
from bot.cogs.shelved import show
from bot.consult.desk import Desk
from bot.errors import FixInput
from bot.storage.store import Store
from knowledge.entry import Corpus

_SET = "Questions on `{topic}` name {owner} in the review channel from now on. Nobody is pinged by it."
_REMOVED = "Questions on `{topic}` name nobody any more."
_NONE = "No topic has an owner in this server."


class OwnerCommands(app_commands.Group):
    """The commands about topics' owners."""

    def __init__(self, *, desk: Desk, store: Store, corpus: Corpus) -> None:
        """Hold the collaborators.

        Args:
            desk: gives the close.
            store: what is kept.
            corpus: knows the topics.
        """
        super().__init__(name="owner", description="Who is named when a question on a topic is asked.")
        self._desk = desk
        self._store = store
        self._topics = corpus.topics

    @app_commands.command(name="set", description="Name a supervisor for a topic.")
    @app_commands.describe(topic="Which topic.", member="A supervisor of this server.")
    async def assign(self, interaction: discord.Interaction[Any], topic: str, member: discord.Member) -> None:
        """Name the owner of a topic."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        if topic not in self._topics:
            raise FixInput("there is no topic of that name", "choose one from the list")
        if not is_supervisor(member, await self._store.servers.settings(server)):
            raise FixInput("they are no supervisor of this server", "choose somebody who is")
        await self._store.supervisors.own_topic(server, topic, member.id, interaction.user.id)
        await show(self._desk, interaction, [_SET.format(topic=topic, owner=f"<@{member.id}>")])

    @app_commands.command(name="list", description="Topics that have an owner in this server.")
    async def listed(self, interaction: discord.Interaction[Any]) -> None:
        """Show who owns what."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        owners = await self._store.supervisors.topic_owners(await require_supervisor(interaction, self._store))
        lines = [f"- `{topic}`: <@{owner}>" for topic, owner in sorted(owners.items())]
        await show(self._desk, interaction, ["\n".join(lines) or _NONE])

    @app_commands.command(name="remove", description="Name nobody for a topic any more.")
    @app_commands.describe(topic="Which topic.")
    async def remove(self, interaction: discord.Interaction[Any], topic: str) -> None:
        """Take the owner of a topic away."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        if topic not in await self._store.supervisors.topic_owners(server):
            raise FixInput("that topic has no owner", "look at `/curate owner list`")
        await self._store.supervisors.own_topic(server, topic, None, interaction.user.id)
        await show(self._desk, interaction, [_REMOVED.format(topic=topic)])

    @assign.autocomplete("topic")
    async def offer(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        """Offer topics."""
        return await offer(interaction, self._store, current, ((topic, topic) for topic in self._topics))

    @remove.autocomplete("topic")
    async def offer_owned(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        """Offer the topics that have an owner."""
        owners = await self._store.supervisors.topic_owners(interaction.guild_id or 0)
        return await offer(interaction, self._store, current, ((topic, topic) for topic in sorted(owners)))
