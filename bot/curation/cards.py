"""What a server's supervisors wrote or verified, in the form of cards; it needs nothing of the records."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from knowledge.entry import Card, Corpus, Source

PREFIX = "our-"
"""Begins the id of every curated answer's card, as no card's of the core corpus does."""


@dataclass(frozen=True, slots=True)
class CuratedCard(Card):
    """A curated answer in the form of a card.

    Attributes:
        badge: the sentence that stands with it wherever it is shown.
        views: second views and caveats, each as it is shown.
        sources: those of its sources that the core corpus does not have, by id.
    """

    badge: str = ""
    views: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifiedCard(Card):
    """A card of the core corpus that a server's supervisors have verified.

    Attributes:
        badge: the sentence that says so.
    """

    badge: str = ""


def with_curated(corpus: Corpus, cards: Iterable[Card]) -> Corpus:
    """Return the corpus with the curated cards among some that were found, so that their units and sources resolve.

    A card that was verified takes the place of the same card without its badge.
    """
    cards = list(cards)
    ours = [card for card in cards if isinstance(card, CuratedCard)]
    verified = {card.id: card for card in cards if isinstance(card, VerifiedCard)}
    if not ours and not verified:
        return corpus
    core = [verified.get(card.id, card) for card in corpus.cards] if verified else corpus.cards
    sources = {source.id: source for source in chain.from_iterable(card.sources for card in ours)}
    return replace(corpus, cards=(*core, *ours), sources={**corpus.sources, **sources})
