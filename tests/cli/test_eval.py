"""`eval` as a person runs it: a table, a report, a comparison, and one sentence for each slip."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import eval as evaluation
from bot.cli.main import main
from tests.cli.process import Program
from tests.conftest import REPOSITORY

_LINES = 12


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """The first tuning questions."""
    lines = (REPOSITORY / "tests" / "evals" / "tuning.jsonl").read_text(encoding="utf-8").splitlines()[:_LINES]
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_questions_are_run_reported_run_again_and_compared(asking: Program, asked: Path) -> None:
    ran = asking.run("eval", "--questions", str(asked), "--misses")
    folder = asking.cwd / "reports" / "few"
    assert ran.status == 0, ran.err
    assert ran.err.strip() == f"Answering: {_LINES} questions."
    assert "hit@5" in ran.out
    assert "95% interval" in ran.out
    assert "\x1b" not in ran.out
    assert sorted(path.suffix for path in folder.iterdir()) == [".html", ".json", ".jsonl", ".lock"]
    texts = [json.loads(line)["text"] for line in asked.read_text(encoding="utf-8").splitlines()]
    written = ran.out + "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert [text for text in texts if text in written] == []

    first = (folder / "answers.jsonl").read_bytes()
    again = asking.run("eval", "--questions", str(asked), "--no-page")
    assert (again.status, (folder / "answers.jsonl").read_bytes()) == (0, first)

    compared = asking.run("eval", "compare", str(folder), str(folder / "report.json"))
    assert (compared.status, compared.err) == (0, "")
    assert f"Questions in both: {_LINES}; only in A: 0; only in B: 0." in compared.out
    assert "+0.000" in compared.out

    other = asking.run("eval", "--questions", str(asked), REGION="neutral")
    assert other.status == 1
    assert "it differs in: region" in other.err
    assert "--fresh" in other.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"id": "q1", "text": "the lighthouse"', "line 1 of"),
        ("", "holds no question"),
        (
            '{"id": "q1", "text": "the lighthouse", "category": "hard", "expect": {"topics": []}}',
            "which is unknown; known are",
        ),
    ],
    ids=["half-written", "empty", "unknown category"],
)
def test_a_set_that_cannot_be_used_is_told_before_anything_is_built(
    program: Program, tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "set.jsonl").write_text(content)
    ran = program.run("eval", "--questions", "set.jsonl")
    assert (ran.status, ran.out) == (1, "")
    assert told in ran.err
    assert ran.err.startswith("supervision-bot: ")
    assert len(ran.err.splitlines()) == 1
    assert "lighthouse" not in ran.err
    assert not program.data_dir.exists()
    assert not (tmp_path / "reports").exists()


def test_a_comparison_without_a_report_is_one_sentence(program: Program) -> None:
    ran = program.run("eval", "compare", "before", "after")
    assert (ran.status, ran.out) == (1, "")
    assert "there is no report in before" in ran.err


def test_without_the_extra_the_page_is_refused_before_a_question_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluation, "find_spec", lambda name: None if name == "matplotlib" else object())
    assert main(["eval"]) == 1
    printed = capsys.readouterr().err
    assert 'pip install "supervision-assistant[eval]"' in printed
    assert "--no-page" in printed


def test_the_other_commands_load_no_plots() -> None:
    code = "import sys, bot.cli.main; sys.exit(not {'matplotlib', 'jinja2'}.isdisjoint(sys.modules))"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)  # noqa: S603  # our own words


def test_the_word_before_a_command_is_not_run(program: Program) -> None:
    ran = program.run("eval", "contrast", "a", "b")
    assert ran.status == 2
    assert "contrast" in ran.err
