"""The cards as people look things up in them: by words typed, by title, by chance."""

import asyncio
import heapq
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import log
from bot.consult.ports import PassageRetriever, PrivacyScreen
from bot.consult.references import one_line
from bot.safety.normalise import encodable
from bot.safety.verdicts import Redaction, Removal
from knowledge.entry import Card, Corpus

SUGGESTIONS = 25
"""Suggestions while somebody types; Discord shows no more (API reference, "Autocomplete")."""

_MOST_FOUND = 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that a card is found by.

    Attributes:
        text: its title, or a question that it answers.
        card: the card's id.
    """

    text: str
    card: str


@dataclass(frozen=True, slots=True)
class FoundCards:
    """What a search found.

    Attributes:
        cards: nearest first.
        removed: which identifiers were taken out of the words before they were searched for.
    """

    cards: tuple[Card, ...]
    removed: tuple[Removal, ...]


class Library:
    """Looks things up in the cards; one instance serves all."""

    def __init__(
        self,
        *,
        corpus: Corpus,
        retriever: PassageRetriever,
        privacy: PrivacyScreen,
        choose: Callable[[Sequence[Card]], Card] = secrets.choice,
    ) -> None:
        """Hold the collaborators, and keep what cards are found by in memory.

        Args:
            corpus: the cards.
            retriever: finds cards by words.
            privacy: takes identifiers out of what is typed.
            choose: picks one card.
        """
        self.corpus = corpus
        self._retriever = retriever
        self._privacy = privacy
        self._choose = choose
        self._titles = [_Entry(card.head.title, card.id, 0) for card in corpus.cards]
        self._asks = [_Entry(ask, card.id, 1) for card in corpus.cards for ask in card.head.asks]

    async def redact(self, text: str) -> Redaction | None:
        """Return a text without identifiers; None where it cannot be told that none stands in it any more."""
        try:
            return await asyncio.to_thread(self._privacy.redact, encodable(text))
        except Exception as error:  # noqa: BLE001  # a screen that fails, however it fails, must let nothing pass
            log.event("stage failed", stage="privacy", error=type(error).__name__)
            return None

    async def search(self, words: str) -> FoundCards | None:
        """Return the cards nearest to somebody's words; None where these could not be freed of identifiers.

        Raises:
            KnowledgeError: the index cannot be read.
        """
        redaction = await self.redact(words)
        if redaction is None:
            return None
        if not redaction.text.strip():
            return FoundCards((), redaction.removed)
        retrieved = await asyncio.to_thread(self._retriever.retrieve, redaction.text)
        return FoundCards(tuple(found.card for found in retrieved.found[:_MOST_FOUND]), redaction.removed)

    def suggest(self, typed: str, *, titles_only: bool = False) -> list[Suggestion]:
        """Return what holds all of the words typed so far, titles first; the first titles where nothing was typed."""
        words = encodable(typed).casefold().split()
        entries = self._titles if titles_only else [*self._titles, *self._asks]
        ranked = ((entry.rank(words), place, entry) for place, entry in enumerate(entries))
        best = heapq.nsmallest(SUGGESTIONS, ((rank, place, entry) for rank, place, entry in ranked if rank is not None))
        return [Suggestion(entry.text, entry.card) for _, _, entry in best]

    def find(self, named: str) -> Card | None:
        """Return the card of an id or a title, if there is one."""
        wanted = one_line(named).casefold()
        by_title = (card for card in self.corpus.cards if one_line(card.head.title).casefold() == wanted)
        return self.corpus.by_id.get(wanted) or next(by_title, None)

    def any_card(self) -> Card:
        """Return a card by chance."""
        return self._choose(self.corpus.cards)


class _Entry:
    """A title or an ask, ready to be compared with what is typed."""

    __slots__ = ("_folded", "_kind", "card", "text")

    def __init__(self, text: str, card: str, kind: int) -> None:
        self.text = one_line(text)
        self.card = card
        self._folded = f" {self.text.casefold()}"
        self._kind = kind

    def rank(self, words: Sequence[str]) -> tuple[int, int] | None:
        """Return how well it fits, lowest best: words at the beginning of its words, titles before asks."""
        if not all(word in self._folded for word in words):
            return None
        inside = sum(f" {word}" not in self._folded for word in words)
        return inside, self._kind
