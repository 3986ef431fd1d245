"""Making, changing and deleting messages, for the routes of channels and of interactions alike."""

import re
from typing import Any

from tests.loopback.components import TEXT, walk
from tests.loopback.forms import message_json, numbered
from tests.loopback.limits import check_message
from tests.loopback.refusals import invalid_form
from tests.loopback.state import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    MENTION_EVERYONE,
    Channel,
    Event,
    Interaction,
    Json,
    Message,
    World,
)

_MAY_BE_SENT = EPHEMERAL | COMPONENTS_V2 | 1 << 2 | 1 << 12
"""Flags that a bot may set: ephemeral, Components V2, no previews of links, no notification."""

_MOST_ANSWERS, _LONGEST_ANSWER = 10, 55
_USER, _ROLE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")


def shown_text(content: str, components: list[Json]) -> str:
    """Return the text of a message in which mentions are read."""
    return "\n".join([content, *(each["content"] for each in walk(components) if each.get("type") == TEXT)])


def send(
    world: World, channel: Channel, body: Json, files: list[str], *, interaction: Interaction | None = None
) -> Message:
    """Send a message of the bot.

    Raises:
        Refused: it is not one that Discord takes.
    """
    check_message(body, files)
    flags = (body.get("flags") or 0) & _MAY_BE_SENT
    if interaction is None:
        flags &= ~EPHEMERAL
    message = Message(world.clock.new_id(), channel.id, world.bot.id, world.clock.stamp(), flags=flags)
    message.interaction = interaction
    message.reference = _reference(world, body)
    if flags & EPHEMERAL and interaction is not None:
        message.only_for = interaction.user_id
    _fill(world, channel, message, body, files)
    return post(world, channel, message)


def post(world: World, channel: Channel, message: Message) -> Message:
    """Put a message into its channel and tell the bot of it, where others see it too."""
    world.keep(message)
    if message.interaction is not None:
        message.interaction.messages.append(message)
    if message.only_for is None:
        world.emit(event_about(world, "MESSAGE_CREATE", channel, message))
    world.changes.happened()
    return message


def edit(world: World, message: Message, body: Json, files: list[str]) -> Message:
    """Change a message of the bot; one that was "thinking" shows what it was thinking of.

    Raises:
        Refused: it is not one that Discord takes.
    """
    before = {key: getattr(message, key) for key in ("content", "embeds", "components", "attachments", "flags")}
    check_message(body, files, before)
    message.flags |= (body.get("flags") or 0) & COMPONENTS_V2
    first = message.loading
    message.flags &= ~LOADING
    channel = world.channels[message.channel_id]
    _fill(world, channel, message, body, files, pings=first)
    message.edits.append(world.clock.now())
    if not first:
        message.edited = world.clock.stamp()
    if message.only_for is None:
        world.emit(event_about(world, "MESSAGE_UPDATE", channel, message))
    world.changes.happened()
    return message


def delete(world: World, message: Message) -> None:
    """Take a message away."""
    message.deleted = True
    channel = world.channels[message.channel_id]
    if message.only_for is None:
        data = {"id": str(message.id), "channel_id": str(channel.id)}
        world.emit(Event("MESSAGE_DELETE", _placed(data, channel), channel.guild_id))
    world.changes.happened()


def event_about(world: World, name: str, channel: Channel, message: Message) -> Event:
    """Return what the gateway tells of a message; whether its content is told is the gateway's to decide."""
    data = _placed(message_json(world, message), channel)
    return Event(name, data, channel.guild_id, message)


def _placed(data: Json, channel: Channel) -> Json:
    return data if channel.guild_id is None else {**data, "guild_id": str(channel.guild_id)}


def _fill(
    world: World, channel: Channel, message: Message, body: Json, files: list[str], *, pings: bool = True
) -> None:
    """Write what was sent into a message; what was not sent stays."""
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = [{"type": "rich", **embed} for embed in body["embeds"] or []]
    if "components" in body:
        message.components = numbered(body["components"] or [])
    if "attachments" in body or files:
        message.attachments = [attachment_json(world, name) for name in files]
    if body.get("poll"):
        message.poll = _poll(world, body["poll"])
    if pings and message.only_for is None:
        text = shown_text(message.content, message.components)
        message.pinged = pinged(world, channel, text, body.get("allowed_mentions"))
        message.mentions = sorted(message.pinged & set(world.users))


def pinged(world: World, channel: Channel, text: str, allowed: Json | None) -> set[int]:
    """Return whom a text of the bot pings: ids of people and roles, and 0 for everybody.

    Args:
        world: who there is.
        channel: where it is said.
        text: what is said.
        allowed: the `allowed_mentions` that came with it; without them every mention pings.
    """
    people = {int(found) for found in _USER.findall(text)} & set(world.users)
    guild = world.guilds.get(channel.guild_id or 0)
    named = {int(found) for found in _ROLE.findall(text)}
    may_all = bool(world.permissions(channel, world.bot.id) & MENTION_EVERYONE)
    roles = {role for role in named if guild and role in guild.roles and (may_all or guild.roles[role].mentionable)}
    everybody = {0} if may_all and ("@everyone" in text or "@here" in text) else set()
    if allowed is None:
        return people | roles | everybody
    parse: list[Any] = allowed.get("parse") or []
    listed = {int(user_id) for user_id in allowed.get("users") or []}
    listed_roles = {int(role_id) for role_id in allowed.get("roles") or []}
    kept = people if "users" in parse else people & listed
    kept_roles = roles if "roles" in parse else roles & listed_roles
    return kept | kept_roles | (everybody if "everyone" in parse else set())


def attachment_json(world: World, name: str) -> Json:
    address = f"https://cdn.discordapp.com/attachments/{name}"
    return {"id": str(world.clock.new_id()), "filename": name, "size": 1, "url": address, "proxy_url": address}


def _poll(world: World, sent: Json) -> Json:
    """Return a poll as Discord keeps it (API reference, "Poll Object").

    Raises:
        Refused: it has too few or too many answers, or one is too long.
    """
    answers = [answer["poll_media"] for answer in sent["answers"]]
    if not 1 <= len(answers) <= _MOST_ANSWERS or any(len(each["text"]) > _LONGEST_ANSWER for each in answers):
        raise invalid_form("poll.answers", "Must be between 1 and 10, of 55 characters at most.")
    return {
        "question": sent["question"],
        "answers": [{"answer_id": number, "poll_media": each} for number, each in enumerate(answers, 1)],
        "expiry": world.clock.stamp(),
        "allow_multiselect": bool(sent.get("allow_multiselect")),
        "layout_type": sent.get("layout_type", 1),
        "results": {"is_finalized": False, "answer_counts": []},
    }


def _reference(world: World, body: Json) -> int | None:
    reference = body.get("message_reference")
    if not reference:
        return None
    found = int(reference["message_id"])
    return found if found in world.messages else None
