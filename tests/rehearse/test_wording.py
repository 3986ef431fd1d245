"""Feedback in a model's words: asked only of what was observed, two sentences at most, and told of."""

import pytest

from bot.llm.schema import DraftedPoint
from bot.rehearse.feedback import feedback
from bot.rehearse.seen import Feature, Seen
from bot.rehearse.session import Rehearsal
from bot.rehearse.wording import Worded
from knowledge.entry import Corpus
from knowledge.scenarios import Scenario, load_scenarios
from tests.rehearse.fakes import FakeFeedbackWriter, rehearsals_of

_ASKED, _OWNED, _DEFENDED = Feature.ASKED, Feature.OWNED_PART, Feature.DEFENDED


@pytest.fixture(scope="module")
def scenario(corpus: Corpus) -> Scenario:
    return load_scenarios(corpus)[0]


def _drafted(scenario: Scenario, feature: str, text: str, cite: str = "") -> DraftedPoint:
    units = scenario.rests_on.model_dump()
    return DraftedPoint(feature=feature, cite=cite or units.get(feature, ""), text=text)


async def _worded(
    corpus: Corpus, scenario: Scenario, seen: Seen, *drafted: DraftedPoint
) -> tuple[Worded, FakeFeedbackWriter]:
    writer = FakeFeedbackWriter(drafted)
    rehearsal = Rehearsal(scenario).with_line("a line", seen)
    return await rehearsals_of(corpus, writer).word(rehearsal), writer


async def test_a_sentence_that_stands_takes_the_place_of_our_words_above_its_passage(
    corpus: Corpus, scenario: Scenario
) -> None:
    seen = Seen(frozenset({_ASKED, _OWNED}))
    worded, writer = await _worded(corpus, scenario, seen, _drafted(scenario, "asked", "You  asked it so."))
    owned, asked = feedback(scenario, seen, corpus, worded.sentences)
    assert writer.lines == ["a line"]
    assert asked.startswith("**You asked it so.**\n> ")
    assert owned.startswith("**You owned a part of it")
    assert worded.told("Ask Jo.") == (
        "-# A language model worded one of the points above; it was checked against what I observed and the passage. "
        "Ask Jo."
    )


async def test_what_does_not_stand_or_is_of_no_observed_point_or_another_passage_is_left_out(
    corpus: Corpus, scenario: Scenario
) -> None:
    drafted = (
        _drafted(scenario, "asked", "A bad one."),
        _drafted(scenario, "named_shift", "You named it."),
        _drafted(scenario, "praise", "Well done."),
        _drafted(scenario, "owned_part", "You owned it.", cite="silence#s1"),
    )
    worded, _ = await _worded(corpus, scenario, Seen(frozenset({_ASKED, _OWNED})), *drafted)
    assert worded == Worded({}, asked=True)
    assert "gave none in time that could be checked" in worded.told(None)


async def test_no_more_than_two_sentences_are_taken(corpus: Corpus, scenario: Scenario) -> None:
    features = [Feature.NAMED_SHIFT, _OWNED, _ASKED]
    drafted = [_drafted(scenario, each, f"On {each}.") for each in features]
    worded, _ = await _worded(corpus, scenario, Seen(frozenset(features)), *drafted)
    assert list(worded.sentences) == features[:2]
    assert "worded two of the points" in worded.told(None)


async def test_what_may_be_part_of_a_defense_is_kept_from_the_model(corpus: Corpus, scenario: Scenario) -> None:
    seen = Seen(frozenset({_ASKED, _DEFENDED}), guarded=True)
    worded, writer = await _worded(corpus, scenario, seen, _drafted(scenario, "asked", "You asked."))
    assert [one.feature for one in writer.given[0]] == [_DEFENDED]
    assert worded.sentences == {}


@pytest.mark.parametrize("seen", [Seen(), Seen(guarded=True), Seen(frozenset({_ASKED}), guarded=True)])
async def test_no_model_is_asked_where_there_is_nothing_that_it_may_word(
    corpus: Corpus, scenario: Scenario, seen: Seen
) -> None:
    worded, writer = await _worded(corpus, scenario, seen)
    assert writer.lines == []
    assert worded.told("Ask Jo.") == ""


async def test_a_model_that_gives_nothing_in_time_leaves_our_own_words(corpus: Corpus, scenario: Scenario) -> None:
    rehearsal = Rehearsal(scenario).with_line("a line", Seen(frozenset({_ASKED})))
    worded = await rehearsals_of(corpus, FakeFeedbackWriter(None)).word(rehearsal)
    assert worded == Worded({}, asked=True)


async def test_without_a_model_nothing_is_told_of_one(corpus: Corpus, scenario: Scenario) -> None:
    rehearsal = Rehearsal(scenario).with_line("a line", Seen(frozenset({_ASKED})))
    assert (await rehearsals_of(corpus).word(rehearsal)).told("Ask Jo.") == ""
