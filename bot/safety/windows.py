"""Cuts a message into overlapping windows that the model reads whole, at the ends of sentences where there are any."""

import re

_END = re.compile(r"(?<=[.!?;])\s+|\n+")
LONGEST = 900
"""Characters of a window: English of this length is within the model's 256 word pieces."""

_SHARED = 150
"""Characters, at least, that a window repeats of the one before, so that what stands across a cut is read together."""


def windows(text: str, longest: int = LONGEST, shared: int = _SHARED) -> list[tuple[int, int]]:
    """Return the starts and ends of a text's windows, in order; a short text is one window.

    Args:
        text: the text.
        longest: characters of a window, at most.
        shared: characters, at least, that a window repeats of the one before; less than a third of `longest`.
    """
    found, start = [], 0
    while True:
        end = _cut(text, start, longest)
        found.append((start, end))
        if end == len(text):
            return found
        start = _cut(text, start, longest - shared)


def _cut(text: str, start: int, longest: int) -> int:
    """Return where a stretch from `start` ends: after a sentence, else after a space, else after `longest` characters."""
    if len(text) - start <= longest:
        return len(text)
    part = text[start : start + longest]
    ends = [match.end() for match in _END.finditer(part)]
    if ends and ends[-1] > longest // 3:
        return start + ends[-1]
    space = part.rfind(" ")
    return start + (space + 1 if space > longest // 3 else longest)
