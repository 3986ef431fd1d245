"""Messages that ask two or three things."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import Services
from bot.consult import parts
from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.outcome import Passage
from knowledge.entry import Section
from knowledge.retrieval import Retrieved

TWO = (
    "My client no-showed twice after I raised the fee, do I text him? Also, my supervisor cancelled our last two "
    "meetings and I am annoyed, how do I bring that up with her?"
)
NUMBERED = "1. How do I apologize for calling her by the wrong name? 2. What do I write in the note about it?"
PLAIN = (
    "Client's mother wants to read the session notes and he is 15, what do I tell her? "
    "How often do ruptures happen in general, is there a number?"
)


@pytest.mark.parametrize("question", [TWO, NUMBERED, PLAIN])
def test_a_message_that_asks_two_things_has_two_parts(question: str) -> None:
    assert len(parts.split(question)) == 2


@pytest.mark.parametrize(
    "question",
    [
        "he went quiet after my joke. is that a rupture?",
        "is that a rupture? what do i say?",
        "She said it's fine. It is not fine. What now?",
        "he also missed last week and i never asked about it, do i ask now",
        "i told him about the fee. also i was late. what do i say first",
        "",
        "???",
    ],
)
def test_a_story_with_one_question_or_short_afterthoughts_is_one(question: str) -> None:
    assert parts.split(question) == [question]


@given(st.text(max_size=300))
def test_any_text_has_one_to_three_parts_and_they_hold_no_word_of_their_own(question: str) -> None:
    found = parts.split(question)
    assert 1 <= len(found) <= parts.MOST_PARTS
    assert {word for part in found for word in part.split()} <= set(question.split())


def _found(services: Services, question: str) -> Retrieved:
    return parts.retrieve(services.retriever, question, outside=lambda part: 0.6 if "kettle" in part else -1.0)


@pytest.mark.parametrize(
    ("question", "topics"),
    [
        (TWO, {"fees-and-policies", "supervision-rupture"}),
        (NUMBERED, {"apology-and-nondefensiveness", "documentation"}),
        (PLAIN, {"rupture-prevalence", "adolescents"}),
    ],
)
def test_each_part_gets_a_suggestion_of_its_own(services: Services, question: str, topics: set[str]) -> None:
    retrieved = _found(services, question)
    passages = [Passage(found.card, found.score) for found in retrieved.found[:4]]
    draft = BuiltInWriter().compose(passages, retrieved)
    cards = {cite.partition("#")[0] for one in draft.suggestions for cite in one.cites}
    assert {services.corpus.by_id[card].primary_topic for card in cards} >= topics
    assert len(draft.suggestions) == 3


def test_a_message_that_asks_one_thing_finds_what_the_retriever_finds(services: Services) -> None:
    question = "he went quiet after my joke, what do i say"
    assert _found(services, question) == services.retriever.retrieve(question)


def test_a_part_that_no_card_covers_brings_no_card(services: Services) -> None:
    question = "How do I apologize for being late again? Also, what is the best way to descale a kettle with vinegar?"
    assert _found(services, question).parts == ()


def test_cards_of_parts_come_right_behind_the_first_and_each_card_stands_once(services: Services) -> None:
    retrieved = _found(services, TWO)
    ids = [found.card.id for found in retrieved.found]
    assert tuple(ids[1 : 1 + len(retrieved.parts)]) == retrieved.parts
    assert len(set(ids)) == len(ids)
    scores = [found.score for found in retrieved.found[: 1 + len(retrieved.parts)]]
    assert scores[0] == max(scores)


def test_nothing_found_stays_nothing() -> None:
    class Empty:
        def retrieve(self, question: str) -> Retrieved:
            del question
            return Retrieved((), {})

    assert parts.retrieve(Empty(), TWO, outside=lambda _: 0.0) == Retrieved((), {})


def test_cards_that_contradict_each_other_do_not_stand_in_one_answer(services: Services) -> None:
    first, second = services.corpus.cards[:2]
    said = replace(first.section(Section.SUGGESTION)[0], text="Write to the client the same evening about the rupture.")
    against = replace(
        second.section(Section.SUGGESTION)[0], text="Never write to the client the same evening about the rupture."
    )
    cards = [
        replace(card, units=tuple(new if unit.id == new.id else unit for unit in card.units))
        for card, new in ((first, said), (second, against))
    ]
    nearness = {said.id: 1.0, against.id: 1.0}
    draft = BuiltInWriter().compose([Passage(card, 1.0) for card in cards], Retrieved((), nearness))
    texts = [one.text for one in draft.suggestions]
    assert said.text in texts
    assert against.text not in texts
