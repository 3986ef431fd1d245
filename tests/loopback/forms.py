"""How Discord writes its objects as JSON, as far as a bot reads them."""

import itertools
from collections.abc import Iterable
from typing import Any

from tests.loopback.components import CONTAINER, SELECTS, SEPARATOR
from tests.loopback.state import (
    DM,
    LOADING,
    MENTION_EVERYONE,
    THREADS,
    Channel,
    Guild,
    Json,
    Message,
    Role,
    User,
    World,
)

_JOINED = "2026-01-01T00:00:00.000000+00:00"
_DEFAULTS: dict[int, Json] = {
    CONTAINER: {"accent_color": None, "spoiler": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    **{kind: {"min_values": 1, "max_values": 1, "disabled": False} for kind in SELECTS},
}
_NO_FLAGS: Json = {"flags": 0}


def user_json(user: User) -> Json:
    """Write an account."""
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": None,
        "discriminator": "0",
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
        "bot": user.bot,
    }


def own_account_json(user: User) -> Json:
    """Write the bot's account as it sees itself."""
    return {**user_json(user), "mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def application_json(world: World) -> Json:
    """Write the bot's application."""
    return {
        "id": str(world.bot.id),
        "name": world.bot.name,
        "description": "",
        "icon": None,
        "type": None,
        "flags": 0,
        "flags_new": "0",
        "verify_key": "00",
        "bot_public": False,
        "bot_require_code_grant": False,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_json(world.bot),
        "approximate_guild_count": sum(guild.installed for guild in world.guilds.values()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def role_json(role: Role, position: int = 1) -> Json:
    """Write a role."""
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def member_json(world: World, guild: Guild, user_id: int, *, with_user: bool = True) -> Json:
    """Write a member of a server; in an event about a message the account stands beside it."""
    member: Json = {
        "nick": None,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": _JOINED,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in sorted(guild.members.get(user_id, ()))],
        "mute": False,
        "deaf": False,
    }
    return {**member, "user": user_json(world.users[user_id])} if with_user else member


def channel_json(world: World, channel: Channel) -> Json:
    """Write a channel, a thread or a direct message."""
    found: Json = {"id": str(channel.id), "type": channel.kind, "last_message_id": _last(channel), **_NO_FLAGS}
    if channel.kind == DM:
        people = sorted(channel.members - {world.bot.id})
        return {**found, "recipients": [user_json(world.users[user_id]) for user_id in people]}
    found |= {"guild_id": str(channel.guild_id), "name": channel.name, "parent_id": _id(channel.parent_id)}
    found |= {"nsfw": False, "rate_limit_per_user": 0}
    return found | (_thread_json(channel) if channel.kind in THREADS else _text_json(world, channel))


def _last(channel: Channel) -> str | None:
    return str(channel.message_ids[-1]) if channel.message_ids else None


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _thread_json(channel: Channel) -> Json:
    metadata = {
        "archived": channel.archived,
        "archive_timestamp": _JOINED,
        "auto_archive_duration": 1440,
        "locked": channel.locked,
        "create_timestamp": _JOINED,
    }
    if channel.kind == max(THREADS):
        metadata["invitable"] = True
    count = len(channel.message_ids)
    return {
        "owner_id": str(channel.owner_id),
        "thread_metadata": metadata,
        "message_count": count,
        "total_message_sent": count,
        "member_count": len(channel.members),
    }


def _text_json(world: World, channel: Channel) -> Json:
    denied = {"id": str(world.bot.id), "type": 1, "allow": "0", "deny": str(channel.denied)}
    return {"position": 0, "topic": None, "permission_overwrites": [denied] if channel.denied else []}


def guild_json(world: World, guild: Guild) -> Json:
    """Write a server as the gateway sends it to a bot without the intent to see all members."""
    channels = [channel for channel in world.channels.values() if channel.guild_id == guild.id]
    threads = [channel for channel in channels if channel.kind in THREADS and world.bot.id in channel.members]
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "icon": None,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [role_json(role, int(role.id != guild.id)) for role in guild.roles.values()],
        "channels": [channel_json(world, channel) for channel in channels if channel.kind not in THREADS],
        "threads": [channel_json(world, thread) for thread in threads],
        "members": [member_json(world, guild, world.bot.id)],
        "member_count": len(guild.members),
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "joined_at": _JOINED,
        "large": False,
        "unavailable": False,
        "preferred_locale": "en-US",
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "afk_timeout": 300,
    }


def message_json(world: World, message: Message, *, nested: bool = False) -> Json:
    """Write a message; one that is nested in another does not show what it replies to."""
    roles = [str(role_id) for role_id in sorted(message.pinged) if _is_role(world, role_id)]
    found: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "author": user_json(world.users[message.author_id]),
        "type": 20 if message.interaction else 19 if message.reference else 0,
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
        "attachments": message.attachments,
        "flags": message.flags,
        "mentions": [user_json(world.users[user_id]) for user_id in message.mentions],
        "mention_roles": roles,
        "mention_everyone": 0 in message.pinged,
        "timestamp": message.timestamp,
        "edited_timestamp": message.edited,
        "pinned": False,
        "tts": False,
    }
    if message.poll:
        found["poll"] = message.poll
    if message.interaction:
        found |= {"application_id": str(world.bot.id), "webhook_id": str(world.bot.id)}
    if message.reference and not nested:
        source = world.messages[message.reference]
        reference = {"type": 0, "message_id": str(source.id), "channel_id": str(source.channel_id)}
        shown = None if source.deleted else message_json(world, source, nested=True)
        found |= {"message_reference": reference, "referenced_message": shown}
    return found


def _is_role(world: World, role_id: int) -> bool:
    return any(role_id in guild.roles for guild in world.guilds.values())


def command_json(world: World, command: Json) -> Json:
    """Write a registered command: what was sent, with an id and what Discord adds."""
    held = command.get("default_member_permissions")
    return {
        **command,
        "id": command.get("id", str(world.clock.new_id())),
        "application_id": str(world.bot.id),
        "version": str(world.clock.new_id()),
        "type": command.get("type") or 1,
        "description": command.get("description") or "",
        "default_member_permissions": None if held is None else str(held),
        "nsfw": bool(command.get("nsfw")),
    }


def numbered(components: Iterable[Json]) -> list[Json]:
    """Return components as Discord sends them back: each with a number of its own, and its defaults."""
    return _numbered(components, itertools.count(1))


def _numbered(components: Iterable[Json], numbers: "itertools.count[int]") -> list[Json]:
    found = []
    for component in components:
        copy: dict[str, Any] = {**_DEFAULTS.get(component.get("type", 0), {}), **component}
        copy["id"] = component.get("id") or next(numbers)
        if "components" in copy:
            copy["components"] = _numbered(copy["components"], numbers)
        if "accessory" in copy:
            (copy["accessory"],) = _numbered([copy["accessory"]], numbers)
        found.append(copy)
    return found


def channel_with_permissions_json(world: World, channel: Channel, user_id: int) -> Json:
    """Write a channel as it stands in an interaction: with what the person may do there."""
    return {**channel_json(world, channel), "permissions": str(world.permissions(channel, user_id))}


def app_permissions(world: World, channel: Channel) -> str:
    """Write what the bot may do where an interaction happened."""
    held = world.permissions(channel, world.bot.id)
    guild = world.guilds.get(channel.guild_id or 0)
    return str(held | MENTION_EVERYONE if guild is None else held)


def without_content(message: Json) -> Json:
    """Return a message as a bot gets it that may not read it."""
    return {**message, "content": "", "embeds": [], "components": [], "attachments": []}


def loading(flags: int) -> int:
    """Return the flags of a message that is still "thinking"."""
    return flags | LOADING
