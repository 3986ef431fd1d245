"""Asks of one card that stand on another card too, so that the wrong one may be found for them."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from knowledge.entry import Corpus
from knowledge.frontmatter import Problem
from knowledge.words import words

SAME_ASK = 0.9
"""Share of words in common from which two asks are one."""

_FEWEST_WORDS = 4
"""Shorter asks share their words by chance."""


def check_shadows(corpus: Corpus) -> Iterator[Problem]:
    """Yield the asks of a card that another card of another topic holds too, word for word or nearly."""
    asks = [
        (card, number, frozenset(words(ask))) for card in corpus.cards for number, ask in enumerate(card.head.asks, 1)
    ]
    same: dict[frozenset[str], list[int]] = defaultdict(list)
    for place, (_, _, told) in enumerate(asks):
        for part in _parts(told):
            same[part].append(place)
    seen: set[tuple[int, int]] = set()
    for places in same.values():
        for left, right in combinations(places, 2):
            if (left, right) in seen:
                continue
            seen.add((left, right))
            (card, number, told), (other, there, also) = asks[left], asks[right]
            if card.primary_topic != other.primary_topic and same_ask(told, also):
                mend = "keep it where it belongs, or word the other so that it tells them apart"
                yield Problem(card.path, 2, "asks", f"ask {number} is ask {there} of {other.id} too; {mend}")


def same_ask(left: frozenset[str], right: frozenset[str]) -> bool:
    """Tell whether two asks are one, from their words."""
    return len(left & right) >= SAME_ASK * len(left | right)


def _parts(told: frozenset[str]) -> set[frozenset[str]]:
    """Return the words, and the words less one each: asks that differ by a word or two share one of them."""
    if len(told) < _FEWEST_WORDS:
        return {told}
    return {told, *(told - {word} for word in told)}
