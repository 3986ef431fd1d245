"""Cues that a statement turns round, hardens or adds to what its sources say; hints to be weighed, none decides."""

import re
from collections.abc import Sequence

from bot.consult import polarity

_WORD = re.compile(r"[a-z']+")
_STEP = re.compile(
    r"\b(?:first|then|before|afterwards|after|later|until|straight away|at once|immediately|right away|start|begin)\b"
)
_REASON = re.compile(
    r"\b(?:so that|so they|so the|so you|since|because|in order to|which (?:helps|makes|shows))\b|, so "
    r"|\bas (?:it|they|that|this|honesty|clients?|people)\b"
)


def cues(text: str, evidence: str, pairs: Sequence[tuple[str, str]], *, twisted: bool) -> dict[str, float]:
    """Return what the words hint at, by name.

    Args:
        text: the statement, in plain form.
        evidence: all that it cites, in plain form.
        pairs: its sentences with the near ones of its sources, in plain form.
        twisted: whether the rules of direction and strength find a sentence turned round or hardened.
    """
    own, theirs = _negations(text), _negations(evidence)
    hedged = bool(polarity.HEDGES.search(text))
    turned = [_turned(sentence, source) for sentence, source in pairs]
    found = {
        "twisted": twisted,
        "negations": own,
        "negations there": theirs,
        "negated alone": (own > 0) != (theirs > 0),
        "hedge lost": bool(polarity.SOURCE_HEDGES.search(evidence)) and not hedged,
        "hedged": hedged,
        "absolute": polarity.absolute(text, evidence),
        "opposed": polarity.opposed(text, evidence),
        "new step": bool(_STEP.search(text)) and not _STEP.search(evidence),
        "new reason": bool(_REASON.search(text)) and not _REASON.search(evidence),
        "turned": max(flips for flips, _ in turned),
        "held": max(held for _, held in turned),
    }
    return {name: float(value) for name, value in found.items()}


def _negations(text: str) -> int:
    return sum(word in polarity.NEGATORS for word in _WORD.findall(text))


def _turned(sentence: str, source: str) -> tuple[int, int]:
    """Return how many stems one negates and the other does not, and how many both take alike."""
    denied, said, _ = polarity.negated(polarity.unquoted(sentence))
    source_denied, source_said, _ = polarity.negated(polarity.unquoted(source))
    said, source_said = said - denied, source_said - source_denied
    return len(denied & source_said | said & source_denied), len(denied & source_denied | said & source_said)
