"""Which cards are found for a question."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.head import Head
from knowledge.index import Row, VectorIndex
from knowledge.langchain_retriever import RuptureRepairRetriever
from knowledge.lexical import LexicalIndex
from knowledge.places import Place
from knowledge.retrieval import Retriever
from knowledge.sync import open_retriever, rows_of
from knowledge.whole import WholeIndex
from tests.knowledge.small import HashedWords, small_corpus


@pytest.fixture(scope="module")
def corpus_of_three(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return small_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def retriever(
    tmp_path_factory: pytest.TempPathFactory, corpus_of_three: Corpus, new_place: Callable[[Path], Place]
) -> Retriever:
    folder = tmp_path_factory.mktemp("data")
    return open_retriever(folder, corpus_of_three, HashedWords(), place=new_place(folder))[0]


@pytest.mark.parametrize(
    ("question", "card"),
    [("he shouts about the waiting room", "anger"), ("ct looks at the floor", "silence"), ("arrives late", "lateness")],
)
def test_the_card_about_the_question_comes_first(retriever: Retriever, question: str, card: str) -> None:
    assert retriever.retrieve(question).found[0].card.id == card


def test_cards_come_best_first_and_no_more_than_asked_for(retriever: Retriever) -> None:
    scores = [found.score for found in retriever.retrieve("quiet").found]

    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 3
    assert len(retriever.retrieve("quiet", limit=2).found) == 2
    assert retriever.retrieve("quiet", limit=0).found == ()


def test_each_part_of_the_score_points_to_the_card_that_was_asked_for(retriever: Retriever) -> None:
    found = retriever.retrieve("what if my client arrives late and leaves the door open").found

    for part in ("nearness", "overlap", "whole", "fit"):
        assert max(found, key=lambda one: float(getattr(one, part))).card.id == "lateness"


def test_units_of_the_cards_read_are_compared_with_the_question(retriever: Retriever, corpus_of_three: Corpus) -> None:
    wording = corpus_of_three.units["anger#w1"]

    near = retriever.retrieve(wording.text).unit_nearness

    assert set(near) == set(corpus_of_three.units)
    assert max(near, key=lambda unit: near[unit]) == "anger#w1"
    assert near["anger#w1"] == pytest.approx(1.0, abs=1e-4)


def test_a_vector_that_is_known_already_finds_the_same(retriever: Retriever) -> None:
    question = "he went quiet"

    assert retriever.retrieve_near(question, retriever.embed(question)) == retriever.retrieve(question)


def test_a_retriever_tells_its_corpus(retriever: Retriever, corpus_of_three: Corpus) -> None:
    assert retriever.corpus is corpus_of_three


@pytest.mark.parametrize("question", ["", "?", "zebra xylophone", "\N{THUMBS UP SIGN}" * 500])
def test_a_question_that_shares_no_word_still_gets_cards_with_finite_scores(
    retriever: Retriever, question: str
) -> None:
    found = retriever.retrieve(question).found

    assert len(found) == 3
    assert np.isfinite([one.score for one in found]).all()


def _by_hand(folder: Path, corpus: Corpus, indexed: list[Row]) -> Retriever:
    embedder = HashedWords()
    rows = rows_of(corpus)
    texts = [row.text for row in rows]
    numbers = {card.id: number for number, card in enumerate(corpus.cards)}
    index = VectorIndex(folder)
    if indexed:
        index.upsert(indexed, embedder.embed([row.text for row in indexed]))
    topics = [corpus.topics.index(corpus.by_id[row.card].primary_topic) for row in rows]
    return Retriever(
        corpus=corpus,
        embedder=embedder,
        index=index,
        lexical=LexicalIndex.fit(texts, [numbers[row.card] for row in rows], len(numbers)),
        whole=WholeIndex.fit(texts, [numbers[row.card] for row in rows], len(numbers)),
        head=Head.fit(texts, embedder.embed(texts), topics, len(corpus.topics)),
    )


def test_cards_that_a_newer_version_has_put_into_the_index_are_passed_over(
    tmp_path: Path, corpus_of_three: Corpus
) -> None:
    newer = Row("fees#a1", "fees", "ask", "he went quiet about fees", "d")
    retriever = _by_hand(tmp_path, corpus_of_three, [*rows_of(corpus_of_three), newer])

    assert {one.card.id for one in retriever.retrieve("he went quiet about fees").found} == set(corpus_of_three.by_id)


def test_an_index_without_rows_leaves_the_words_to_decide(tmp_path: Path, corpus_of_three: Corpus) -> None:
    retriever = _by_hand(tmp_path, corpus_of_three, [])

    retrieved = retriever.retrieve("arrives late and leaves the door open")

    assert retrieved.found[0].card.id == "lateness"
    assert {one.nearness for one in retrieved.found} == {0.0}
    assert retrieved.unit_nearness == {}


def test_a_card_that_copies_an_ask_of_another_does_not_hide_it(tmp_path: Path, corpus_of_three: Corpus) -> None:
    silence, anger = corpus_of_three.by_id["silence"], corpus_of_three.by_id["anger"]
    copied = anger.head.model_copy(update={"asks": [*anger.head.asks, silence.head.asks[0]]})
    shadowed = replace(
        corpus_of_three,
        cards=tuple(replace(card, head=copied) if card is anger else card for card in corpus_of_three.cards),
    )
    retriever = _by_hand(tmp_path, shadowed, rows_of(shadowed))

    assert retriever.retrieve(silence.head.asks[0]).found[0].card.id == "silence"


async def test_langchain_gets_the_same_cards_as_documents(retriever: Retriever) -> None:
    standard = RuptureRepairRetriever(retriever=retriever, limit=2)

    documents = standard.invoke("he shouts about the waiting room")

    assert [document.id for document in documents] == [
        one.card.id for one in retriever.retrieve("he shouts about the waiting room", 2).found
    ]
    assert documents == await standard.ainvoke("he shouts about the waiting room")
    assert documents[0].metadata["card"] == "anger"
    assert documents[0].metadata["topics"] == ["anger"]
    assert documents[0].metadata["sources"] == ["practice", "rhodes2024"]
    assert "may be pulling away" in documents[0].page_content
    assert "Name the anger you noticed" in documents[0].page_content
    assert "phone your supervisor" not in documents[0].page_content


@pytest.mark.parametrize(
    ("question", "card_topic"),
    [
        ("my ct went quiet after i challenged her, is that a rupture?", "withdrawal-rupture"),
        ("how do I apologize without making it about me", "apology-and-nondefensiveness"),
        ("my client never logs out of zoom and the video freezes when she cries", "telehealth-ruptures"),
        ("how often do ruptures happen", "rupture-prevalence"),
        ("I made a joke and he was hurt", "humor"),
    ],
)
def test_the_real_index_finds_the_topic_among_the_first_three_cards(
    data_folder: Path, corpus: Corpus, embedder: MiniLmEmbedder, question: str, card_topic: str
) -> None:
    retriever, report = open_retriever(data_folder, corpus, embedder)

    assert report.state == "current"
    assert card_topic in [one.card.primary_topic for one in retriever.retrieve(question).found[:3]]
