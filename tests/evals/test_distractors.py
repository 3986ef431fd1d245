"""Invented cards beside the real ones."""

from pathlib import Path

from bot.evals import distractors
from bot.evals.invented import invent
from bot.evals.questions import Question
from knowledge.entry import Corpus
from knowledge.sync import rows_of
from tests.knowledge.small import HashedWords, small_corpus


def test_the_same_seed_gives_the_same_cards_and_fewer_are_the_first_of_more() -> None:
    few, many = invent(5), invent(60)
    assert few == many[:5]
    assert invent(60, seed=1) != many


def test_invented_cards_say_that_they_are_and_share_no_topic_with_real_ones(corpus: Corpus) -> None:
    cards = invent(200)
    assert len({card.id for card in cards}) == 200
    assert all(card.id.startswith("distractor-") and card.path.startswith("invented/") for card in cards)
    assert {card.primary_topic for card in cards}.isdisjoint(corpus.topics)
    assert {len(rows_of(distractors._among(corpus, cards[:1]))) - len(rows_of(corpus))} == {8}


def test_no_text_of_an_invented_card_has_an_open_slot() -> None:
    texts = [text for card in invent(100) for text in [*card.head.asks, *(unit.text for unit in card.units)]]
    assert [text for text in texts if "{" in text or "}" in text] == []


def test_a_question_that_a_card_holds_is_found_among_invented_cards(tmp_path: Path) -> None:
    corpus = small_corpus(tmp_path)
    asked = [
        Question.model_validate(
            {
                "id": card.id,
                "text": card.head.asks[0],
                "category": "answerable",
                "expect": {"topics": [card.primary_topic], "behaviour": "answer"},
            }
        )
        for card in corpus.cards
    ]
    lines = distractors.measure(corpus, HashedWords(), asked, (0, 60))
    assert [line.distractors for line in lines] == [0, 60]
    assert [line.shares[-1] for line in lines] == [1.0, 1.0]
    assert lines[1].lost.value == 0.0
