"""Keeps an answer short enough for a tired reader: at most 220 words before its sources."""

from dataclasses import replace

from bot.consult.outcome import Draft

MOST_WORDS = 220
"""Words of an answer before its sources, headings and citation numbers counted."""

_FEWEST_SUGGESTIONS = 2
_FURNITURE = 24
"""Words that headings, list numbers and citation numbers add at most."""

_SIGN = 30
"""Words that a sign and what it may be add at most."""


def shorten(draft: Draft) -> Draft:
    """Leave out the last suggestions, then the wording, until the answer fits; what to watch for always stays."""
    while _words(draft) > MOST_WORDS and len(draft.suggestions) > _FEWEST_SUGGESTIONS:
        draft = replace(draft, suggestions=draft.suggestions[:-1])
    if _words(draft) > MOST_WORDS:
        draft = replace(draft, wording=None)
    if _words(draft) > MOST_WORDS:
        draft = replace(draft, reading=None)
    return draft


def _words(draft: Draft) -> int:
    sign = _SIGN if draft.rupture.signs else 0
    single = (draft.reading, draft.wording, draft.watch)
    texts = [statement.text for statement in (*draft.suggestions, *single) if statement]
    return sum(len(text.split()) for text in (*texts, draft.reflect)) + sign + _FURNITURE
