"""Cuts a message into sentences, as they are typed in chat, and into passages of a few sentences."""

import re

_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_FEWEST_WORDS = 3
_EDGE = 120
"""Of a message with more sentences than twice this, the first and the last so many are read."""

_PASSAGE, _STEP = 6, 4
"""Sentences of a passage, and how far the next one starts after it, so that neighbours overlap."""


def sentences(text: str) -> list[str]:
    """Return the different sentences of a text that have at least three words; the text itself where none has."""
    pieces = dict.fromkeys(piece.strip() for piece in _END.split(text))
    found = [piece for piece in pieces if len(piece.split()) >= _FEWEST_WORDS]
    if len(found) > 2 * _EDGE:
        found = found[:_EDGE] + found[-_EDGE:]
    return found or [text]


def passages(text: str) -> list[list[str]]:
    """Return the sentences of a text in overlapping passages; a short text is one passage."""
    found = sentences(text)
    starts = range(0, max(1, len(found) - _PASSAGE + _STEP), _STEP)
    return [found[start : start + _PASSAGE] for start in starts]
