"""Feedback names only what was observed, quotes the passage behind it, and calls nothing good beside a defense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearse.feedback import NAMES, feedback, grounds, summary
from bot.rehearse.seen import HELPS, Feature, Seen
from bot.rehearse.session import Rehearsal
from knowledge.entry import Corpus
from knowledge.scenarios import Scenario, load_scenarios

_GOOD = ("You named what changed", "You owned a part", "You made room")


@pytest.fixture(scope="module")
def scenario(corpus: Corpus) -> Scenario:
    return load_scenarios(corpus)[0]


@given(features=st.frozensets(st.sampled_from(list(Feature))), guarded=st.booleans())
def test_each_point_is_one_observed_feature_and_rests_on_a_unit(
    corpus: Corpus, scenario: Scenario, features: frozenset[Feature], *, guarded: bool
) -> None:
    seen = Seen(features, guarded=guarded)
    told = feedback(scenario, seen, corpus)
    rests_on = grounds(scenario, seen)

    assert len(told) == len(rests_on) == max(1, len(features))
    assert set(rests_on) == ({feature.value for feature in features} or {"look"})
    for paragraph, unit in zip(told, rests_on.values(), strict=True):
        assert f"> {corpus.units[unit].text}" in paragraph
        assert paragraph.endswith(f"({unit})")
    called_good = sum(any(good in paragraph for good in _GOOD) for paragraph in told)
    assert called_good == (0 if guarded else len(features & HELPS))


def test_where_nothing_is_sure_there_is_something_to_look_at_and_no_verdict(corpus: Corpus, scenario: Scenario) -> None:
    (told,) = feedback(scenario, Seen(), corpus)
    assert told.startswith("I am not sure enough of anything in this line")


def test_the_summary_tells_line_by_line_what_was_observed_and_one_thing_for_supervision(
    corpus: Corpus, scenario: Scenario
) -> None:
    rehearsal = Rehearsal(scenario).with_line("one", Seen(frozenset({Feature.ASKED}))).with_line("two", Seen())
    observed, supervision = summary(rehearsal, corpus)
    assert observed.splitlines()[1:] == [f"1. {NAMES[Feature.ASKED]}", "2. nothing that I was sure of"]
    assert corpus.by_id[scenario.supervision].head.supervision in supervision


def test_a_rehearsal_that_ends_without_a_line_says_so(corpus: Corpus, scenario: Scenario) -> None:
    assert "No line was said." in summary(Rehearsal(scenario), corpus)[0]
