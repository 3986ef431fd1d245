"""`screen`: the screens alone, one line out for each line in, without index or cards."""

import io
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.cli.screen import reading, screen_lines
from bot.safety.screening import Screens, load_screens
from bot.safety.verdicts import Audience, Danger, Field
from knowledge.embedding import MiniLmEmbedder
from tests.cli.process import Program
from tests.cli.test_ask_jsonl import BAD_LINES
from tests.conftest import REPOSITORY

SCHEMA: dict[str, Any] = json.loads((REPOSITORY / "docs" / "screen.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.fixture(scope="module")
def screens(embedder: MiniLmEmbedder) -> Screens:
    return load_screens(embedder)


def _read(screens: Screens, *lines: bytes | dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    sink = io.StringIO()
    source = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    status = screen_lines(screens, io.BytesIO(source), sink)
    answers = [json.loads(line) for line in sink.getvalue().splitlines()]
    for answer in answers:
        VALIDATOR.validate(answer)
    return status, answers


def test_the_schema_is_a_schema_and_names_every_danger_and_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    danger, scope = SCHEMA["$defs"]["danger"]["properties"], SCHEMA["$defs"]["scope"]["properties"]
    assert set(danger["kind"]["enum"]) == set(Danger)
    assert set(danger["audience"]["enum"]) == set(Audience)
    assert set(scope["declined"]["enum"]) == {*Field, None}


def test_each_screen_says_what_it_finds(screens: Screens) -> None:
    status, (danger, own, declined, spanish) = _read(
        screens,
        {"id": "1", "text": "my client texted that he will kill himself tonight, call 555-203-9921"},
        {"id": "2", "text": "i want to kill myself", "region": "neutral"},
        {"id": "3", "text": "what is the starting dose of sertraline"},
        {"id": "4", "text": "no s\u00e9 qu\u00e9 hacer, mi paciente dice que todo est\u00e1 bien pero cambia de tema"},
    )
    assert status == 0
    assert (danger["level"], danger["danger"]["audience"]) == ("crisis", "other")
    assert danger["removed"] == [{"type": "phone", "count": 1}]
    assert "9921" not in json.dumps(danger)
    assert own["danger"] == {"kind": "counselor", "audience": "self"}
    assert (declined["level"], declined["danger"], declined["scope"]["declined"]) == ("calm", None, "medication")
    assert (spanish["language"], declined["language"]) == ("es", None)


def test_a_line_is_read_with_its_thread(screens: Screens) -> None:
    thread = ["my client texted that he will kill himself tonight, he has pills"]
    _, (line,) = _read(screens, {"id": "1", "text": "ok but what do i say to him?", "thread": thread})
    assert line["level"] == "crisis"


@pytest.mark.parametrize(("line", "answer"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_a_line_that_cannot_be_read_says_why_as_ask_does(
    screens: Screens, line: bytes, answer: tuple[str | None, str]
) -> None:
    status, (error,) = _read(screens, line)
    assert status == 1
    assert (error["line"], error["id"]) == (1, answer[0])
    assert error["error"].startswith(answer[1])


class _Broken:
    def read(self, *_: object) -> None:
        raise RuntimeError("planted")

    redact = read


def test_a_screen_that_fails_is_read_as_the_worst(screens: Screens) -> None:
    broken: Any = _Broken()
    failed = Screens(crisis=broken, language=broken, privacy=broken, scope=broken).read("how do i repair it")
    line = json.loads(json.dumps(reading("1", failed)))
    VALIDATOR.validate(line)
    assert (line["level"], line["danger"]["kind"], line["withheld"]) == ("crisis", "unknown", True)
    scope_only = Screens(screens.crisis, screens.language, screens.privacy, broken).read("how do i repair it")
    assert (scope_only.scope, scope_only.alarm.level.name) == (None, "CALM")


def test_the_command_reads_lines_or_one_question_and_touches_no_data_folder(program: Program) -> None:
    lines = program.run("screen", "--jsonl", stdin=b'{"id": "1", "text": "she went quiet"}\nnot json\n')
    assert (lines.status, lines.err) == (1, "")
    assert [set(json.loads(line)) >= {"id"} for line in lines.out.splitlines()] == [True, True]
    typed = program.run("screen", "tell Dana Quillfeather i am sorry")
    piped = program.run("screen", stdin=b"tell Dana Quillfeather i am sorry")
    for ran in (typed, piped):
        assert (ran.status, ran.err) == (0, "")
        assert "Danger: calm" in ran.out
        assert "Removed: 1 name" in ran.out
        assert "Quillfeather" not in ran.out
    assert not program.data_dir.exists()


def test_a_question_beside_jsonl_is_refused(program: Program) -> None:
    ran = program.run("screen", "--jsonl", "a question")
    assert ran.status == 1
    assert "leave the question out" in ran.err
