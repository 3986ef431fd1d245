"""Who asks to be agreed with, and that the cards' view is kept and a kind word said."""

import pytest

from bot.app import Services
from bot.consult.agreement import ASIDE, wants_agreement
from bot.consult.outcome import Answered
from knowledge.entry import Corpus


@pytest.mark.parametrize(
    "question",
    [
        "she's just resistant, right?",
        "client no-showed again. he is manipulative, agree?",
        "isn't she overreacting to my joke",
        "tell me i did nothing wrong when i cut her off",
    ],
)
def test_a_wish_for_a_yes_is_seen(question: str) -> None:
    assert wants_agreement(question)


@pytest.mark.parametrize(
    "question",
    ["am i right to go back to it next week?", "he called me lazy, how do i answer", "she resists every exercise", ""],
)
def test_a_question_that_asks_for_no_yes_is_left_alone(question: str) -> None:
    assert not wants_agreement(question)


def test_few_asks_of_the_cards_are_taken_for_a_wish_for_a_yes(corpus: Corpus) -> None:
    asks = [ask for card in corpus.cards for ask in card.head.asks]
    assert sum(map(wants_agreement, asks)) < 0.01 * len(asks)


async def test_the_answer_keeps_the_cards_view_and_says_so_kindly(services: Services) -> None:
    question = "she goes quiet whenever i ask about home. she's just resistant, right?"
    consultation = await services.consultant.answer(question)
    assert isinstance(consultation.outcome, Answered)
    assert consultation.outcome.draft.aside == ASIDE
    assert ASIDE in services.composer().compose(consultation.outcome).text
