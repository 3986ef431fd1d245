"""Whether the knowledge base covers a question: a probability from what retrieval found, never from nearness alone."""

import math
import re
from dataclasses import dataclass

from knowledge.retrieval import Retrieved

_NEARNESS, _OVERLAP, _FIT, _LENGTH, _OUTSIDE, _BASE = 10.71, 0.52, 5.13, 1.55, -4.7, -12.06
"""Weights of a logistic regression over development, tuning and seed questions (see docs/retrieval.md)."""

LEAST_PROBABILITY = 0.46
"""From here on a question is answered."""

_FEWEST_WORDS = 4
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
    if not retrieved.found:
        return Coverage(0.0, covered=False, too_thin=length < _FEWEST_WORDS)
    best = retrieved.found[0]
    evidence = _NEARNESS * best.nearness + _OVERLAP * best.overlap + _FIT * best.fit + _OUTSIDE * outside
    probability = 1 / (1 + math.exp(-(evidence + _LENGTH * math.log1p(length) + _BASE)))
    bare = is_bare(question)
    covered = probability >= LEAST_PROBABILITY and not bare
    return Coverage(probability, covered=covered, too_thin=bare or (not covered and length < _FEWEST_WORDS))


def is_bare(question: str) -> bool:
    """Tell whether a question is a few words that tell nothing of what happened, as in "client mad, help"."""
    words = re.findall(r"[^\W_]+(?:'\w+)?", question.casefold())
    return len(words) <= _MOST_BARE_WORDS and not _PLEAS.isdisjoint(words) and _BARE.issuperset(words)
