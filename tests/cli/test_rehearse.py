"""`rehearse` in the terminal: the list, a whole rehearsal from a pipe, and lines as JSON."""

import io
import json
from typing import Any

import pytest

from bot.cli.rehearse import observe_lines
from bot.rehearse.reader import LineReader
from bot.safety.screening import Screens, load_screens
from knowledge.embedding import MiniLmEmbedder
from knowledge.rehearsal import load_rehearsal_model
from knowledge.tuned import load_tuned_model
from tests.cli.process import Program
from tests.cli.test_ask_jsonl import BAD_LINES


@pytest.fixture(scope="module")
def screens(embedder: MiniLmEmbedder) -> Screens:
    return load_screens(embedder)


@pytest.fixture(scope="module")
def reader(embedder: MiniLmEmbedder) -> LineReader:
    return LineReader(embedder, load_rehearsal_model(), load_tuned_model())


def _observed(screens: Screens, reader: LineReader, *lines: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    sink = io.StringIO()
    source = b"\n".join(json.dumps(line).encode() for line in lines)
    status = observe_lines(screens, reader, io.BytesIO(source), sink)
    return status, [json.loads(line) for line in sink.getvalue().splitlines()]


def test_the_list_names_every_scenario(program: Program) -> None:
    ran = program.run("rehearse")
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 20
    assert "took-her-side: You took her side (confrontation, couples)" in ran.out


def test_a_scenario_that_there_is_not_is_refused_with_the_mend(program: Program) -> None:
    ran = program.run("rehearse", "nowhere")
    assert ran.status == 1
    assert "there is no scenario called nowhere; `supervision-bot rehearse` lists them." in ran.err


def test_a_rehearsal_from_a_pipe_has_feedback_danger_first_and_a_summary(asking: Program) -> None:
    said = (
        "I noticed you went quiet after I came late. What was that like?\n"
        "my client wants to die tonight\n"
        "You never told me that it bothered you.\n"
        "\nnever read\n"
    )
    ran = asking.run("rehearse", "polite-since-late", stdin=said.encode())
    assert ran.status == 0
    assert ran.out.count("The client:") == 3
    assert "Someone's life may be in danger." in ran.out
    assert "What I observed, line by line" in ran.out
    assert "3. " not in ran.out.split("line by line")[1]
    assert ran.out.rstrip().endswith("by phone.")
    assert "Traceback" not in ran.err


def test_lines_are_observed_one_by_one_with_danger_and_identifiers_first(screens: Screens, reader: LineReader) -> None:
    status, (asked, danger) = _observed(
        screens,
        reader,
        {"id": "1", "text": "What was that like for you?"},
        {"id": "2", "text": "my client texted that he will kill himself tonight"},
    )
    assert status == 0
    assert (asked["features"], asked["praised"]) == (["asked"], ["asked"])
    assert (danger["level"], danger["features"]) == ("crisis", [])


def test_a_line_that_cannot_be_read_is_named(screens: Screens, reader: LineReader) -> None:
    sink = io.StringIO()
    assert observe_lines(screens, reader, io.BytesIO(next(iter(BAD_LINES))), sink) == 1
    assert set(json.loads(sink.getvalue())) == {"line", "id", "error"}


def test_jsonl_takes_no_scenario(program: Program) -> None:
    ran = program.run("rehearse", "polite-since-late", "--jsonl")
    assert ran.status == 1
    assert "--jsonl reads lines without a scenario" in ran.err
