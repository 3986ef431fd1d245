"""What a draft says that is there already: in a live answer of its server, or in a card of the program.

Suggestions are compared as `cards check` compares those of the cards: words in common plus nearness of the embeddings.
"""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bot import log
from bot.curation.shelf import Near, Shelf
from bot.errors import AssistantError
from bot.storage.curated import Content
from bot.storage.supervisors import Supervisors
from knowledge.embedding import Embedder
from knowledge.entry import Card, Corpus, Section, Unit
from knowledge.errors import KnowledgeError
from knowledge.quality.likeness import TOO_ALIKE, WORTH_EMBEDDING, share, stems
from knowledge.quality.shadows import SAME_ASK, same_ask
from knowledge.words import words

_MOST_NEAR = 4
_ASKS_LOOKED_UP = 8
"""Of a draft's asks, so many are looked up among the server's own answers; its points all are."""

_Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Alike:
    """Something that says nearly what a draft says.

    Attributes:
        title: of the answer or card.
        name: the answer's name; None for a card of the program.
        pairs: what the draft says, and what stands there.
    """

    title: str
    name: str | None
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shadow:
    """An ask of a draft that is an ask of a card, too."""

    ask: str
    title: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a draft; that with most in common first."""

    alike: tuple[Alike, ...] = ()
    shadows: tuple[Shadow, ...] = ()


class Likeness:
    """Compares drafts with what is there."""

    def __init__(self, corpus: Corpus, embedder: Embedder, shelf: Shelf, supervisors: Supervisors) -> None:
        """Hold the parts.

        Args:
            corpus: the cards of the program.
            embedder: of the index's space; rows of unit length.
            shelf: finds a server's live answers.
            supervisors: knows which cards a server has hidden; those are not compared.
        """
        self._corpus = corpus
        self._embedder = embedder
        self._shelf = shelf
        self._supervisors = supervisors
        self._vectors: dict[str, _Vector] = {}

    async def beside(self, server: int, content: Content, answer: uuid.UUID | None = None) -> Beside:
        """Return what stands beside a draft; nothing where it cannot be compared now.

        Args:
            server: whose draft.
            content: its words.
            answer: itself, which is not compared.
        """
        try:
            marks = await self._supervisors.card_marks(server)
            hidden = frozenset(card for card, mark in marks.items() if mark.kind == "hidden")
            shadows = await asyncio.to_thread(lambda: tuple(self._shadows(content, hidden)))
            cards = await asyncio.to_thread(self._cards, content, hidden)
            answers = await self._answers(server, content, answer)
        except (AssistantError, KnowledgeError) as error:
            log.event("draft not compared", error=type(error).__name__)
            return Beside()
        return Beside(tuple(sorted([*answers, *cards], key=lambda one: -len(one.pairs))), shadows)

    @cached_property
    def _suggestions(self) -> list[tuple[Card, Unit, frozenset[str]]]:
        return [
            (card, unit, stems(unit.text)) for card in self._corpus.cards for unit in card.section(Section.SUGGESTION)
        ]

    @cached_property
    def _asks(self) -> dict[int, list[tuple[Card, frozenset[str]]]]:
        """The asks of all cards by how many words they have, so that few are compared with any one."""
        found = defaultdict(list)
        for card in self._corpus.cards:
            for ask in card.head.asks:
                told = frozenset(words(ask))
                found[len(told)].append((card, told))
        return found

    def _shadows(self, content: Content, hidden: frozenset[str]) -> Iterator[Shadow]:
        for ask in content.asks:
            told = frozenset(words(ask))
            lengths = (one for one in self._asks if SAME_ASK * len(told) <= one <= len(told) / SAME_ASK)
            titles = [
                card.head.title
                for length in lengths
                for card, there in self._asks[length]
                if card.id not in hidden and same_ask(told, there)
            ]
            yield from (Shadow(ask, title) for title in dict.fromkeys(titles))

    def _cards(self, content: Content, hidden: frozenset[str]) -> list[Alike]:
        pairs: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for item in content.text:
            told = stems(item.text)
            near = [
                (unit, shared)
                for card, unit, there in self._suggestions
                if card.id not in hidden and (shared := share(told, there)) >= WORTH_EMBEDDING
            ]
            if near:
                self._embed(unit for unit, _ in near)
                (vector,) = self._embedder.embed([item.text])
            pairs_of_item = {
                unit.card_id: (item.text, unit.text)
                for unit, shared in near
                if shared + float(self._vectors[unit.id] @ vector) >= TOO_ALIKE
            }
            for card_id, pair in pairs_of_item.items():
                pairs[card_id].append(pair)
        by_id = self._corpus.by_id
        return [Alike(by_id[card].head.title, None, tuple(found)) for card, found in pairs.items()]

    def _embed(self, units: Iterable[Unit]) -> None:
        """Make the vectors of units that were not needed before; those of one corpus never change."""
        new = [unit for unit in units if unit.id not in self._vectors]
        if new:
            self._vectors |= zip(
                (unit.id for unit in new), self._embedder.embed([unit.text for unit in new]), strict=True
            )

    async def _answers(self, server: int, content: Content, answer: uuid.UUID | None) -> list[Alike]:
        points = [item.text for item in content.text]
        asks = list(content.asks[:_ASKS_LOOKED_UP])
        vectors = await asyncio.to_thread(self._embedder.embed, [*points, *asks])
        found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
        for place, (text, vector) in enumerate(zip([*points, *asks], vectors, strict=True)):
            for near in await self._shelf.nearest(server, vector, _MOST_NEAR):
                if near.live.answer.id == answer:
                    continue
                same = _same_point(text, near) if place < len(points) else _same_ask(text, near.live.content.asks)
                if same is not None:
                    title = near.live.content.title
                    found.setdefault(near.live.answer.name, (title, []))[1].append((text, same))
        return [Alike(title, name, tuple(pairs)) for name, (title, pairs) in found.items()]


def _same_point(text: str, near: Near) -> str | None:
    """Return the point of an answer that is nearly this one."""
    told = stems(text)
    for number, item in enumerate(near.live.content.text, 1):
        shared = share(told, stems(item.text))
        if shared >= WORTH_EMBEDDING and shared + near.parts.get(f"s{number}", 0.0) >= TOO_ALIKE:
            return item.text
    return None


def _same_ask(text: str, asks: Sequence[str]) -> str | None:
    told = frozenset(words(text))
    return next((ask for ask in asks if same_ask(told, frozenset(words(ask)))), None)
