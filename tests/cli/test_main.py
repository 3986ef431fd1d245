"""The border of the command line: every failure is one sentence, and the status tells which kind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main as border
from bot.errors import AssistantError, FixInput
from tests.cli.process import Program


def _is_one_sentence(text: str) -> bool:
    return (
        text.startswith("supervision-bot: ")
        and text.endswith(".\n")
        and text.count("\n") == 1
        and "Traceback" not in text
        and "\x1b" not in text
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), "No such command 'nope'"),
        (("ask", "--nope"), "No such option: --nope"),
        (("ask", "one", "two"), "unexpected extra argument"),
        (("cards", "show"), "Missing argument 'CARD'"),
        (("cards", "nope"), "No such command 'nope'"),
        (("index", "--rebuild=yes"), "--rebuild"),
    ],
)
def test_words_that_are_not_understood_are_answered_in_one_sentence(
    program: Program, words: tuple[str, ...], said: str
) -> None:
    ran = program.run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert "`supervision-bot --help` shows what it understands" in ran.err
    assert _is_one_sentence(ran.err)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"LLM_MODLE": "openai:gpt"}, "rename it to LLM_MODEL, or unset it."),
        ({"DATADIR": "/tmp"}, "rename it to DATA_DIR, or unset it."),  # noqa: S108  # not used
        ({"LOG_LEVEL": "LOUD"}, "the setting LOG_LEVEL is not usable"),
        ({"LLM_TIMEOUT": "soon"}, "the setting LLM_TIMEOUT is not usable"),
        ({"REGION": "Atlantis 9"}, "the setting REGION is not usable"),
        ({"REGION": "atlantis"}, "there are no crisis lines for the region atlantis; use one of neutral, us."),
        ({"LLM_MODEL": "nobody:model"}, "the provider nobody, which is unknown"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(
    program: Program, setting: dict[str, str], said: str
) -> None:
    ran = program.run_in(setting, "ask", "how do i repair it")
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err
    assert _is_one_sentence(ran.err)
    assert not program.data_dir.exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"COLOUR=red\n", "the setting COLOUR in .env is unknown"),
        (b"REGOIN=us\n", "did you mean REGION."),
        (b"REGION=us\nthis is no setting\n", "line 2 of .env is no setting"),
        (b"REGION=\xff\n", ".env cannot be read as UTF-8 text"),
    ],
)
def test_a_file_of_settings_that_cannot_be_used_is_named_in_one_sentence(
    program: Program, line: bytes, said: str
) -> None:
    (program.cwd / ".env").write_bytes(line)
    ran = program.run("doctor")
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err
    assert _is_one_sentence(ran.err)


@pytest.mark.parametrize(("words", "name"), [((), "supervision-bot"), (("cards",), "supervision-bot cards")])
def test_no_word_at_all_shows_the_help(program: Program, words: tuple[str, ...], name: str) -> None:
    ran = program.run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"Usage: {name} ")
    assert "shows what it understands" not in ran.err


def test_the_help_names_every_command_and_the_version_says_which_program_it_is(program: Program) -> None:
    shown = program.run("--help")
    assert shown.status == 0
    for command in ("ask", "chat", "cards", "index", "doctor", "migrate", "run", "version"):
        assert f"\n  {command} " in shown.out
    version = program.run_alone("version")
    assert version.status == 0
    assert version.out.startswith("supervision-assistant ")
    assert version.out.count("\n") == 1


def test_ctrl_c_while_the_index_is_built_is_one_sentence(program: Program) -> None:
    with program.start("index") as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"Building the index: ")
        process.send_signal(signal.SIGINT)
        out, rest = process.communicate(timeout=120)
    assert process.returncode == 130
    assert (out, rest) == (b"", b"supervision-bot: stopped; nothing was lost.\n")


def test_a_reader_that_stops_reading_ends_the_program_without_a_word(program: Program) -> None:
    with program.start("cards", "list") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_reader_that_stops_reading_json_lines_ends_the_program_without_a_word(
    asking: Program, tmp_path: Path
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "q", "text": "hm"}\n' * 50)
    ours, theirs = os.pipe()
    os.close(ours)
    with questions.open("rb") as source:
        process = subprocess.run(  # our own program
            [sys.executable, "-m", "bot", "ask", "--jsonl"],
            cwd=tmp_path,
            env=asking.environment({}),
            stdin=source,
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
        )
    os.close(theirs)
    assert (process.returncode, process.stderr) == (1, b"")


def test_an_error_is_its_problem_and_its_mend() -> None:
    error = FixInput("the line is empty", "write something")
    assert isinstance(error, AssistantError)
    assert (error.problem, error.mend) == ("the line is empty", "write something")
    assert str(error) == "the line is empty; write something."


def test_the_border_passes_a_status_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert border.main(["version"]) == 0
    assert border.main(["version", "--help"]) == 0
    assert border.main(["cards", "show", "nobody"]) == 1
    assert border.main(["nope"]) == 2
    assert capsys.readouterr().err.count("supervision-bot: ") == 2
