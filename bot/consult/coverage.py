"""Whether the knowledge base covers a question: a probability from what retrieval found, never from nearness alone."""

import math
from dataclasses import dataclass

from knowledge.retrieval import Retrieved

_NEARNESS, _OVERLAP, _FIT, _LENGTH, _OUTSIDE, _BASE = 10.71, 0.52, 5.13, 1.55, -4.7, -12.06
"""Weights of a logistic regression over development, tuning and seed questions (see docs/retrieval.md)."""

LEAST_PROBABILITY = 0.35
"""From here on a question is answered."""

_FEWEST_WORDS = 4

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
    covered = probability >= LEAST_PROBABILITY
    return Coverage(probability, covered=covered, too_thin=not covered and length < _FEWEST_WORDS)
