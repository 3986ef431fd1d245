"""The tolerant parser: what models write around, into and in place of JSON."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.parsing import UnreadableAnswer, parse_object
from bot.llm.schema import read_answer

WANTED = ("suggestions", "not_covered")
GOOD: dict[str, Any] = {
    "reading": None,
    "suggestions": [{"text": 'Say "no", {calmly}.', "cites": ["a#s1"]}, {"text": "Wait.", "cites": ["a#s2", "b#s1"]}],
    "ask_yourself": "Why?",
    "not_covered": False,
}
_TEXT = st.text(st.characters(codec="utf-8"))
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), _JSON, max_size=5))
def test_any_json_object_is_read_as_json_reads_it(extra: dict[str, Any]) -> None:
    whole = {**extra, "suggestions": []}
    assert parse_object(json.dumps(whole), wanted=WANTED) == whole


@given(
    before=st.text(st.characters(exclude_characters="{", codec="utf-8")),
    after=st.text(st.characters(codec="utf-8")),
    indent=st.sampled_from([None, 2]),
)
def test_what_stands_around_the_object_changes_nothing(before: str, after: str, indent: int | None) -> None:
    text = f"{before}\n```json\n{json.dumps(GOOD, indent=indent)}\n```\n{after}"
    assert parse_object(text, wanted=WANTED) == GOOD


@pytest.mark.parametrize("around", ["Here {it} is: %s", "{} %s", '{"a": 1} then %s', "{ %s", "/* { */ %s"])
def test_other_braces_before_the_object_are_passed_over(around: str) -> None:
    assert parse_object(around % json.dumps(GOOD), wanted=WANTED) == GOOD


def test_trailing_commas_comments_and_spelling_of_other_languages_are_read() -> None:
    text = '{"suggestions": [{"text": "Wait.", "cites": ["a#s1",],},], // done\n "not_covered": False,}'
    assert parse_object(text, wanted=WANTED) == {
        "suggestions": [{"text": "Wait.", "cites": ["a#s1"]}],
        "not_covered": False,
    }


def test_of_equal_keys_the_last_counts() -> None:
    assert parse_object('{"suggestions": [], "suggestions": [1]}', wanted=WANTED) == {"suggestions": [1.0]}


@given(st.integers(0, 500))
def test_an_answer_that_is_cut_off_keeps_only_whole_suggestions(length: int) -> None:
    text = json.dumps(GOOD)[:length]
    try:
        found = read_answer(text)
    except UnreadableAnswer:
        return
    whole = [(one["text"], one["cites"]) for one in GOOD["suggestions"]]
    assert [(one.text, one.cites) for one in found.suggestions] == whole[: len(found.suggestions)]


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, '{"suggestions": [' + text, '{"suggestions": "' + text):
        with suppress(UnreadableAnswer):
            read_answer(candidate)


@pytest.mark.parametrize(
    "text",
    [
        "{" * 10_000,
        "[" * 10_000,
        '{"suggestions":' * 700,
        '{"a":"' * 2000,
        "\\" * 10_000,
        '{"suggestions": ["' + "x" * 10_000,
    ],
)
def test_ten_thousand_hostile_characters_are_read_in_a_moment(text: str) -> None:
    began = time.perf_counter()
    with suppress(UnreadableAnswer):
        read_answer(text)
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        ([3, None, "Wait."], [("", []), ("", []), ("Wait.", [])]),
        ([{"text": 5, "cites": "a#s1, a#s2"}], [("", ["a#s1", "a#s2"])]),
        ([{"text": "Wait.", "cites": [1, "a#s1", None]}], [("Wait.", ["a#s1"])]),
        ([{"text": "Wait.", "cites": {"id": "a#s1"}}], [("Wait.", [])]),
        ({"text": "Wait.", "cites": ["a#s1"]}, [("Wait.", ["a#s1"])]),
        ([{"text": "x" * 10_000, "cites": ["a#s1"]}], [("x" * 2000, ["a#s1"])]),
    ],
)
def test_wrong_types_become_statements_that_grounding_counts(listed: object, read: list[tuple[str, list[str]]]) -> None:
    found = read_answer(json.dumps({"suggestions": listed}))
    assert [(one.text, one.cites) for one in found.suggestions] == read


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"suggestions": 3}', '{"reading": null}', "I can't help."])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(UnreadableAnswer):
        read_answer(text)
