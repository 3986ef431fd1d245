"""Makes a draft of a document's text: headings that an answer has lead to its parts, all other text is the answer."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from bot.curation.screening import LONGEST_LINE, LONGEST_TITLE, MOST_ASKS, MOST_LINES
from bot.storage.curated import Content, Item
from knowledge.entry import SECTION_HEADINGS, Section

_ASKS = frozenset({"asks", "questions", "questions that it answers", "questions it answers"})
_SOURCES = frozenset({"sources", "references", "literature"})
_SECTIONS = {
    **{heading.casefold(): section for heading, section in SECTION_HEADINGS.items()},
    "when to use it": Section.READING,
    "what to watch for": Section.CAUTION,
}
"""Beside a card's own headings, those by which supervisors see the parts in Discord."""


_HEADING = re.compile(r"#{1,6}\s+(.*)")
_BULLET = re.compile(r"(?:[*•·▪◦\u2013-]|\d{1,2}[.)])\s+(.*)")
_TABLE_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
_LINK = re.compile(r"\[([^\]]*)\]\((?:mailto:)?([^)\s]*)[^)]*\)")
_STARS = re.compile(r"(?<!\\)\*+")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_PAGE_NUMBER = re.compile(r"\d{1,4}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LONGEST_HEADING = 100
"""Of a heading that only its place on the page makes one."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, an item of a list, a row of a table, or a heading."""

    text: str
    is_heading: bool = False


def drafted(text: str, name: str, *, has_headings: bool) -> tuple[Content | None, str, str]:
    """Return a document as a draft.

    Args:
        text: as Markdown.
        name: the file's, without its ending; the title where the document has none.
        has_headings: whether headings are marked; a PDF's are lines like others.

    Returns:
        The draft, or None; what is wrong with it, empty where nothing is; and a remark on what was made of it.
    """
    blocks = list(_blocks(text) if has_headings else _plain_blocks(text))
    title, blocks = _titled(blocks, name)
    parts: dict[Section, list[str]] = {section: [] for section in Section}
    asks: list[str] = []
    sources: list[str] = []
    current, lead = parts[Section.SUGGESTION], ""
    for block in blocks:
        if not block.is_heading:
            current += _cut(f"{lead}: {block.text}" if lead else block.text)
            lead = ""
            continue
        if lead:
            current.append(lead)
        known = _part(block.text, parts, asks, sources)
        current, lead = (parts[Section.SUGGESTION], block.text) if known is None else (known, "")
    if lead:
        current.append(lead)
    if wrong := _wrong(parts, asks):
        return None, wrong, ""
    content = Content(
        title=title,
        text=_items(parts[Section.SUGGESTION]),
        asks=tuple(asks or [title]),
        when_to_use=_items(parts[Section.READING]),
        wording=_items(parts[Section.WORDING]),
        caution=_items(parts[Section.CAUTION]),
        sources=tuple(sources),
    )
    lines = sum(map(len, parts.values()))
    remark = f'"{title}", {lines} {"line" if lines == 1 else "lines"}'
    if not asks:
        remark += "; it names no questions under a heading Questions, so its title stands as the one that finds it"
    return content, "", remark


def _titled(blocks: list[_Block], name: str) -> tuple[str, list[_Block]]:
    """Return the title, and the blocks without it: the first heading, unless that is one of an answer's parts."""
    for place, block in enumerate(blocks):
        if block.is_heading:
            if _key(block.text) in {*_SECTIONS, *_ASKS, *_SOURCES}:
                break
            return textwrap.shorten(block.text, LONGEST_TITLE, placeholder=" …"), blocks[:place] + blocks[place + 1 :]
    words = " ".join(re.split(r"[\s_-]+", name)).strip() or "Untitled"
    return textwrap.shorten(words[:1].upper() + words[1:], LONGEST_TITLE, placeholder=" …"), blocks


def _part(heading: str, parts: dict[Section, list[str]], asks: list[str], sources: list[str]) -> list[str] | None:
    key = _key(heading)
    if key in _ASKS:
        return asks
    if key in _SOURCES:
        return sources
    return parts[_SECTIONS[key]] if key in _SECTIONS else None


def _key(heading: str) -> str:
    return heading.strip(" :").casefold()


def _wrong(parts: dict[Section, list[str]], asks: list[str]) -> str:
    if not parts[Section.SUGGESTION]:
        return "has nothing to consider in it; write the answer itself under a heading To consider, or under none"
    most = max(map(len, parts.values()))
    if most > MOST_LINES:
        return f"has {most} paragraphs and list items in one part; an answer has up to {MOST_LINES}, so split it"
    return f"has more than {MOST_ASKS} questions; split it" if len(asks) > MOST_ASKS else ""


def _items(texts: list[str]) -> tuple[Item, ...]:
    return tuple(Item(text) for text in texts)


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the blocks of Markdown, in which a line is a paragraph, an item, a row or a heading."""
    for line in map(str.strip, text.splitlines()):
        if not line or _TABLE_RULE.fullmatch(line):
            continue
        heading, bullet = _HEADING.fullmatch(line), _BULLET.fullmatch(line)
        marked = heading or bullet
        if words := _plain(marked[1] if marked else _row(line)):
            yield _Block(words, is_heading=heading is not None)


def _row(line: str) -> str:
    """Return a row of a table as its cells; any other line as it is."""
    if not line.startswith("|"):
        return line
    return ", ".join(cell.strip() for cell in line.strip("|").split("|") if cell.strip())


def _plain(text: str) -> str:
    """Return Markdown without its marks; a link keeps its address behind its words."""
    linked = _LINK.sub(lambda link: link[1] if link[2] in {"", link[1]} else f"{link[1]} ({link[2]})", text)
    return " ".join(_ESCAPED.sub(r"\1", _STARS.sub("", linked)).split())


def _plain_blocks(text: str) -> Iterator[_Block]:
    """Yield the blocks of a PDF's text: lines between empty ones are a paragraph, unless a bullet begins one."""
    is_first = True
    for paragraph in re.split(r"\n\s*\n|\f", text):
        pieces: list[str] = []
        for line in filter(None, map(str.strip, paragraph.splitlines())):
            bullet = _BULLET.fullmatch(line)
            if bullet or not pieces:
                pieces.append(bullet[1] if bullet else line)
            else:
                pieces[-1] += f" {line}"
        for piece in pieces:
            if _PAGE_NUMBER.fullmatch(piece):
                continue
            yield _Block(" ".join(piece.split()), is_heading=_is_heading(piece, is_first=is_first))
            is_first = False


def _is_heading(text: str, *, is_first: bool) -> bool:
    if _key(text) in {*_SECTIONS, *_ASKS, *_SOURCES}:
        return True
    return is_first and len(text) <= _LONGEST_HEADING and text[-1] not in ".!?,;:"


def _cut(text: str) -> list[str]:
    """Return a text in lines that are not too long, cut after sentences where there are any."""
    lines: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        for piece in textwrap.wrap(sentence, LONGEST_LINE, break_on_hyphens=False):
            if lines and len(lines[-1]) + len(piece) < LONGEST_LINE:
                lines[-1] += f" {piece}"
            else:
                lines.append(piece)
    return lines
