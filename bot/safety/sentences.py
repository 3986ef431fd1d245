"""Cuts a message into sentences, as they are typed in chat."""

import re

_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_FEWEST_WORDS = 3
_MOST = 40


def sentences(text: str) -> list[str]:
    """Return the sentences of a text that have at least three words, at most forty; the text itself where none has."""
    found = [piece.strip() for piece in _END.split(text)]
    return [piece for piece in found if len(piece.split()) >= _FEWEST_WORDS][:_MOST] or [text]
