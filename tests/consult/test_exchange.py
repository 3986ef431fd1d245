"""What is held in memory: for half an hour, so much and no more, and nothing of whoever wants to be forgotten."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.exchange import Asker, Conversations, Exchange, ShortMemory
from bot.consult.outcome import Abstained, Consultation, CrisisReferral, Outcome, Withheld
from bot.consult.reply import Reply
from bot.consult.thread import LONGEST_SECONDS, MOST_TURNS
from bot.safety.verdicts import CALM, Alarm, Danger, Level, Redaction
from knowledge.entry import Corpus
from tests.cogs.fakes import answered
from tests.consult.test_limits import HandClock

_ASKER = Asker(1, 7, 9)
_ABSTAINED = Abstained(question=Redaction("[name] is late"), alarm=CALM, clarify=None)


def _exchange(outcome: Outcome = _ABSTAINED, asker: Asker = _ASKER) -> Exchange:
    return Exchange(uuid.uuid4(), asker, Consultation(outcome), Reply((), "close"), "us")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def test_a_value_is_held_for_its_time_and_no_longer(clock: HandClock) -> None:
    memory: ShortMemory[str, int] = ShortMemory(10, clock=clock)
    memory.put("a", 1)
    clock.now += 10
    assert memory.find("a") == 1
    clock.now += 0.1
    assert memory.find("a") is None
    assert len(memory) == 0


def test_a_value_that_is_put_again_is_held_from_then_on(clock: HandClock) -> None:
    memory: ShortMemory[str, int] = ShortMemory(10, clock=clock)
    memory.put("a", 1)
    clock.now += 9
    memory.put("a", 2)
    clock.now += 9
    assert memory.find("a") == 2


def test_a_value_is_taken_once(clock: HandClock) -> None:
    memory: ShortMemory[str, int] = ShortMemory(10, clock=clock)
    memory.put("a", 1)
    assert memory.take("a") == 1
    assert memory.take("a") is None


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 8)), max_size=50), st.integers(1, 5))
def test_no_more_is_held_than_was_set_and_the_newest_is_among_it(puts: list[tuple[int, float]], most: int) -> None:
    clock = HandClock()
    memory: ShortMemory[int, int] = ShortMemory(10, most, clock)
    for key, pause in puts:
        clock.now += pause
        memory.put(key, key)
        assert len(memory) <= most
        assert memory.find(key) == key


def test_turns_are_held_for_half_an_hour_and_at_most_eight(clock: HandClock) -> None:
    conversations = Conversations(clock)
    for _ in range(MOST_TURNS + 2):
        conversations.add("raw", _exchange())
    assert conversations.turns(_ASKER) == ("[name] is late",) * MOST_TURNS
    clock.now += LONGEST_SECONDS + 1
    assert conversations.turns(_ASKER) == ()


def test_an_exchange_is_found_for_half_an_hour(clock: HandClock) -> None:
    conversations = Conversations(clock)
    exchange = _exchange()
    conversations.add("raw", exchange)
    assert conversations.find(exchange.id) is exchange
    clock.now += LONGEST_SECONDS + 1
    assert conversations.find(exchange.id) is None


@pytest.mark.parametrize("other", [Asker(2, 7, 9), Asker(1, 7, 10)])
def test_the_turns_of_one_person_in_one_place_are_nobody_elses(other: Asker) -> None:
    conversations = Conversations()
    conversations.add("raw", _exchange())
    assert conversations.turns(other) == ()


def test_a_turn_is_held_as_typed_only_where_it_was_stopped_before_it_was_redacted() -> None:
    conversations = Conversations()
    crisis = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
    for outcome in (crisis, Withheld(CALM), _ABSTAINED):
        conversations.add("as typed", _exchange(outcome))
    assert conversations.turns(_ASKER) == ("as typed", "as typed", "[name] is late")


def test_whoever_is_forgotten_leaves_nothing_and_others_stay() -> None:
    conversations = Conversations()
    mine, theirs = _exchange(), _exchange(asker=Asker(2, 7, 9))
    for exchange in (mine, theirs):
        conversations.add("raw", exchange)
    conversations.say(Asker(1, None, 3), "a person has it")
    conversations.forget(1)

    assert conversations.find(mine.id) is None
    assert conversations.turns(_ASKER) == ()
    assert conversations.turns(Asker(1, None, 3)) == ()
    assert conversations.find(theirs.id) is theirs
    assert conversations.turns(theirs.asker) == ("[name] is late",)


def test_an_exchange_gives_its_question_redacted_and_its_units_only_where_there_are_any(corpus: Corpus) -> None:
    outcome = answered(corpus)
    assert _exchange(outcome).units == outcome.draft.suggestions[0].cites
    assert _exchange(outcome).question == "q"
    assert (_exchange(Withheld(CALM)).question, _exchange(Withheld(CALM)).units) == ("", ())
