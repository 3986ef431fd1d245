"""Finds the cards nearest to a question: vectors, words in common, and a learned head, standardised and summed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from knowledge.embedding import Embedder
from knowledge.entry import Card, Corpus
from knowledge.head import Head
from knowledge.index import VectorIndex
from knowledge.lexical import LexicalIndex
from knowledge.whole import WholeIndex

_Scores = npt.NDArray[np.float32]

_ROWS_ASKED_FOR = 400
_NEAREST_ROWS = 5
"""A card's nearness is the mean over its nearest rows; 1, 3 and 5 were compared (docs/retrieval.md)."""

_NEARNESS, _OVERLAP, _WHOLE, _FIT = 0.6, 0.4, 0.8, 0.5
"""What each part of the score counts, learned on questions left out in turn (docs/retrieval.md)."""

_CARDS_READ = 4
"""A writer draws on no more cards than this, so only their units are compared with the question."""


@dataclass(frozen=True, slots=True)
class Found:
    """A card that was found.

    Attributes:
        card: the card.
        score: weighted sum of the standardised parts; of use only against others of the same question.
        nearness: mean cosine similarity of the question to the card's nearest rows, -1 to 1.
        overlap: BM25 score of the words in common with its best rows, from 0.
        whole: BM25 score of the words and pairs of words in common with the whole card, from 0.
        fit: the learned head's score of the card's primary topic.
    """

    card: Card
    score: float
    nearness: float
    overlap: float
    whole: float
    fit: float


@dataclass(frozen=True)
class Retrieved:
    """What retrieval found for one question.

    Attributes:
        found: cards, best first.
        unit_nearness: cosine similarity of the question to each unit of the first cards, by unit id.
        vector: the question's vector, so that nobody embeds it again; shape (dimensions,).
        parts: ids of cards beside the first that answer a further part of the message; a writer takes from each.
    """

    found: tuple[Found, ...]
    unit_nearness: dict[str, float]
    vector: npt.NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    parts: tuple[str, ...] = ()


class Retriever:
    """Finds cards in a built index. Safe to call from several threads."""

    def __init__(
        self,
        *,
        corpus: Corpus,
        embedder: Embedder,
        index: VectorIndex,
        lexical: LexicalIndex,
        whole: WholeIndex,
        head: Head,
    ) -> None:
        """Hold the parts of a built index; they must come from this corpus and this embedder."""
        self._corpus = corpus
        self._embedder = embedder
        self._index = index
        self._lexical = lexical
        self._whole = whole
        self._head = head
        topics = {topic: number for number, topic in enumerate(corpus.topics)}
        self._topic_of_card = np.array([topics[card.primary_topic] for card in corpus.cards], dtype=np.int64)
        self._number_of_card = {card.id: number for number, card in enumerate(corpus.cards)}

    @property
    def corpus(self) -> Corpus:
        """The cards that this retriever finds."""
        return self._corpus

    def embed(self, question: str) -> npt.NDArray[np.float32]:
        """Return the question's vector; shape (dimensions,)."""
        vector: npt.NDArray[np.float32] = self._embedder.embed([question])[0]
        return vector

    def retrieve(self, question: str, limit: int = 8) -> Retrieved:
        """Find the cards nearest to a question.

        Args:
            question: plain text, redacted before it comes here.
            limit: how many cards at most.

        Raises:
            RebuildIndex: the index cannot be read.
        """
        return self.retrieve_near(question, self.embed(question), limit)

    def retrieve_near(self, question: str, vector: npt.NDArray[np.float32], limit: int = 8) -> Retrieved:
        """Find the cards nearest to a question whose vector is known already; as `retrieve` otherwise."""
        nearness = self._nearness(vector)
        overlap = self._lexical.scores(question)
        whole = self._whole.scores(question)
        fit = self._head.scores(question, vector)[self._topic_of_card]
        scores = self._combined(nearness, overlap, whole, fit)
        found = tuple(
            Found(
                card=self._corpus.cards[number],
                score=float(scores[number]),
                nearness=float(nearness[number]),
                overlap=float(overlap[number]),
                whole=float(whole[number]),
                fit=float(fit[number]),
            )
            for number in self._one_of_each_topic_first(np.argsort(-scores, kind="stable"))[:limit]
        )
        return Retrieved(found, self._unit_nearness([one.card for one in found[:_CARDS_READ]], vector), vector)

    def _nearness(self, vector: npt.NDArray[np.float32]) -> _Scores:
        near: dict[int, list[float]] = defaultdict(list)
        hits = self._index.nearest(vector, _ROWS_ASKED_FOR)
        for card, similarity in hits:
            number = self._number_of_card.get(card)
            if number is not None:  # a newer version of the program may have taken up other cards meanwhile
                near[number].append(similarity)
        floor = hits[-1][1] if hits else 0.0
        scores = np.full(len(self._corpus.cards), floor, dtype=np.float32)
        for number, similarities in near.items():
            best = similarities[:_NEAREST_ROWS]
            scores[number] = (sum(best) + floor * (_NEAREST_ROWS - len(best))) / _NEAREST_ROWS
        return scores

    def _unit_nearness(self, cards: Sequence[Card], vector: npt.NDArray[np.float32]) -> dict[str, float]:
        ids = [unit.id for card in cards for unit in card.units]
        vectors = self._index.vectors(ids)
        return {row: float(unit @ vector) for row, unit in vectors.items()}

    def _combined(self, nearness: _Scores, overlap: _Scores, whole: _Scores, fit: _Scores) -> _Scores:
        """Return one score a card from the four parts, each of shape (cards,)."""
        parts = ((_NEARNESS, nearness), (_OVERLAP, overlap), (_WHOLE, whole), (_FIT, fit))
        total = np.zeros_like(nearness)
        for weight, part in parts:
            total += np.float32(weight) * self._standardised(part)
        return total

    def _standardised(self, scores: _Scores) -> _Scores:
        """Return scores in spreads from the mean, both over the best card of each topic.

        Over all cards, a thousand cards on one far subject would change what a score counts.
        """
        best = np.full(int(self._topic_of_card.max(initial=-1)) + 1, -np.inf, dtype=np.float32)
        np.maximum.at(best, self._topic_of_card, scores)
        best = best[np.isfinite(best)]
        spread = float(best.std()) if len(best) else 0.0
        if spread == 0.0:
            return np.zeros_like(scores)
        standard: _Scores = ((scores - best.mean()) / spread).astype(np.float32)
        return standard

    def _one_of_each_topic_first(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return cards in their order, but the second and third of a topic after the first of every other."""
        _, firsts = np.unique(self._topic_of_card[numbers], return_index=True)
        first = np.zeros(len(numbers), dtype=bool)
        first[firsts] = True
        return np.concatenate([numbers[first], numbers[~first]])
