"""`ask --jsonl`: one line out for each line in, in order, and errors that stop nothing."""

import asyncio
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import Services
from bot.cli.ask import answer_lines
from tests.cli.process import Program
from tests.consult.test_record import ANSWER, VALIDATOR

GOOD = {"id": "q1", "text": "she went quiet after my joke and i do not know how to repair it"}
BAD_LINES: dict[bytes, tuple[str | None, str]] = {
    b'{"id": "b1", "text": "\xff"}': (None, "the line is not UTF-8"),
    b"what should i do": (None, "the line is not JSON"),
    b"[" * 100_000: (None, "the line is not JSON"),
    b'["q", "text"]': (None, "the line is no JSON object"),
    b"null": (None, "the line is no JSON object"),
    b'{"text": "no id"}': (None, '"id" is missing or no text'),
    b'{"id": 7, "text": "a number"}': (None, '"id" is missing or no text'),
    b'{"id": "b2"}': ("b2", '"text" is missing or no text'),
    b'{"id": "b3", "text": null}': ("b3", '"text" is missing or no text'),
    b'{"id": "b4", "text": "x", "thread": "before"}': ("b4", '"thread" is no list of texts'),
    b'{"id": "b5", "text": "x", "thread": ["before", 1]}': ("b5", '"thread" is no list of texts'),
    b'{"id": "b6", "text": "x", "region": 7}': ("b6", '"region" is no text'),
    b'{"id": "b7", "text": "x", "region": "atlantis"}': ("b7", "there are no crisis lines for the region atlantis"),
    b'{"id": "b8", "text": "x", "region": "../us"}': ("b8", "there are no crisis lines for the region ../us"),
    b'{"id": "b9", "text": "x", "region": "\\ud800"}': ("b9", "there are no crisis lines for the region"),
}


def _answer(services: Services, *lines: bytes) -> tuple[int, list[dict[str, Any]]]:
    sink = io.StringIO()
    status = answer_lines(services, io.BytesIO(b"\n".join(lines)), sink)
    return status, [json.loads(line) for line in sink.getvalue().splitlines()]


def test_good_and_bad_lines_are_answered_in_order_and_the_status_tells(asking: Program) -> None:
    crisis = {"id": "q2", "text": "my client wants to die tonight", "region": "neutral"}
    thread = {"id": "q3", "text": "and how do i say it?", "thread": [GOOD["text"]], "note": "other keys are ignored"}
    lines = [json.dumps(GOOD).encode(), *BAD_LINES, b"  ", json.dumps(crisis).encode(), json.dumps(thread).encode()]
    ran = asking.run_alone("ask", "--jsonl", stdin=b"\n".join(lines) + b"\n")
    assert (ran.status, ran.err) == (1, "")
    assert "\x1b" not in ran.out
    first, *errors, second, third = [json.loads(line) for line in ran.out.splitlines()]
    for line in (first, *errors, second, third):
        VALIDATOR.validate(line)
    assert [first["id"], second["id"], third["id"]] == ["q1", "q2", "q3"]
    assert [first["outcome"], second["outcome"], third["outcome"]] == ["answered", "crisis", "answered"]
    assert second["crisis"]["region"] == "neutral"
    assert "911" not in second["reply"]
    assert [set(error) for error in errors] == [{"line", "id", "error"}] * len(BAD_LINES)
    assert [error["line"] for error in errors] == list(range(2, 2 + len(BAD_LINES)))


@pytest.mark.parametrize(("line", "answer"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_each_line_that_cannot_be_read_says_why(
    services: Services, line: bytes, answer: tuple[str | None, str]
) -> None:
    status, (error,) = _answer(services, line)
    known_id, text = answer
    assert status == 1
    assert error["error"].startswith(text)
    assert error["id"] == known_id
    assert error["line"] == 1


def test_good_lines_alone_end_well(services: Services) -> None:
    status, lines = _answer(services, b"", json.dumps(GOOD).encode(), b"\t", json.dumps(GOOD).encode())
    assert status == 0
    assert [line["outcome"] for line in lines] == ["answered", "answered"]


def test_no_line_at_all_ends_well(services: Services) -> None:
    assert _answer(services, b"") == (0, [])


def test_a_null_thread_and_region_are_as_if_left_out(services: Services) -> None:
    status, (line,) = _answer(services, json.dumps({**GOOD, "thread": None, "region": None}).encode())
    assert status == 0
    assert "911" in line["reply"]


def test_an_id_with_a_lone_surrogate_comes_back_as_it_was(services: Services) -> None:
    status, (line,) = _answer(services, b'{"id": "\\ud800", "text": "how \\udfff?"}')
    assert status == 0
    assert line["id"] == "\ud800"
    assert line["question"] == "how ??"


def test_the_output_is_ascii_so_that_any_encoding_carries_it(services: Services) -> None:
    sink = io.StringIO()
    line = json.dumps({**GOOD, "id": "\N{CRYING FACE}"})
    answer_lines(services, io.BytesIO(line.encode()), sink)
    assert sink.getvalue().isascii()
    assert json.loads(sink.getvalue())["id"] == "\N{CRYING FACE}"


def test_a_bad_line_in_front_of_a_byte_order_mark_stops_nothing(services: Services) -> None:
    status, lines = _answer(services, b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), json.dumps(GOOD).encode())
    assert status == 1
    assert "error" in lines[0]
    assert lines[1]["outcome"] == "answered"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "id": _JSON,
        "text": _JSON,
        "thread": _JSON,
        "region": st.sampled_from(["us", "neutral", "", None]) | _JSON,
    },
)


@given(st.lists(st.binary(max_size=30) | _OBJECTS.map(lambda item: json.dumps(item).encode()), max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_line_that_is_not_empty_gets_one_line_of_the_schema(services: Services, lines: list[bytes]) -> None:
    lines = [line.replace(b"\n", b" ") for line in lines]
    status, answers = _answer(services, *lines)
    assert len(answers) == sum(bool(line.strip()) for line in lines)
    for answer in answers:
        VALIDATOR.validate(answer)
    assert status == any("error" in answer for answer in answers)


async def test_lines_are_answered_from_a_thread_beside_a_running_loop(services: Services) -> None:
    status, (line,) = await asyncio.to_thread(_answer, services, json.dumps(GOOD).encode())
    assert status == 0
    ANSWER.validate(line)
