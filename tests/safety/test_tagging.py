"""How identifiers are found in a text: windows, joined words, and spans that do not overlap."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.names import CLUES, clues, load_name_lists, split_words
from bot.safety.screening import Screens
from bot.safety.tagging import IdentifierFinder, Span, _without_overlap
from knowledge.screens.model import FOLDER, ScreenModel

_CALM = "We have been meeting for nine months and it was going well until I forgot our session last month. "


@pytest.fixture(scope="module")
def finder(screens: Screens) -> IdentifierFinder:
    return screens.privacy._finder


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=1500) | st.text(st.sampled_from("aA1 .'-@_\n"), max_size=300))
def test_spans_are_in_order_and_never_overlap(finder: IdentifierFinder, text: str) -> None:
    found = finder.find(text)

    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize("times", [0, 5, 9, 10, 30])
def test_identifiers_are_found_wherever_they_stand_in_a_long_message(finder: IdentifierFinder, times: int) -> None:
    text = _CALM * times + "Then Priya Kowalski wrote from priya.k@example.com about it. " + _CALM * 12

    found = {(span.kind, text[span.start : span.end]) for span in finder.find(text)}

    assert ("email", "priya.k@example.com") in found
    assert ("name", "Priya Kowalski") in found


def test_what_overlaps_is_joined_and_keeps_the_kind_found_first() -> None:
    spans = [Span(5, 12, "email"), Span(0, 6, "name"), Span(11, 15, "handle"), Span(20, 22, "age")]

    assert _without_overlap(spans) == [Span(0, 15, "email"), Span(20, 22, "age")]


def test_words_and_marks_are_told_with_what_is_known_of_them(screen_model: ScreenModel) -> None:
    lists = load_name_lists(FOLDER, screen_model.vocabulary, screen_model.common)
    text = "Carl Rogers met jasmine's mom in Chicago on 03/14/2024."
    words = split_words(text)
    known = clues(text, words, lists)

    assert known.shape == (len(words), CLUES)
    of = {word.text: row for word, row in zip(words, known, strict=True)}
    assert of["Rogers"][4] == 1
    assert of["jasmine's"][0] == 1
    assert of["Chicago"][3] == 1
    assert of["03"][15:].any()
    assert not of["met"][15:].any()


def test_a_text_without_words_has_no_identifiers(finder: IdentifierFinder) -> None:
    assert finder.find("") == []
    assert finder.find(" \n ") == []
