"""Messages that ask two or three things: the cards of each part come among the first, so that none goes unanswered."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.consult import coverage
from bot.consult.ports import PassageRetriever
from knowledge.retrieval import Found, Retrieved

MOST_PARTS = 3
"""As many as an answer has suggestions."""

_FEWEST_WORDS, _FEWEST_WORDS_UNMARKED = 5, 9
"""Words that a part has; more where nothing but a second question mark tells of it."""

_SENTENCE = re.compile(r"[^.?!\n]+[.?!]*")
_NEXT = re.compile(
    r"^\W*(?:and |but |oh )?(?:also\b|second(?:ly)?\b(?= question|,|:)|(?:an)?other (?:thing|question)\b|"
    r"one more (?:thing|question)\b|unrelated\b|separate(?:ly)?\b(?= question|,|:|$)|"
    r"different (?:question|thing|topic|client)\b|on another note\b|p\.? ?s\.?(?=\W)|"
    r"(?:my |the )?(?:2nd|next|second) (?:question|thing)\b|[23][.):](?=\s|$)|\([23]\))",
    re.IGNORECASE,
)
"""How a sentence says that something else is asked now."""

_ASKS = re.compile(
    r"\?|(?<!\w)(?:how|what|when|should|do i|is it|is this|can i|why|who|which|would you|could i|"
    r"any (?:idea|advice|tip)s?|help me|tell me)(?!\w)",
    re.IGNORECASE,
)
"""How a part asks, question mark or none."""

_CERTAIN = 0.7
"""How likely a part's cards must answer it, so that half a thought does not bring a card of its own."""


def split(question: str) -> list[str]:
    """Return the parts of a message that asks several things; the message alone where it asks one.

    A part begins where a sentence says so ("also", "second question", "2."), or after a question asked in full.
    """
    sentences = [one.strip() for one in _SENTENCE.findall(question) if one.strip()]
    marked = _grouped(sentences, [_NEXT.match(one) is not None for one in sentences])
    if _are_parts(marked, _FEWEST_WORDS):
        return marked
    after = [place > 0 and sentences[place - 1].endswith("?") for place in range(len(sentences))]
    asked = _grouped(sentences, after)
    if _are_parts(asked, _FEWEST_WORDS_UNMARKED) and all("?" in part for part in asked):
        return asked
    return [question]


def retrieve(retriever: PassageRetriever, question: str, *, outside: Callable[[str], float]) -> Retrieved:
    """Find cards for a message and for each of its parts.

    Args:
        retriever: finds cards.
        question: as it is searched for.
        outside: gives the scope screen's score of a part.

    Returns:
        What the whole message finds, the best card of each further part moved up behind the first card and named in
        `parts`.
    """
    whole = retriever.retrieve(question)
    parts = split(question)
    if len(parts) == 1 or not whole.found:
        return whole
    further = _further(whole.found[0], [(part, retriever.retrieve(part)) for part in parts], outside)
    first = [found for found, _ in further]
    ids = {found.card.id for found in first}
    others = [found for found in whole.found[1:] if found.card.id not in ids]
    nearness = dict(whole.unit_nearness)
    for found, of_part in further:
        nearness |= {unit.id: of_part[unit.id] for unit in found.card.units if unit.id in of_part}
    return replace(
        whole,
        found=(whole.found[0], *first, *others)[: max(len(whole.found), 1 + len(first))],
        unit_nearness=nearness,
        parts=tuple(found.card.id for found in first),
    )


def _further(
    best: Found, parts: Sequence[tuple[str, Retrieved]], outside: Callable[[str], float]
) -> list[tuple[Found, dict[str, float]]]:
    """Return the best card of each part that no card before it answers, with the units' nearness to the part."""
    topics = {best.card.primary_topic}
    chosen: list[tuple[Found, dict[str, float]]] = []
    for part, retrieved in parts:
        near = [found.card.primary_topic for found in retrieved.found[:2]]
        if not near or not topics.isdisjoint(near) or len(chosen) == MOST_PARTS - 1:
            continue
        if coverage.judge(part, retrieved, outside=outside(part)).probability >= _CERTAIN:
            own = retrieved.found[0]
            chosen.append((replace(own, score=min(own.score, best.score)), retrieved.unit_nearness))
            topics.add(near[0])
    return chosen


def _grouped(sentences: Sequence[str], begins: Sequence[bool]) -> list[str]:
    groups: list[list[str]] = []
    for sentence, new in zip(sentences, begins, strict=True):
        if new or not groups:
            groups.append([])
        groups[-1].append(sentence)
    return [" ".join(group) for group in groups]


def _are_parts(parts: Sequence[str], fewest: int) -> bool:
    if not 1 < len(parts) <= MOST_PARTS:
        return False
    return all(len(part.split()) >= fewest and _ASKS.search(part) is not None for part in parts)
