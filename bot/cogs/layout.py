"""Replies and notices in Discord's Components V2, within its limits; the plain twin is `render.messages`."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import discord

from bot.cogs.render import inert, sheets, texts_of
from bot.consult.reply import Reply, Role

TEXT_LIMIT = 3900
"""Characters of one message; Discord lets all text displays of one hold 4,000 (API reference, "Text Display")."""

_MOST_TEXTS = 16
"""Text displays of a message's box; with the box, the close and three rows of buttons Discord's 40 components hold."""

_BUTTONS_IN_A_ROW = 5
_MOST_ROWS = 3

_SAFETY = 0xD64545
_ANSWER = 0x3B6EA8

Buttons: TypeAlias = Sequence[discord.ui.Button[Any]]
View: TypeAlias = discord.ui.LayoutView
Top: TypeAlias = discord.ui.Item[Any]


def layouts(reply: Reply, buttons: Buttons = ()) -> list[View]:
    """Return the messages that carry a reply, in order; the last one ends with the close, and the buttons under it."""
    colour = _SAFETY if any(part.role is Role.SAFETY for part in reply.parts) else _ANSWER
    pages = sheets(texts_of(reply), TEXT_LIMIT)
    views = [sealed(_boxed(texts, colour)) for texts in pages[:-1]]
    *body, close = pages[-1]
    last: list[Top] = [*_boxed(body, colour), discord.ui.TextDisplay(close), *rows(buttons)]
    return [*views, sealed(last)]


def pages(texts: Iterable[str], buttons: Buttons = ()) -> list[View]:
    """Return the messages that carry texts of ours, in order; the buttons stand under the last."""
    *before, last = sheets(texts, TEXT_LIMIT)
    return [*(sealed(_boxed(each, _ANSWER)) for each in before), sealed([*_boxed(last, _ANSWER), *rows(buttons)])]


def notice(*texts: str, buttons: Buttons = (), extra: Iterable[Top] = ()) -> View:
    """Return one message of our own words, each text a paragraph, with buttons or other rows under it.

    Raises:
        ValueError: the texts are too long for one message.
    """
    if sum(map(len, texts)) > TEXT_LIMIT:
        raise ValueError("a notice is too long for one message")
    return sealed([*(discord.ui.TextDisplay(text) for text in texts if text), *extra, *rows(buttons)])


def row(item: Top) -> discord.ui.ActionRow[Any]:
    """Return a row that holds one select."""
    return discord.ui.ActionRow(item)


def rows(buttons: Buttons) -> list[Top]:
    """Return buttons in rows of five.

    Raises:
        ValueError: there are more than fit.
    """
    found: list[Top] = [
        discord.ui.ActionRow(*buttons[at : at + _BUTTONS_IN_A_ROW]) for at in range(0, len(buttons), _BUTTONS_IN_A_ROW)
    ]
    if len(found) > _MOST_ROWS:
        raise ValueError("too many buttons for one message")
    return found


def quoted(text: str) -> str:
    """Return somebody's words as a quotation in which nothing is live."""
    return "\n".join(f"> {line}" for line in inert(text).split("\n"))


def sealed(items: Iterable[Top]) -> View:
    """Return a view that discord.py does not keep: its buttons are routed by what their `custom_id` says."""
    view = discord.ui.LayoutView(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def _boxed(texts: Sequence[str], colour: int) -> list[Top]:
    if not texts:
        return []
    shown = [*texts[: _MOST_TEXTS - 1], "\n\n".join(texts[_MOST_TEXTS - 1 :])]
    return [discord.ui.Container(*(discord.ui.TextDisplay(text) for text in shown if text), accent_colour=colour)]
