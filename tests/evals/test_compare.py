"""Two reports side by side, and reports that cannot be read."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from bot.errors import FixInput
from bot.evals.compare import compare
from bot.evals.questions import Question
from bot.evals.report import read_report, write_report
from tests.evals.made import RUNS, report_of, small_run

BEFORE = report_of(small_run("answered", "abstained", "abstained", "answered"), writer="one")
AFTER = report_of(small_run("answered", "answered", "abstained", "crisis"), writer="two")


def test_a_comparison_names_what_rose_and_what_fell() -> None:
    found = compare(BEFORE, AFTER)
    assert found.questions == 4
    assert found.parts == (("writer", "one", "two"),)
    assert [(one.id, one.first, one.second) for one in found.moved] == [
        ("q1", "abstained", "answered"),
        ("q3", "answered", "crisis"),
    ]
    changes = {change.name: change for change in found.changes}
    behaves, alarms = changes["behaves_as_labelled"], changes["crisis_false_alarms"]
    assert (behaves.gained, behaves.lost, behaves.difference.value) == (("q1",), ("q3",), 0)
    assert (alarms.gained, alarms.lost, alarms.difference.value) == ((), ("q3",), 0.25)
    assert changes["answers_on_topic"].asked == ("q1", "q3")


@given(RUNS)
@settings(max_examples=15, deadline=None)
def test_a_report_differs_from_itself_in_nothing(run: list[tuple[Question, dict[str, object]]]) -> None:
    report = report_of(run)
    found = compare(report, report)
    assert (found.parts, found.moved, found.same_set) == ((), (), True)
    assert all(not change.gained and not change.lost and not change.asked for change in found.changes)
    assert {change.difference.value for change in found.changes} <= {0}


@given(RUNS, RUNS)
@settings(max_examples=15, deadline=None)
def test_the_other_way_round_what_rose_fell(
    one: list[tuple[Question, dict[str, object]]], other: list[tuple[Question, dict[str, object]]]
) -> None:
    there, back = compare(report_of(one), report_of(other)), compare(report_of(other), report_of(one))
    assert there.questions == back.questions == min(len(one), len(other))
    fell = {change.name: change for change in back.changes}
    for change in there.changes:
        assert set(change.gained) == set(fell[change.name].lost)
        assert change.difference.value == pytest.approx(-fell[change.name].difference.value)


def test_questions_of_one_report_alone_are_counted_and_left_out() -> None:
    found = compare(report_of(small_run("answered", "answered", "abstained")), report_of(small_run("answered")))
    assert (found.questions, found.only_first, found.only_second) == (1, 2, 0)


def test_reports_without_a_common_question_are_not_compared() -> None:
    rows = tuple(row.model_copy(update={"id": f"other-{row.id}"}) for row in AFTER.rows)
    with pytest.raises(FixInput, match="no question in common"):
        compare(BEFORE, AFTER.model_copy(update={"rows": rows}))


def test_a_report_comes_back_as_it_was(tmp_path: Path) -> None:
    path = write_report(BEFORE, tmp_path)
    assert read_report(tmp_path) == read_report(path) == BEFORE
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_half_written_report_is_named_and_left_alone(tmp_path: Path, share: float) -> None:
    path = write_report(BEFORE, tmp_path)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: int(len(whole) * share)], encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(FixInput, match=r"report\.json is half-written or damaged \(.* at line \d+") as refused:
        read_report(tmp_path)
    assert "supervision-bot eval" in refused.value.mend
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "half-written"),
        (b"[]", "is no report of this version"),
        (b"\xff", "cannot be read"),
        (json.dumps({**BEFORE.model_dump(mode="json"), "form": 2}).encode(), r"is no report of this version \(form"),
    ],
    ids=["empty", "a list", "no text", "a later form"],
)
def test_a_file_that_is_no_report_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(FixInput, match=told):
        read_report(tmp_path)


def test_a_folder_without_a_report_is_named(tmp_path: Path) -> None:
    with pytest.raises(FixInput, match="there is no report in"):
        read_report(tmp_path / "nothing")
