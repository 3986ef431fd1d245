"""Reads every text on its way in: identifiers out, no orders to a model, no markup in a title, all within bounds."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot import log
from bot.errors import FixInput
from bot.safety.verdicts import Alarm, Level, Redaction
from bot.storage.curated import Content, Item

LONGEST_TITLE = 200
LONGEST_LINE = 2_000
MOST_LINES = 40
MOST_ASKS = 80
LONGEST_REASON = 400
_MOST_PLACES = 8

_PLACEHOLDER = re.compile(r"\[[a-z][a-z -]{1,30}\]")
_MARKUP = re.compile(r"https?://|<[@#!/a-z]|@(?:everyone|here)\b|\]\(|[`|]{2}|\*\*|__|^#", re.IGNORECASE)
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?]{0,40}\b(?:instruction|prompt|rule|previous|above)"
    r"|\bsystem prompt\b|\byou are now\b|</?(?:system|question|passages?|instructions?)>|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE,
)


class Redactor(Protocol):
    """Takes identifying details out."""

    def redact(self, text: str) -> Redaction | None:
        """Return the text without identifiers, or None where one may still stand in it."""


class ReadsDanger(Protocol):
    """Looks for danger to anyone."""

    def read(self, question: str, thread: Sequence[str] = ()) -> Alarm:
        """Read a raw text."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A text as it may be kept.

    Attributes:
        content: with placeholders where identifiers stood.
        removed: how many of each kind were taken out; never the values.
    """

    content: Content
    removed: tuple[tuple[str, int], ...]


class Screen:
    """Reads texts of curation."""

    def __init__(self, redactor: Redactor, danger: ReadsDanger | None = None) -> None:
        """Hold what takes identifiers out, and what reads files for danger; what is typed was read for it before."""
        self._redactor = redactor
        self._danger = danger

    def content(self, content: Content) -> Screened:
        """Return an answer as it may be kept.

        The sources are works by named people, so only addresses and numbers are looked for in them.

        Raises:
            FixInput: something in it cannot be kept; the sentence says which part.
        """
        _require_bounds(content)
        removed: Counter[str] = Counter()

        def clean(text: str, where: str) -> str:
            if _ORDER.search(text):
                raise FixInput(f"{where} reads like an order to a language model", "write it to the reader")
            redaction = self._redactor.redact(text)
            if redaction is None:
                raise FixInput(f"{where} may identify somebody and cannot be cleared", "write it in general words")
            removed.update({one.type: one.count for one in redaction.removed})
            return " ".join(redaction.text.split())

        def items(part: Iterable[Item], where: str) -> tuple[Item, ...]:
            return tuple(Item(clean(item.text, f"{where}, item {n}"), item.cites) for n, item in enumerate(part, 1))

        title = clean(content.title, "the title")
        if _MARKUP.search(title):
            raise FixInput("the title holds markup, a link or a mention", "write it in plain words")
        for source in content.sources:
            if _ORDER.search(source) or "@" in source:
                raise FixInput("a source is no title of a work", "give author, year and title")
        screened = replace(
            content,
            title=title,
            when_to_use=items(content.when_to_use, "when to use it"),
            text=items(content.text, "the answer"),
            wording=items(content.wording, "the wording"),
            caution=items(content.caution, "what to watch for"),
            asks=tuple(clean(ask, f"question {n}") for n, ask in enumerate(content.asks, 1)),
            reflect=clean(content.reflect, "the question to oneself") if content.reflect else "",
            supervision=clean(content.supervision, "the question for supervision") if content.supervision else "",
        )
        return Screened(screened, tuple(sorted(removed.items())))

    def remark(self, content: Content) -> str | None:
        """Return what whoever approves a file's words has to know: which of them read like present danger."""
        found = [where for where, text in _places(content) if self._is_danger(text)]
        if not found:
            return None
        more = f" and {len(found) - _MOST_PLACES} more" if len(found) > _MOST_PLACES else ""
        return f"reads like present danger to somebody ({', '.join(found[:_MOST_PLACES])}{more}); weigh it with care"

    def _is_danger(self, text: str) -> bool:
        if self._danger is None:
            return False
        try:
            return self._danger.read(text).level is Level.CRISIS
        except Exception as error:  # noqa: BLE001  # a screen that fails, however it fails, must let nothing pass
            log.event("stage failed", stage="crisis", error=type(error).__name__)
            return True

    def line(self, text: str, where: str, *, longest: int = LONGEST_REASON) -> str:
        """Return one line, such as a reason, as it may be kept.

        Raises:
            FixInput: it is empty, too long, or may identify somebody.
        """
        words = " ".join(text.split())
        if not words or len(words) > longest:
            raise FixInput(f"{where} is empty or too long", f"write up to {longest} characters")
        redaction = self._redactor.redact(words)
        if redaction is None:
            raise FixInput(f"{where} may identify somebody and cannot be cleared", "write it in general words")
        return redaction.text[:longest]

    def view(self, text: str, *, longest: int) -> str:
        """Return a second view, which askers read, as it may be kept.

        Raises:
            FixInput: as `line`, and where it reads like an order to a model.
        """
        if _ORDER.search(text):
            raise FixInput("the second view reads like an order to a language model", "write it to the reader")
        return self.line(text, "the second view", longest=longest)

    def require_general(self, content: Content) -> None:
        """Look once more before an approval: nothing may have to be taken out, and no placeholder may be left.

        Raises:
            FixInput: something in it points at somebody.
        """
        screened = self.content(content)
        if screened.removed:
            kinds = ", ".join(kind for kind, _ in screened.removed)
            raise FixInput(f"the text holds what may identify somebody ({kinds})", "edit it, then submit it again")
        for text in words_of(content):
            _require_no_placeholder(text)

    def require_general_line(self, text: str) -> None:
        """Look once more at a single line before its approval, as `require_general` does at an answer.

        Raises:
            FixInput: something in it points at somebody.
        """
        redaction = self._redactor.redact(text)
        if redaction is None or redaction.removed:
            raise FixInput("the text holds what may identify somebody", "take it away, then write it in general words")
        _require_no_placeholder(text)


