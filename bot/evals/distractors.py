"""How retrieval stands among cards about other things: the same questions among 1,000 and 10,000 invented cards.

Run as `python -m bot.evals.distractors`; it takes some minutes.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.evals.intervals import Difference, paired_difference
from bot.evals.invented import NAME, invent
from bot.evals.judge import first_hit
from bot.evals.questions import Question, answerable, read_questions
from knowledge.embedding import Embedder, MiniLmEmbedder, Vectors
from knowledge.entry import Card, Corpus
from knowledge.head import Head
from knowledge.index import Row, VectorIndex
from knowledge.lexical import LexicalIndex
from knowledge.loader import load_corpus
from knowledge.retrieval import Retriever
from knowledge.sync import rows_of
from knowledge.whole import WholeIndex

SIZES = (0, 1_000, 10_000)
_TUNING = (Path("tests/evals/tuning.jsonl"), Path("tests/evals/tuning-2.jsonl"))
_WITHIN = (1, 5)


@dataclass(frozen=True, slots=True)
class Line:
    """What was found among a number of invented cards.

    Attributes:
        distractors: how many there were.
        shares: of the questions with a right topic on the first card, and among the first five.
        lost: how the second share differs from that without invented cards.
    """

    distractors: int
    shares: tuple[float, ...]
    lost: Difference


def measure(corpus: Corpus, embedder: Embedder, questions: Sequence[Question], sizes: Sequence[int]) -> list[Line]:
    """Ask the same questions among growing numbers of invented cards; what is lost is held against the first."""
    invented = invent(max(sizes))
    vectors = _vectors(corpus, invented, embedder)
    lines: list[Line] = []
    hits: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = []
    with tempfile.TemporaryDirectory() as folder:
        index = VectorIndex(Path(folder))
        written = 0
        for size in sizes:
            both = _among(corpus, invented[:size])
            rows = rows_of(both)
            fresh = [row for row in rows if _number(row) >= written or not lines]
            index.upsert(fresh, np.stack([vectors[row.text] for row in fresh]))
            written = size
            retriever = _retriever(both, rows, vectors, embedder, index)
            ranks = [_rank(retriever, question) for question in questions]
            found = np.array([[float(0 < rank <= within) for within in _WITHIN] for rank in ranks])
            hits.append(np.column_stack([found[:, -1], np.ones(len(found))]))
            shares = tuple(float(share) for share in found.mean(axis=0))
            lines.append(Line(size, shares, paired_difference(hits[0], hits[-1])))
        index.close()
    return lines


def _number(row: Row) -> int:
    name, _, number = row.card.rpartition("-")
    return int(number) if name == NAME else -1


def _among(corpus: Corpus, invented: Sequence[Card]) -> Corpus:
    topics = dict.fromkeys([*corpus.topics, *(card.primary_topic for card in invented)])
    return Corpus((*corpus.cards, *invented), corpus.sources, tuple(topics), "invented")


def _vectors(corpus: Corpus, invented: Sequence[Card], embedder: Embedder) -> dict[str, Vectors]:
    texts = list(dict.fromkeys(row.text for row in rows_of(_among(corpus, invented))))
    return dict(zip(texts, embedder.embed(texts), strict=True))


def _retriever(
    corpus: Corpus, rows: Sequence[Row], vectors: dict[str, Vectors], embedder: Embedder, index: VectorIndex
) -> Retriever:
    texts = [row.text for row in rows]
    numbers = {card.id: number for number, card in enumerate(corpus.cards)}
    card_of_row = [numbers[row.card] for row in rows]
    topics = {topic: number for number, topic in enumerate(corpus.topics)}
    topic_of_row = [topics[corpus.cards[card].primary_topic] for card in card_of_row]
    return Retriever(
        corpus=corpus,
        embedder=embedder,
        index=index,
        lexical=LexicalIndex.fit(texts, card_of_row, len(numbers)),
        whole=WholeIndex.fit(texts, card_of_row, len(numbers)),
        head=Head.fit(texts, np.stack([vectors[text] for text in texts]), topic_of_row, len(topics)),
    )


def _rank(retriever: Retriever, question: Question) -> int:
    found = retriever.retrieve(question.text).found
    return first_hit(question.expect.topics, [one.card.primary_topic for one in found])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure retrieval among invented cards.")
    parser.add_argument("--questions", type=Path, nargs="+", default=_TUNING, help="files of labelled questions")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of invented cards")
    chosen = parser.parse_args()
    corpus = load_corpus()
    questions = [one for file in chosen.questions for one in answerable(read_questions(file, corpus.topics).questions)]
    print("| invented cards | first | first five | lost at five (95% interval) |\n| --- | --- | --- | --- |")
    for line in measure(corpus, MiniLmEmbedder(threads=2), questions, sorted(chosen.sizes)):
        lost = line.lost
        interval = f"{lost.interval.low:+.3f} to {lost.interval.high:+.3f}"
        print(
            f"| {line.distractors:,} | {line.shares[0]:.3f} | {line.shares[-1]:.3f} | {lost.value:+.3f} ({interval}) |"
        )


if __name__ == "__main__":
    main()
