"""What a person sees of a message: its text, in order, and what can be pressed or chosen in it."""

from collections.abc import Iterator

from tests.loopback.components import (
    BUTTON,
    CONTAINER,
    FILE,
    GALLERY,
    LINK_STYLE,
    SELECTS,
    SEPARATOR,
    TEXT,
    walk,
)
from tests.loopback.state import Json, Message

_THINKING = "(thinking)"
_RULE = "---"


def text_of(message: Message) -> str:
    """Return what a message reads like, its parts on lines of their own, buttons as [Label]."""
    if message.loading:
        return _THINKING
    lines = [message.content] if message.content else []
    for embed in message.embeds:
        lines += [embed[key] for key in ("title", "description") if embed.get(key)]
        lines += [f"{field['name']}\n{field['value']}" for field in embed.get("fields", [])]
        lines += [embed["footer"]["text"]] if embed.get("footer") else []
    lines += [f"(file {each['filename']})" for each in message.attachments]
    return "\n".join([*lines, *_lines(message.components)])


def _lines(components: list[Json]) -> Iterator[str]:
    for component in components:
        kind = component.get("type")
        if kind == TEXT:
            yield component["content"]
        elif kind == BUTTON:
            yield f"[{label_of(component)}]"
        elif kind in SELECTS:
            yield f"[{component.get('placeholder') or 'Select'} v]"
        elif kind == SEPARATOR:
            yield _RULE
        elif kind in {GALLERY, FILE}:
            yield "(media)"
        elif kind == CONTAINER or component.get("components"):
            yield from _lines(component["components"])
        if component.get("accessory"):
            yield from _lines([component["accessory"]])


def label_of(component: Json) -> str:
    """Return what stands on a button."""
    emoji = (component.get("emoji") or {}).get("name") or ""
    return " ".join(part for part in (emoji, component.get("label") or "") if part)


def buttons(message: Message) -> dict[str, Json]:
    """Return the buttons that can be pressed, by what stands on them; links are none."""
    found = (each for each in walk(message.components) if each.get("type") == BUTTON)
    return {label_of(each): each for each in found if each.get("style") != LINK_STYLE and not each.get("disabled")}


def selects(message: Message) -> list[Json]:
    """Return the lists from which something can be chosen."""
    return [each for each in walk(message.components) if each.get("type") in SELECTS and not each.get("disabled")]


def button_named(message: Message, name: str) -> Json:
    """Return the button with that label or custom id, else the one whose label alone begins so.

    Raises:
        AssertionError: there is none, or several.
    """
    there = buttons(message)
    exact = [each for label, each in there.items() if name in {label, each["custom_id"]}]
    found = exact or [each for label, each in there.items() if label.startswith(name)]
    assert len(found) == 1, f"no button {name!r} among {sorted(there)} in: {text_of(message)}"
    return found[0]


def select_named(message: Message, name: str | None) -> Json:
    """Return the list with that placeholder or custom id; the only one where no name is given.

    Raises:
        AssertionError: there is none, or several.
    """
    found = [each for each in selects(message) if name in {None, each["custom_id"], each.get("placeholder")}]
    assert len(found) == 1, f"no single list {name!r} in: {text_of(message)}"
    return found[0]
