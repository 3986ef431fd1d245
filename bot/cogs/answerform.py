"""The form of a curated answer, and what was typed into it as an answer."""

from dataclasses import replace
from typing import Any

import discord

from bot.cogs.router import Press, RoutedModal
from bot.errors import FixInput
from bot.storage.curated import Content, Item

_LONGEST = 4000
"""Characters that Discord lets a field hold (API reference, "Text Input Structure")."""

_SOURCE = "Source:"
_CAUTION = "Caution:"
_FIELDS = (
    ("title", "Title", "What it is about, in one line"),
    ("asks", "Questions that it answers", "One a line, as a counselor would type them"),
    ("when", "When to use it", "One point a line; may stay empty"),
    ("text", "What to consider", "One point a line"),
    ("more", "Words to try, cautions, sources", "One a line; begin with Caution: or Source: where it is one"),
)
_OPTIONAL = frozenset({"when", "more"})


def answer_form(action: str, *arguments: object, content: Content | None = None) -> RoutedModal:
    """Return the form, with an answer's words in it where there is one.

    Raises:
        FixInput: the words are longer than Discord's fields.
    """
    form = RoutedModal("An answer that supervisors stand behind", action, *arguments)
    filled = _filled(content) if content else {}
    if any(len(text) > _LONGEST for text in filled.values()):
        raise FixInput("this answer is longer than Discord's form holds", "edit its file, then import it")
    for name, label, hint in _FIELDS:
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.short if name == "title" else discord.TextStyle.paragraph,
            required=name not in _OPTIONAL,
            default=filled.get(name) or None,
            max_length=200 if name == "title" else _LONGEST,
        )
        form.add_item(discord.ui.Label(text=label, description=hint, component=text))
    return form


def typed_answer(press: Press) -> tuple[str, ...]:
    """Return everything that was typed into the form."""
    return tuple(press.text(name) for name, _, _ in _FIELDS)


def content_of(press: Press, before: Content | None = None) -> Content:
    """Return what was typed as an answer; what the form does not show stays as it was before."""
    more = _lines(press.text("more"))
    sources = tuple(line.removeprefix(_SOURCE).strip() for line in more if line.startswith(_SOURCE))
    marks = _marks(before) if before and before.sources == sources else {}

    def items(lines: list[str]) -> tuple[Item, ...]:
        return tuple(Item(line, marks.get(line, ())) for line in lines)

    return replace(
        before or Content("", (), ()),
        title=press.text("title"),
        asks=tuple(_lines(press.text("asks"))),
        sources=sources,
        when_to_use=items(_lines(press.text("when"))),
        text=items(_lines(press.text("text"))),
        wording=items([line for line in more if not line.startswith((_SOURCE, _CAUTION))]),
        caution=items([line.removeprefix(_CAUTION).strip() for line in more if line.startswith(_CAUTION)]),
    )


def _marks(content: Content) -> dict[str, tuple[str, ...]]:
    parts = (content.when_to_use, content.text, content.wording, content.caution)
    return {item.text: item.cites for part in parts for item in part}


def _filled(content: Content) -> dict[str, str]:
    more = [
        *(item.text for item in content.wording),
        *(f"{_CAUTION} {item.text}" for item in content.caution),
        *(f"{_SOURCE} {source}" for source in content.sources),
    ]
    return {
        "title": content.title,
        "asks": "\n".join(content.asks),
        "when": "\n".join(item.text for item in content.when_to_use),
        "text": "\n".join(item.text for item in content.text),
        "more": "\n".join(more),
    }


def _lines(text: str) -> list[str]:
    return [line.strip().removeprefix("- ") for line in text.splitlines() if line.strip()]