def _places(content: Content) -> list[tuple[str, str]]:
    parts = (
        ("when to use it", content.when_to_use),
        ("the answer", content.text),
        ("the wording", content.wording),
        ("what to watch for", content.caution),
    )
    items = [(f"{where}, item {n}", item.text) for where, part in parts for n, item in enumerate(part, 1)]
    asks = [(f"question {n}", ask) for n, ask in enumerate(content.asks, 1)]
    ends = [("the question to oneself", content.reflect), ("the question for supervision", content.supervision)]
    return [("the title", content.title), *asks, *items, *(end for end in ends if end[1])]


def words_of(content: Content) -> tuple[str, ...]:
    """Return every text of an answer but its sources."""
    parts = (*content.when_to_use, *content.text, *content.wording, *content.caution)
    ends = tuple(text for text in (content.reflect, content.supervision) if text)
    return (content.title, *(item.text for item in parts), *content.asks, *ends)


def _require_no_placeholder(text: str) -> None:
    if found := _PLACEHOLDER.search(text):
        raise FixInput(f"{found.group()} still stands where a detail of somebody was", "edit it into general words")


def _require_bounds(content: Content) -> None:
    parts = (content.when_to_use, content.text, content.wording, content.caution)
    if not content.title.strip() or len(content.title) > LONGEST_TITLE:
        raise FixInput("the title is empty or too long", f"write up to {LONGEST_TITLE} characters on one line")
    if not content.text:
        raise FixInput("there is nothing to consider in the answer", "write at least one sentence")
    if not content.asks:
        raise FixInput("no question finds this answer", "write at least one question, as a counselor would type it")
    if any(len(part) > MOST_LINES for part in parts) or len(content.asks) > MOST_ASKS:
        raise FixInput("the answer has too many lines", f"write up to {MOST_LINES} a part and {MOST_ASKS} questions")
    if any(not text.strip() or len(text) > LONGEST_LINE for text in words_of(content)):
        raise FixInput("a line is empty or too long", f"write up to {LONGEST_LINE:,} characters a line")
    if any("{#" in item.text for part in parts for item in part):
        raise FixInput("an item holds {#, which marks the end of an item in a file", "leave it out")
    known = {*content.sources, *(str(place) for place in range(1, len(content.sources) + 1))}
    for cite in (cite for part in parts for item in part for cite in item.cites):
        if cite.partition("@")[0] not in known:
            raise FixInput(f"an item cites {cite}, which is not among the sources", "add the source, or mend the mark")
