"""What stands in a room of the simulated Discord, or in an interaction's answers: texts, buttons, by message."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult, ResponseMessage

from bot.client import SupervisionBot

_BUTTON = 2
_TEXT = 10


def _walk(components: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _walk(component.get("components", ()))


def _components(message: discord.Message | ResponseMessage) -> list[Mapping[str, Any]]:
    if isinstance(message, ResponseMessage):
        return list(_walk(message.components))
    return list(_walk(component.to_dict() for component in message.components))


def text_of(message: discord.Message | ResponseMessage) -> str:
    """Return all that a message says, in whichever form it is."""
    texts = [component["content"] for component in _components(message) if component["type"] == _TEXT]
    return "\n\n".join([*([message.content] if message.content else []), *texts])


def buttons_of(message: discord.Message | ResponseMessage) -> dict[str, str]:
    """Return the buttons under a message: what stands on each, and its custom_id."""
    found = [component for component in _components(message) if component["type"] == _BUTTON]
    return {component["label"]: component["custom_id"] for component in found}


def by_bot(channel: ChannelHandle, bot: SupervisionBot) -> list[discord.Message]:
    """Return what the bot wrote in a channel, earliest first."""
    assert bot.user is not None
    kinds = {discord.MessageType.default, discord.MessageType.reply}
    return [message for message in channel.history() if message.author.id == bot.user.id and message.type in kinds]


def private(result: InteractionResult) -> list[str]:
    """Return what an interaction's messages say, all of them for its person alone."""
    sent = [message for message in (result.response, *result.followups) if message]
    assert all(message.ephemeral for message in sent)
    return [text_of(message) for message in sent]
