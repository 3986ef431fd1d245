"""How text becomes words, the way counselors type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.words import ABBREVIATIONS, words, words_and_pairs


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("My ct ghosted me", ["my", "client", "ghosted", "me"]),
        ("sup said talk abt it w/ her", ["supervisor", "said", "talk", "about", "it", "with", "her"]),
        ("What do u do b4 sesh?", ["what", "do", "you", "do", "before", "session"]),
        ("the client's silence", ["the", "client", "silence"]),
        ("the clients' silence", ["the", "clients", "silence"]),
        ("the client\N{RIGHT SINGLE QUOTATION MARK}s silence", ["the", "client", "silence"]),
        ("I can't", ["i", "can't"]),
        ("'quoted'", ["quoted"]),
        ("", []),
        ("?! ... \N{THUMBS UP SIGN}", []),
    ],
)
def test_a_counselors_shorthand_is_read_as_plain_words(typed: str, read: list[str]) -> None:
    assert words(typed) == read


@pytest.mark.parametrize("typed", ["my ct's mom", "my ct\N{RIGHT SINGLE QUOTATION MARK}s mom", "my CT'S mom"])
def test_an_abbreviation_with_a_possessive_ending_is_written_out_too(typed: str) -> None:
    assert words(typed) == ["my", "client", "mom"]


def test_pairs_of_neighbours_follow_the_single_words() -> None:
    assert words_and_pairs("She went quiet") == ["she", "went", "quiet", "she went", "went quiet"]
    assert words_and_pairs("quiet") == ["quiet"]
    assert words_and_pairs("") == []


def test_no_abbreviation_stands_for_another_one() -> None:
    assert not {word for full in ABBREVIATIONS.values() for word in full.split()} & set(ABBREVIATIONS)


_typed = st.text() | st.lists(st.sampled_from([*ABBREVIATIONS, "'s", "'", " ", "client", "s"])).map("".join)


@given(_typed)
def test_words_are_lower_case_bare_and_written_out(text: str) -> None:
    for word in words(text):
        assert word
        assert word == word.lower()
        assert not word.endswith(("'", "'s"))
        assert word not in ABBREVIATIONS


@given(_typed)
def test_reading_words_again_changes_nothing(text: str) -> None:
    once = words(text)

    assert words(" ".join(once)) == once


@given(_typed)
def test_there_is_one_pair_fewer_than_words(text: str) -> None:
    assert len(words_and_pairs(text)) == max(2 * len(words(text)) - 1, 0)
