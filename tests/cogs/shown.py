"""What a person sees of the bot's messages in the simulated Discord: their texts and their buttons, in order."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord
from simcord.results import InteractionResult, ResponseMessage

_BUTTON = 2
_TEXT = 10


def walk(components: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield every component, nested ones behind those that hold them."""
    for component in components:
        yield component
        yield from walk(component.get("components", ()))
        yield from walk(component[name] for name in ("component", "accessory") if name in component)


def components_of(view: discord.ui.LayoutView) -> list[Mapping[str, Any]]:
    """Return a view as it is sent."""
    sent: list[Mapping[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]  # discord.py's own
    return sent


def texts_in(components: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what the text displays say."""
    return [component["content"] for component in walk(components) if component["type"] == _TEXT]


def labels_in(components: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what stands on the buttons."""
    return [component["label"] for component in walk(components) if component["type"] == _BUTTON]


def text_of(message: ResponseMessage | None) -> str:
    """Return all that a message says, in whichever form it is."""
    assert message is not None
    return message.content or "\n\n".join(texts_in(message.components))


def labels_of(message: ResponseMessage | None) -> list[str]:
    """Return what stands on a message's buttons."""
    assert message is not None
    return labels_in(message.components)


def shown_to_one(result: InteractionResult) -> list[str]:
    """Return what each message of an answer says; all of them are for the asker alone."""
    sent = [result.response, *result.followups]
    assert all(message is not None and message.ephemeral for message in sent)
    return [text_of(message) for message in sent]


def last_of(result: InteractionResult) -> ResponseMessage:
    """Return the last message of an answer, which carries the close and the buttons."""
    last = [result.response, *result.followups][-1]
    assert last is not None
    return last
