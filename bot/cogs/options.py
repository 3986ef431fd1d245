"""Options of slash commands that several commands have: channels, and the regions that there are."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.errors import FixInput
from knowledge.screens.lines import Region

PROGRAMS_OWN = "-"
"""Stands for no choice of a region, among choices of regions; no region has that name."""

_MOST_CHOICES = 25
_LONGEST_CHOICE = 100
"""Choices of one option, and characters of one (API reference, "Application Command Option Choice Structure")."""


class _Place(app_commands.Transformer):
    """A channel as Discord names it; whether the bot sees it is looked at later."""

    def __init__(self, *kinds: discord.ChannelType) -> None:
        self._kinds = kinds

    @property
    def type(self) -> discord.AppCommandOptionType:
        """The kind of option."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """The kinds of channel that may be chosen."""
        return list(self._kinds)

    async def transform(
        self, _: discord.Interaction[Any], value: app_commands.AppCommandChannel, /
    ) -> app_commands.AppCommandChannel:
        """Return the channel."""
        return value


_TEXT = (discord.ChannelType.text, discord.ChannelType.news)
_PLACES = (*_TEXT, discord.ChannelType.forum, discord.ChannelType.voice, discord.ChannelType.stage_voice)
Channel = app_commands.Transform[app_commands.AppCommandChannel, _Place(*_PLACES)]
TextChannel = app_commands.Transform[app_commands.AppCommandChannel, _Place(*_TEXT)]


def offer_regions(
    command: app_commands.Command[Any, ..., Any] | app_commands.Group | None,
    regions: Mapping[str, Region],
    *,
    own: str | None = None,
) -> None:
    """Let the option `region` of a command offer the regions that there are.

    Args:
        command: a slash command.
        regions: what is offered; of more than Discord shows, the first.
        own: words for no choice of one's own; not offered where None.
    """
    if not isinstance(command, app_commands.Command):
        raise TypeError("only a command has options")
    offered = [] if own is None else [app_commands.Choice(name=own, value=PROGRAMS_OWN)]
    offered += [
        app_commands.Choice(name=f"{name}: {region.emergency.text}"[:_LONGEST_CHOICE], value=name)
        for name, region in regions.items()
    ]
    app_commands.choices(region=offered[:_MOST_CHOICES])(command)


def chosen_region(region: str, regions: Mapping[str, Region]) -> str | None:
    """Return the region that was chosen, None for the program's own.

    Raises:
        FixInput: there is no such region.
    """
    if region == PROGRAMS_OWN:
        return None
    if region not in regions:
        raise FixInput("there are no crisis lines for that region", "choose one from the list")
    return region
