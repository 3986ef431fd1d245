"""Makes an answer, which a supervisor has still to put in order, of words that were written for something else."""

import re
import textwrap

from bot.curation.screening import LONGEST_LINE
from bot.storage.curated import Content, Item

_TITLE_WORDS = 8
_WORD = re.compile(r"\[[a-z][a-z -]*\]|[\w'-]+")


def draft_of(text: str, ask: str | None = None) -> Content:
    """Return redacted words as an answer: each line a point, the title from the question that they answer.

    Args:
        text: the words.
        ask: the question; the first line of the words where nobody knows one.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    points = [part for line in lines for part in textwrap.wrap(line, LONGEST_LINE)]
    asked = " ".join((ask or (lines[0] if lines else "")).split())[:LONGEST_LINE]
    title = " ".join(_WORD.findall(asked)[:_TITLE_WORDS])
    return Content(title=title, text=tuple(Item(point) for point in points), asks=(asked,))
