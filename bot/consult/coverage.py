"""Whether the knowledge base covers a question: a probability from what retrieval found, never from nearness alone."""

import math
import re
from dataclasses import dataclass

from knowledge.retrieval import Found, Retrieved

_WEIGHTS = (8.90, 0.74, 0.26, -1.59, -0.99, -5.41)
_BASE = -3.03
"""A logistic regression over `evidence`, made by `make coverage` (docs/retrieval.md)."""

LEAST_PROBABILITY = 0.4
"""From here on a question is answered; chosen from the trade of false answers and false refusals (docs/retrieval.md)."""

_FEWEST_WORDS = 4
_FEWEST_TELLING = 3
"""A word or two is asked back about, however near a card's words are to it."""

_SHORTEST, _FARTHEST = 0.5, 700.0
"""Keep an empty question from a division by nought, and an absurd one from an overflow."""
_MOST_BARE_WORDS = 6
_BARE = frozenset(
    "a about advice again and angry anyone bad client clients counselor ct clt difficult do due feel feeling hard hate hates having he help "
    "her hey hi him how i idea ideas im i'm is issue issues it me mad my need no not now of on one please pls problem problems pt sad "
    "session she so stuck sup super supervisor terrible thanks the they this trouble ugh upset very weird what with work".split()
)  # fmt: skip
"""Words that by themselves tell nothing of what happened."""

_PLEAS = frozenset("help stuck please pls advice idea ideas ugh do what how".split())

CLARIFY = (
    "What happened between you and the client, what have you tried, and what would you like help with? "
    "A sentence each is plenty, and no names."
)
"""The question back where there is too little to go by."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well the knowledge base covers a question.

    Attributes:
        probability: that the found cards answer it, 0 to 1.
        covered: whether to answer.
        too_thin: whether the question is too short to tell, so that asking back helps.
    """

    probability: float
    covered: bool
    too_thin: bool


def judge(question: str, retrieved: Retrieved, *, outside: float) -> Coverage:
    """Judge whether the best card found covers the question.

    Args:
        question: as it was searched for.
        retrieved: what was found.
        outside: the scope screen's score, above 0 for what looks like another person's to answer.
    """
    length = len(question.split())
    if not retrieved.found or retrieved.found[0].whole <= 0:  # no word of it stands on the card
        return Coverage(0.0, covered=False, too_thin=length < _FEWEST_WORDS)
    known = evidence(question, retrieved.found[0], outside=outside)
    speaks = sum(weight * one for weight, one in zip(_WEIGHTS, known, strict=True)) + _BASE
    probability = 1 / (1 + math.exp(-max(speaks, -_FARTHEST)))
    bare = is_bare(question)
    covered = probability >= LEAST_PROBABILITY and not bare
    return Coverage(probability, covered=covered, too_thin=bare or (not covered and length < _FEWEST_WORDS))


def evidence(question: str, best: Found, *, outside: float) -> tuple[float, ...]:
    """Return what speaks for the best card or against it, one number a weight; words in common count by length."""
    length = math.log1p(len(question.split()))
    words = max(length, _SHORTEST)
    return best.nearness, best.overlap / words, best.whole / words, best.fit, length, outside


def is_bare(question: str) -> bool:
    """Tell whether a question is a few words that tell nothing of what happened, as in "hm" or "client mad, help"."""
    words = re.findall(r"[^\W_]+(?:'\w+)?", question.casefold())
    if len(words) < _FEWEST_TELLING:
        return True
    return len(words) <= _MOST_BARE_WORDS and not _PLEAS.isdisjoint(words) and _BARE.issuperset(words)
