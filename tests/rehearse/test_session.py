"""A rehearsal turn by turn: what the client says follows from what was observed, and does not repeat."""

import pytest

from bot.rehearse.seen import Feature, Seen
from bot.rehearse.session import MOST_LINES, Rehearsal
from knowledge.entry import Corpus
from knowledge.scenarios import Scenario, load_scenarios

_NAMED = Seen(frozenset({Feature.NAMED_SHIFT}))
_DEFENDED = Seen(frozenset({Feature.DEFENDED, Feature.ASKED}), guarded=True)


@pytest.fixture(scope="module")
def scenario(corpus: Corpus) -> Scenario:
    return load_scenarios(corpus)[0]


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (_NAMED, "met"),
        (Seen(frozenset({Feature.OWNED_PART, Feature.ASKED})), "met"),
        (Seen(frozenset({Feature.ASKED})), "asked"),
        (Seen(frozenset({Feature.ASKED, Feature.EXPLAINED_FIRST})), "explained"),
        (Seen(frozenset({Feature.OWNED_PART, Feature.OVER_APOLOGISED})), "apologised"),
        (_DEFENDED, "defended"),
        (Seen(frozenset({Feature.OWNED_PART}), guarded=True), "unclear"),
        (Seen(), "unclear"),
    ],
)
def test_the_client_answers_how_they_were_met(scenario: Scenario, seen: Seen, state: str) -> None:
    said = Rehearsal(scenario).with_line("a line", seen).client_says
    assert said in getattr(scenario.replies, state)


@pytest.mark.parametrize("seen", [_NAMED, _DEFENDED, Seen()])
def test_the_client_never_says_the_same_twice_however_often_they_are_met_alike(scenario: Scenario, seen: Seen) -> None:
    rehearsal = Rehearsal(scenario)
    for _ in range(MOST_LINES):
        assert not rehearsal.is_over
        rehearsal = rehearsal.with_line("a line", seen)
    assert rehearsal.is_over
    assert len({turn.reply for turn in rehearsal.turns}) == MOST_LINES


def test_the_client_has_spoken_before_the_first_line(scenario: Scenario) -> None:
    assert Rehearsal(scenario).client_says == scenario.says
