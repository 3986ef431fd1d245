"""Which permissions of a bot or a person are missing, in the words of Discord's own settings."""

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from bot.errors import FixInput
from bot.storage.servers import ServerSettings, Threads
from bot.storage.store import Store

_NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "create_private_threads": "Create Private Threads",
    "read_message_history": "Read Message History",
    "send_polls": "Create Polls",
    "mention_everyone": "Mention @everyone, @here, and All Roles",
}

TO_POST = ("view_channel", "send_messages")
"""What the bot needs where it posts."""


def to_answer(threads: Threads) -> tuple[str, ...]:
    """Return what the bot needs where it answers mentions."""
    own = "create_private_threads" if threads is Threads.PRIVATE else "create_public_threads"
    return (*TO_POST, "read_message_history", "send_messages_in_threads", own)


def missing(guild: discord.Guild | None, channel: int, wanted: Iterable[str]) -> list[str]:
    """Return the names of the permissions that the bot lacks in a channel.

    Args:
        guild: the server; None where the bot is not in it.
        channel: the channel's or thread's id.
        wanted: as discord.py names them.

    Returns:
        The names; none where Discord has not told us of the channel, since we cannot know then. Who may not view a
        channel has no other permission in it either, so that is named alone.
    """
    place = guild.get_channel_or_thread(channel) if guild else None
    if guild is None or place is None or guild.me is None:
        return []
    if isinstance(place, discord.Thread):
        if place.parent is None:
            return []
        wanted = ["send_messages_in_threads" if name == "send_messages" else name for name in wanted]
    has = place.permissions_for(guild.me)
    if not has.view_channel:
        return [_NAMES["view_channel"]]
    return [_NAMES[name] for name in wanted if not getattr(has, name)]


def may_ping(guild: discord.Guild, channel: int | None, role: discord.Role) -> bool:
    """Tell whether a mention of a role by the bot reaches its members, in a channel or, where None, in general."""
    if role.mentionable or guild.me is None:
        return True
    if channel is None:
        return guild.me.guild_permissions.mention_everyone
    return not missing(guild, channel, ["mention_everyone"])


async def require_supervisor(interaction: discord.Interaction[Any], store: Store) -> int:
    """Return the server for which the person of an interaction is a supervisor; asked at every step.

    Raises:
        FixInput: they have neither the supervisor role that is set now nor the permission Manage Server.
        AssistantError: the database cannot be used.
    """
    server = interaction.guild_id
    if server is not None:
        if interaction.permissions.manage_guild:
            return server
        if _has_role(interaction.user, await store.servers.settings(server)):
            return server
    raise FixInput("only supervisors of this server can do that", "a manager sets their role with /setup roles")


def is_supervisor(member: discord.Member, settings: ServerSettings) -> bool:
    """Tell whether a member, as Discord has just told of them, is a supervisor of their server."""
    permissions = member.resolved_permissions or member.guild_permissions
    return permissions.manage_guild or _has_role(member, settings)


def _has_role(person: discord.abc.User, settings: ServerSettings) -> bool:
    roles = getattr(person, "roles", ())
    return settings.supervisor_role is not None and any(one.id == settings.supervisor_role for one in roles)


def require_manager(interaction: discord.Interaction[Any]) -> int:
    """Return the server whose settings the person of an interaction may change; asked at every step.

    Raises:
        MissingPermissions: they may not.
    """
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])
    return interaction.guild_id
