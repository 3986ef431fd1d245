"""Labelled questions: the good are read, and each kind of slip is named with its line and nothing of the question."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import FixInput
from bot.evals.questions import answerable, read_questions
from knowledge.entry import Corpus
from tests.conftest import REPOSITORY

SECRET = "she told me about the lighthouse"
GOOD: dict[str, Any] = {
    "id": "q1",
    "text": SECRET,
    "category": "answerable",
    "expect": {"topics": ["humor"], "behaviour": "answer"},
}
_EXPECT = GOOD["expect"]
SLIPS: dict[str, tuple[Any, str]] = {
    "half-written": ('{"id": "q2", "text": "she to', "is not JSON"),
    "no object": ([1], "is no JSON object"),
    "no id": ({key: value for key, value in GOOD.items() if key != "id"}, 'lacks "id"'),
    "no text": ({**GOOD, "id": "q2", "text": None}, '"text" of line 3'),
    "no label": ({**GOOD, "id": "q2", "expect": {"topics": ["humor"]}}, 'lacks "expect.behaviour"'),
    "no topics": ({**GOOD, "id": "q2", "expect": {"behaviour": "answer"}}, 'lacks "expect.topics"'),
    "empty topics": ({**GOOD, "id": "q2", "expect": {**_EXPECT, "topics": []}}, '"expect.topics" is empty'),
    "unknown category": ({**GOOD, "id": "q2", "category": "hard"}, '"category" of line 3'),
    "unknown behaviour": ({**GOOD, "id": "q2", "expect": {**_EXPECT, "behaviour": "reply"}}, "known are 'answer'"),
    "unknown further behaviour": ({**GOOD, "id": "q2", "expect": {**_EXPECT, "also_ok": ["maybe"]}}, '"maybe"'),
    "unknown topic": ({**GOOD, "id": "q2", "expect": {**_EXPECT, "topics": ["astrology"]}}, '"astrology"'),
    "misspelt key": ({**GOOD, "id": "q2", "expect": {**_EXPECT, "also_okk": []}}, '"expect.also_okk"'),
    "expect no object": ({**GOOD, "id": "q2", "expect": "answer"}, '"expect" of line 3'),
    "unprintable category": ({**GOOD, "id": "q2", "category": "\x1b[2J"}, r'"\u001b[2J"'),
    "category no text": ({**GOOD, "id": "q2", "category": {"she to": 1}}, '"category" of line 3'),
    "id of another": (GOOD, "has the id of line 1"),
    "id with an escape": ({**GOOD, "id": "q\x1b[2J"}, "cannot be printed"),
    "empty id": ({**GOOD, "id": ""}, '"id" of line 3'),
    "thread no list": ({**GOOD, "id": "q2", "thread": "before"}, '"thread" of line 3'),
}


def _write(folder: Path, *lines: Any) -> Path:  # noqa: ANN401  # any JSON, or a text as it is
    path = folder / "set.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(("line", "told"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_named_with_its_line_and_without_the_question(
    tmp_path: Path,
    corpus: Corpus,
    line: Any,  # noqa: ANN401
    told: str,
) -> None:
    path = _write(tmp_path, GOOD, "", line)
    with pytest.raises(FixInput) as refused:
        read_questions(path, corpus.topics)
    assert f"line 3 of {path}" in str(refused.value)
    assert told in str(refused.value)
    assert "lighthouse" not in str(refused.value)
    assert "she to" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"], ids=["empty", "blank lines", "a mark alone"])
def test_a_file_without_a_question_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(content)
    with pytest.raises(FixInput, match="holds no question"):
        read_questions(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FixInput, match=r"none\.jsonl cannot be read"):
        read_questions(tmp_path / "none.jsonl")


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b'\n{"id": "q2", "text": "\xff"}\n')
    with pytest.raises(FixInput, match="line 2 of"):
        read_questions(path)


def test_keys_for_people_are_passed_over_and_literals_are_told_from_ideas(tmp_path: Path) -> None:
    expect = {
        **_EXPECT,
        "must_not": ["lit:Maria", "blames the client"],
        "must_mention": ["repair"],
        "also_ok": ["crisis"],
    }
    (question,) = read_questions(_write(tmp_path, {**GOOD, "notes": "by hand", "expect": expect})).questions
    assert question.expect.literals == ("maria",)
    assert question.expect.behaviours == {"answer", "crisis"}


def test_a_line_separator_inside_a_question_ends_no_line(tmp_path: Path) -> None:
    line = json.dumps({**GOOD, "text": "one\u2028two\x85three"}, ensure_ascii=False)
    assert len(read_questions(_write(tmp_path, line)).questions) == 1


@pytest.mark.parametrize("name", ["tuning", "blind"])
def test_the_shipped_sets_are_in_the_format(name: str, corpus: Corpus) -> None:
    found = read_questions(REPOSITORY / "tests" / "evals" / f"{name}.jsonl", corpus.topics).questions
    assert (len(found), len(answerable(found))) == (270, 192)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_LINES = st.binary(max_size=40) | st.fixed_dictionaries(
    {}, optional={key: _JSON | st.just(value) for key, value in GOOD.items()}
).map(lambda item: json.dumps(item).encode())


@given(st.lists(_LINES, max_size=4))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_refused_in_one_sentence(tmp_path: Path, lines: list[bytes]) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(b"\n".join(lines))
    refused = None
    try:
        assert read_questions(path).questions
    except FixInput as error:
        refused = str(error)
    assert refused is None or ("any.jsonl" in refused and refused.isprintable())
