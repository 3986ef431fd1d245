"""Suggestions of different cards that say the same thing."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from knowledge.embedding import Embedder
from knowledge.entry import Corpus, Kind, Section, Unit
from knowledge.frontmatter import Problem
from knowledge.words import words

TOO_ALIKE = 0.95
"""Share of words in common plus cosine of the embeddings, from which two suggestions count as one."""

WORTH_EMBEDDING = 0.2
"""Share of words in common below which no pair was the same advice, however near its embeddings lay."""

_STEM = 5
"""Letters of a word that are compared, so that `agree` and `agreeing` are one."""

_COMMON = frozenset(
    """
    a about after an and any as ask at be before by can client clients did do does don for from had has have how i if in
    is it its may me my no not of on one or our out own say so than that the their them then they this to up us was we
    were what when which who will with you your
    """.split()  # noqa: SIM905  # a table of words reads better as one text
)
"""Words that say nothing of what a suggestion is about."""


def check_likeness(corpus: Corpus, accepted: frozenset[frozenset[str]], embedder: Embedder) -> Iterator[Problem]:
    """Yield the pairs of suggestions that are too alike, and the accepted pairs that no longer are.

    Safety cards are compared with other cards only: their first steps are the same on purpose, each complete alone.

    Args:
        corpus: the cards.
        accepted: pairs of unit ids that may be alike.
        embedder: rows of unit length.
    """
    alike = {
        frozenset((left.id, right.id)): (left, right, score) for left, right, score in alike_pairs(corpus, embedder)
    }
    for pair, (left, right, score) in alike.items():
        if pair not in accepted:
            path = corpus.by_id[left.card_id].path
            mend = "give one of them another step, or put the pair with its reason into accepted_pairs.yaml"
            yield Problem(path, 0, left.id, f"says nearly what {right.id} says ({score:.2f}); {mend}")
    for excused in accepted - set(alike):
        if all(unit in corpus.units for unit in excused):
            place = " ".join(sorted(excused))
            yield Problem("accepted_pairs.yaml", 0, place, "are not alike any more; take the pair out")


def alike_pairs(corpus: Corpus, embedder: Embedder, least: float = TOO_ALIKE) -> list[tuple[Unit, Unit, float]]:
    """Return the pairs of suggestions of different cards that are alike, the most alike first, each with its score."""
    units = [unit for card in corpus.cards for unit in card.section(Section.SUGGESTION)]
    near = _sharing_words(units, {card.id for card in corpus.cards if card.head.kind is Kind.SAFETY})
    places = {place for left, right, _ in near for place in (left, right)}
    rows = {place: row for row, place in enumerate(sorted(places))}
    vectors = embedder.embed([units[place].text for place in rows])
    scored = [
        (units[left], units[right], shared + float(vectors[rows[left]] @ vectors[rows[right]]))
        for left, right, shared in near
    ]
    return sorted((pair for pair in scored if pair[2] >= least), key=lambda pair: (-pair[2], pair[0].id, pair[1].id))


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words of a text that say what it is about."""
    return frozenset(word[:_STEM] for word in words(text) if word not in _COMMON)


def share(left: frozenset[str], right: frozenset[str]) -> float:
    """Return the share of words that two texts have in common, from their stems; 0 to 1."""
    together = len(left & right)
    return together / len(left | right) if together else 0.0


def _sharing_words(units: Sequence[Unit], safety: set[str]) -> list[tuple[int, int, float]]:
    told = [stems(unit.text) for unit in units]
    pairs = []
    for left, right in combinations(range(len(units)), 2):
        cards = {units[left].card_id, units[right].card_id}
        if len(cards) > 1 and not cards <= safety:
            shared = share(told[left], told[right])
            pairs += [(left, right, shared)] if shared >= WORTH_EMBEDDING else []
    return pairs
