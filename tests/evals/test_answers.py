"""The file of answers survives being cut off anywhere, and tells what does not belong in it."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import FixInput
from bot.evals.answers import Answer, AnswerFile, Head
from tests.evals.made import small_run

HEAD = Head(set="0" * 64, configuration={"writer": "built-in"})
ANSWERS = [Answer.of(question, record, 0.5) for question, record in small_run("answered", "abstained", "crisis")]
IDS = [answer.id for answer in ANSWERS]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with three answers."""
    file = AnswerFile(tmp_path / "answers.jsonl")
    file.begin(HEAD)
    for answer in ANSWERS:
        file.append(answer)
    return tmp_path / "answers.jsonl"


def test_answers_come_back_as_they_were(path: Path) -> None:
    assert AnswerFile(path).head() == HEAD
    assert AnswerFile(path).read(IDS) == {answer.id: answer for answer in ANSWERS}


@given(st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_off_anywhere_keeps_its_whole_lines_and_takes_up_the_rest(path: Path, data: st.DataObject) -> None:
    whole = path.read_bytes()
    cut = path.with_name("cut.jsonl")
    cut.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    file = AnswerFile(cut)
    if file.head() is None:
        file.begin(HEAD)
    there = file.read(IDS)
    for answer in ANSWERS:
        if answer.id not in there:
            file.append(answer)
    assert cut.read_bytes() == whole


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"{}", "is no answer"),
        (b'{"id": "q7"', "is no answer"),
        (b"", "is no answer"),
        (b"\xff", "is no answer"),
        (ANSWERS[0].model_dump_json().encode(), "answers no open question"),
        (ANSWERS[0].model_copy(update={"id": "q9"}).model_dump_json().encode(), "answers no open question"),
    ],
    ids=["another object", "broken", "empty", "no text", "a second answer", "of no question"],
)
def test_a_line_that_does_not_belong_is_named_and_left_alone(path: Path, line: bytes, what: str) -> None:
    path.write_bytes(path.read_bytes() + line + b"\n")
    before = path.read_bytes()
    with pytest.raises(FixInput, match=rf"line 5 of .*{what}.*--fresh"):
        AnswerFile(path).read(IDS)
    assert path.read_bytes() == before


def test_a_file_of_something_else_is_refused_by_its_first_line(path: Path) -> None:
    path.write_text('{"id": "q1"}\n')
    with pytest.raises(FixInput, match="line 1 of"):
        AnswerFile(path).head()


def test_the_question_is_not_kept_even_as_redacted() -> None:
    ((question, record),) = small_run("answered")
    kept = Answer.of(question, {**record, "question": "the purple heron"}, 0.5).model_dump_json()
    assert "heron" not in kept
    assert "teapot" not in kept
    assert "question" not in json.loads(kept)
