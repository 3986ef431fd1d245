"""How units are chosen by the situation: setting, who moved, what was tried."""

import pytest

from bot.consult.moves import Situation, offers_another
from bot.consult.reading import Marker, Mover, Reading, Tried
from knowledge.entry import Citation, Section, Unit


def _unit(text: str, section: Section = Section.SUGGESTION) -> Unit:
    return Unit(f"a-card#{section}1", section, text, (Citation("practice"),))


@pytest.mark.parametrize(
    ("tried", "text"),
    [
        (Tried.APOLOGISED, "Give a short apology and stop there."),
        (Tried.ASKED, "Ask what it was like for them."),
        (Tried.EXPLAINED, "Explain why the rule stands."),
        (Tried.SUPERVISOR, "Take it to your supervisor this week."),
        (Tried.REACHED_OUT, "Send one warm message through the agreed channel."),
    ],
)
def test_what_was_tried_is_not_suggested_as_if_new(tried: Tried, text: str) -> None:
    after, before = Situation("q", Reading(tried=frozenset({tried}))), Situation("q", Reading())
    assert after.repeats_what_was_tried(_unit(text))
    assert after.worth(_unit(text)) < before.worth(_unit(text))


def test_what_helps_after_asking_gains_where_asking_was_tried() -> None:
    unit = _unit("Take no, it's fine without pushing, and come back to it.")
    asked = Situation("q", Reading(tried=frozenset({Tried.ASKED})))
    assert asked.worth(unit) > Situation("q", Reading()).worth(unit)


def test_an_apology_gains_where_the_counselor_moved_and_loses_where_only_the_client_did() -> None:
    unit = _unit("Own what you did in one sentence.")
    worth = {mover: Situation("q", Reading(moved=mover)).worth(unit) for mover in Mover}
    assert worth[Mover.CLIENT] < worth[Mover.UNCLEAR] < worth[Mover.COUNSELOR]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("my husband and wife case", "With a couple, hear each partner in turn."),
        ("15yo with her hood up", "With a teen, do something side by side."),
        ("he answered my text with a thumbs up", "Keep a hard talk out of text messages."),
        ("her camera is off on zoom", "On video, say what you cannot see."),
    ],
)
def test_a_unit_for_a_setting_fits_that_setting_only(question: str, text: str) -> None:
    here, elsewhere = Situation(question, Reading()), Situation("she went flat after my remark", Reading())
    assert here.worth(_unit(text)) > 0 > elsewhere.worth(_unit(text))


def test_a_card_about_the_other_marker_misses_the_situation() -> None:
    quiet = Situation("he went stiff", Reading(marker=Marker.WITHDRAWAL, signs=("went stiff",)))
    assert quiet.misses("responding-to-anger")
    assert not quiet.misses("withdrawal-rupture")
    assert quiet.misses("dropout-ghosting")
    assert Situation("she went flat", Reading()).misses("couples-and-family")


def test_another_explanation_is_known_by_its_words() -> None:
    assert offers_another("Not always: sometimes the client is simply right.")
    assert not offers_another("The ACA code has a section on boundaries.")
