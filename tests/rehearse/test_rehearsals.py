"""Rehearsals are held for their own person alone, one at a time, and forgotten."""

import pytest

from bot.rehearse.rehearsals import NewLine, Rehearsals
from bot.rehearse.seen import Seen
from bot.rehearse.session import MOST_LINES
from knowledge.entry import Corpus
from knowledge.scenarios import Scenario, load_scenarios
from tests.rehearse.fakes import FakeLineReader

_ME, _OTHER = 1, 2


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rehearsals(corpus: Corpus, clock: Clock) -> Rehearsals:
    return Rehearsals(scenarios=load_scenarios(corpus), corpus=corpus, reader=FakeLineReader(), clock=clock)


@pytest.fixture
def scenario(rehearsals: Rehearsals) -> Scenario:
    return next(iter(rehearsals.scenarios.values()))


def _line(number: int) -> NewLine:
    return NewLine(number, "a line", Seen())


def test_a_line_is_taken_once_whoever_presses_twice(rehearsals: Rehearsals, scenario: Scenario) -> None:
    key, _ = rehearsals.start(_ME, scenario)
    taken = rehearsals.say(_ME, key, _line(0))
    assert taken is not None
    assert len(taken.turns) == 1
    assert rehearsals.say(_ME, key, _line(0)) is None
    assert rehearsals.find(_ME, key) == taken


def test_nobody_else_sees_or_continues_it(rehearsals: Rehearsals, scenario: Scenario) -> None:
    key, _ = rehearsals.start(_ME, scenario)
    assert rehearsals.find(_OTHER, key) is None
    assert rehearsals.say(_OTHER, key, _line(0)) is None
    assert rehearsals.end(_OTHER, key) is None
    assert rehearsals.find(_ME, key) is not None


def test_no_line_is_taken_after_the_last(rehearsals: Rehearsals, scenario: Scenario) -> None:
    key, _ = rehearsals.start(_ME, scenario)
    for number in range(MOST_LINES):
        assert rehearsals.say(_ME, key, _line(number))
    assert rehearsals.say(_ME, key, _line(MOST_LINES)) is None


def test_beginning_anew_forgets_the_earlier_one(rehearsals: Rehearsals, scenario: Scenario) -> None:
    first, _ = rehearsals.start(_ME, scenario)
    rehearsals.start(_ME, scenario)
    assert rehearsals.find(_ME, first) is None


def test_walking_away_forgets(rehearsals: Rehearsals, scenario: Scenario, clock: Clock) -> None:
    key, _ = rehearsals.start(_ME, scenario)
    clock.now = 3600
    assert rehearsals.find(_ME, key) is None


def test_ending_gives_it_once_more_and_then_it_is_gone(rehearsals: Rehearsals, scenario: Scenario) -> None:
    key, _ = rehearsals.start(_ME, scenario)
    assert rehearsals.end(_ME, key) is not None
    assert rehearsals.end(_ME, key) is None


def test_who_wants_to_be_forgotten_is(rehearsals: Rehearsals, scenario: Scenario) -> None:
    key, _ = rehearsals.start(_ME, scenario)
    theirs, _ = rehearsals.start(_OTHER, scenario)
    rehearsals.forget(_ME)
    assert rehearsals.find(_ME, key) is None
    assert rehearsals.find(_OTHER, theirs) is not None
