"""A model's sentence takes the place of our own words only where it stands on what was observed, passage and line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.grounding import Grounder
from bot.rehearse.feedback import Point, points
from bot.rehearse.grounding import FeedbackGrounder
from bot.rehearse.seen import Feature, Seen
from bot.safety.screening import load_screens
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.scenarios import load_scenarios
from knowledge.support import load_support_model

_SENTENCES = [json.loads(line) for line in (Path(__file__).parent / "worded.jsonl").read_text().splitlines()]
_LEAST_KEPT = 7
"""Of every second sentence that stands; all of them take too long here."""
_LINE = "I came late again, and I rushed us on. What was the wait like for you?"

Find = Callable[..., Point]


@pytest.fixture(scope="module")
def grounder(corpus: Corpus, embedder: MiniLmEmbedder) -> FeedbackGrounder:
    support = load_support_model()
    privacy = load_screens(embedder).privacy
    checks = Grounder(corpus=corpus, reader=embedder, support=support, privacy=privacy)
    return FeedbackGrounder(checks, embedder, support)


@pytest.fixture(scope="module")
def find(corpus: Corpus) -> Find:
    scenarios = {one.id: one for one in load_scenarios(corpus)}

    def point(scenario: str, seen: Seen, feature: str) -> Point:
        return next(one for one in points(scenarios[scenario], seen, corpus) if one.feature == feature)

    return point


def _stands(grounder: FeedbackGrounder, find: Find, one: dict[str, Any]) -> bool:
    observed = frozenset(Feature(each) for each in one["observed"])
    point = find(one["scenario"], Seen(observed, guarded=one["guarded"]), one["feature"])
    return grounder.stands(one["text"], point, observed, one["line"])


def test_nothing_that_does_not_stand_is_let_through(grounder: FeedbackGrounder, find: Find) -> None:
    assert [one["text"] for one in _SENTENCES if not one["stands"] and _stands(grounder, find, one)] == []


def test_of_what_stands_that_which_keeps_close_is_kept(grounder: FeedbackGrounder, find: Find) -> None:
    standing = [one for one in _SENTENCES if one["stands"]][::2]
    assert sum(_stands(grounder, find, one) for one in standing) >= _LEAST_KEPT


@pytest.mark.parametrize(
    "text",
    [
        "You asked what the wait was like before you offered any fix, and you owned your part.",
        "You asked what the wait was like before you offered any fix, with no excuse.",
        "You asked what the wait was like before you offered any fix, so the client will come back.",
        "You asked what the wait was like before you offered any fix. An annoyed answer may stand.",
        "You asked **what the wait was like** before you offered any fix.",
        "You asked what the wait was like before you offered any fix",
        "You asked.",
    ],
)
def test_a_sentence_that_stands_falls_with_one_thing_too_much(
    grounder: FeedbackGrounder, find: Find, text: str
) -> None:
    seen = Seen(frozenset({Feature.ASKED}))
    point = find("polite-since-late", seen, "asked")
    sentence = "You asked what the wait was like before you offered any fix."
    assert grounder.stands(sentence, point, seen.features, _LINE)
    assert not grounder.stands(text, point, seen.features, _LINE)


def test_the_same_sentence_calls_nothing_good_where_a_defense_may_stand(grounder: FeedbackGrounder, find: Find) -> None:
    seen = Seen(frozenset({Feature.DEFENDED, Feature.ASKED}), guarded=True)
    point = find("polite-since-late", seen, "defended")
    line = "Well, I did tell you mornings are hard for me. What was it like?"
    defends = 'Part of the line defends you: "I did tell you mornings are hard for me".'
    assert grounder.stands(defends, point, seen.features, line)
    assert not grounder.stands(defends.replace("you:", "you, which is fair:"), point, seen.features, line)


def test_nothing_of_a_line_is_remembered(grounder: FeedbackGrounder, find: Find) -> None:
    line = "I left the zebrawort out, and that was mine."
    point = find("polite-since-late", Seen(frozenset({Feature.OWNED_PART})), "owned_part")
    grounder.stands("You owned leaving the zebrawort out as your own doing.", point, {Feature.OWNED_PART}, line)
    checks = grounder._grounder
    assert checks._reader is not None
    assert not [text for text in checks._reader._known if "zebrawort" in text]


@given(st.text(max_size=80))
def test_any_text_is_judged_without_an_error(grounder: FeedbackGrounder, find: Find, text: str) -> None:
    point = find("polite-since-late", Seen(frozenset({Feature.ASKED})), "asked")
    assert grounder.stands(text, point, {Feature.ASKED}, "What was it like?") in {True, False}
