"""What the gateway sends when a person does something with the bot: the payloads of interactions."""

import secrets
from typing import Any

from tests.loopback.components import CHANNEL_SELECT, ROLE_SELECT, STRING_SELECT, USER_SELECT
from tests.loopback.forms import (
    app_permissions,
    channel_with_permissions_json,
    member_json,
    message_json,
    role_json,
    user_json,
)
from tests.loopback.state import DM, Channel, Event, Interaction, Json, Message, Role, User, World

_GUILD_CONTEXT, _DM_CONTEXT, _ELSEWHERE = 0, 1, 2
_SUBCOMMAND, _STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _NUMBER = 1, 3, 4, 5, 6, 7, 8, 10


def begin(
    world: World, kind: int, user: User, channel: Channel, data: Json, source: Message | None = None
) -> Interaction:
    """Let a person do something; the bot is told of it at once.

    Args:
        world: where it happens.
        kind: COMMAND, COMPONENT, AUTOCOMPLETE or MODAL_SUBMIT.
        user: who does it.
        channel: where.
        data: what it is.
        source: the message whose component it came from.
    """
    interaction_id, token = world.clock.new_id(), secrets.token_urlsafe(16)
    payload: Json = {
        "id": str(interaction_id),
        "application_id": str(world.bot.id),
        "type": kind,
        "token": token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": channel_with_permissions_json(world, channel, user.id),
        "app_permissions": app_permissions(world, channel),
        "locale": "en-US",
        "entitlements": [],
        "attachment_size_limit": 10_485_760,
        **_place(world, user, channel),
    }
    if source is not None:
        payload["message"] = message_json(world, source)
    interaction = Interaction(interaction_id, token, kind, user.id, channel.id, payload, world.clock.now())
    interaction.source = source
    world.interactions[token] = interaction
    world.emit(Event("INTERACTION_CREATE", payload, channel.guild_id))
    return interaction


def _place(world: World, user: User, channel: Channel) -> Json:
    """Return where it happens, and by whose installation of the bot."""
    if channel.guild_id is None:
        context = _DM_CONTEXT if channel.kind == DM and world.bot.id in channel.members else _ELSEWHERE
        return {"user": user_json(user), "context": context, "authorizing_integration_owners": {"1": str(user.id)}}
    guild = world.guilds[channel.guild_id]
    owners = {"0": str(guild.id)} if guild.installed else {"1": str(user.id)}
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": {
            **member_json(world, guild, user.id),
            "permissions": str(world.permissions(channel, user.id)),
        },
        "context": _GUILD_CONTEXT,
        "authorizing_integration_owners": owners,
    }


def command_data(
    world: World, channel: Channel, words: str, options: dict[str, Any], focused: str | None = None
) -> Json:
    """Return the data of a slash command, for instance of "knowledge search" with its options.

    Raises:
        AssertionError: there is no such command, or it has no such option.
    """
    name, *further = words.split()
    command = find_command(world, name, 1)
    described: Json = command
    chain: list[Json] = []
    for word in further:
        described = next((each for each in described.get("options", []) if each["name"] == word), {})
        assert described, f"/{words} is not registered"
        chain.append(described)
    resolved: Json = {}
    filled = [
        _option(world, channel, described, key, value, resolved, focused=key == focused)
        for key, value in options.items()
    ]
    for level in reversed(chain):
        filled = [{"name": level["name"], "type": level["type"], "options": filled}]
    data: Json = {"id": command["id"], "name": name, "type": 1, "options": filled}
    return {**data, "resolved": resolved} if resolved else data


def find_command(world: World, name: str, kind: int) -> Json:
    """Return a registered command.

    Raises:
        AssertionError: there is none of that name and kind.
    """
    found = [each for each in world.commands if (each["name"], each["type"]) == (name, kind)]
    names = [each["name"] for each in world.commands]
    assert found, f"{name!r} is not registered; there are {names}"
    return found[0]


def _option(
    world: World, channel: Channel, command: Json, name: str, value: object, resolved: Json, *, focused: bool
) -> Json:
    described = next((each for each in command.get("options", []) if each["name"] == name), None)
    assert described is not None, f"{command['name']} has no option {name!r}"
    option: Json = {"name": name, "type": described["type"], "value": _value(world, channel, value, resolved)}
    return {**option, "focused": True} if focused else option


def _value(world: World, channel: Channel, value: object, resolved: Json) -> Any:  # noqa: ANN401  # text, number or id
    if isinstance(value, (Role, Channel, User)):
        resolve(world, channel, [value], resolved)
        return str(value.id)
    return value


def resolve(world: World, channel: Channel, chosen: list[Role | Channel | User], resolved: Json) -> None:
    """Write out in `resolved` what was chosen by its id."""
    guild = world.guilds.get(channel.guild_id or 0)
    for each in chosen:
        if isinstance(each, Role):
            resolved.setdefault("roles", {})[str(each.id)] = role_json(each)
        elif isinstance(each, Channel):
            shown = channel_with_permissions_json(world, each, world.bot.id)
            resolved.setdefault("channels", {})[str(each.id)] = shown
        else:
            resolved.setdefault("users", {})[str(each.id)] = user_json(each)
            if guild is not None and each.id in guild.members:
                member = member_json(world, guild, each.id, with_user=False)
                resolved.setdefault("members", {})[str(each.id)] = {**member, "permissions": "0"}


def choice_data(world: World, channel: Channel, select: Json, chosen: list[Any]) -> Json:
    """Return the data of a choice in a list: texts by value or label, else roles, channels or people.

    Raises:
        AssertionError: a person could not choose that.
    """
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    assert least <= len(chosen) <= most, f"{len(chosen)} chosen, where {least} to {most} can be"
    data: Json = {"custom_id": select["custom_id"], "component_type": select["type"], "id": select.get("id", 0)}
    if select["type"] == STRING_SELECT:
        return {**data, "values": [_offered(select, each) for each in chosen]}
    wanted = {ROLE_SELECT: Role, CHANNEL_SELECT: Channel, USER_SELECT: User}.get(select["type"], (Role, User))
    assert all(isinstance(each, wanted) for each in chosen), f"these cannot be chosen in {select['custom_id']!r}"
    resolved: Json = {}
    resolve(world, channel, chosen, resolved)
    return {**data, "values": [str(each.id) for each in chosen], "resolved": resolved}


def _offered(select: Json, wanted: str) -> str:
    for option in select["options"]:
        if wanted in {option["value"], option["label"]}:
            return str(option["value"])
    offered = [option["label"] for option in select["options"]]
    raise AssertionError(f"{wanted!r} is not offered; there are {offered}")
