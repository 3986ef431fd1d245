"""`ask`: one question, in a pipe and on a terminal."""

import re

import pytest
from rich.cells import cell_len

from bot.cli.ask import QUESTION_VARIABLE
from tests.cli.process import Program

QUESTION = "she went quiet after my joke and i do not know how to repair it"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_one_question_is_answered_with_sources_and_the_close_last(asking: Program) -> None:
    ran = asking.run_alone("ask", QUESTION)
    assert (ran.status, ran.err) == (0, "")
    paragraphs = ran.out.strip().split("\n\n")
    assert paragraphs[-1].startswith("Bring to supervision:")
    assert "If anyone may be in danger now: 911" in " ".join(paragraphs[-1].split())
    assert any(paragraph.startswith("To consider\n1. ") for paragraph in paragraphs)
    assert "[1] " in paragraphs[-2]
    assert "**" not in ran.out
    assert "\x1b" not in ran.out


def test_a_question_loads_neither_the_records_nor_discord_nor_langchain_nor_what_it_has_no_use_for(
    asking: Program,
) -> None:
    ran = asking.run_alone("ask", QUESTION, PYTHONPROFILEIMPORTTIME="1")
    assert ran.status == 0
    loaded = {line.rpartition("|")[2].strip() for line in ran.err.splitlines() if line.startswith("import time:")}
    assert {"bot.consult.pipeline", "chromadb", "onnxruntime"} <= loaded
    unwanted = ("sqlalchemy", "alembic", "aiosqlite", "asyncpg", "discord", "langchain", "langchain_core", "matplotlib")
    ours = ("bot.opening", "bot.storage.engine", "bot.curation.service", "bot.rehearse.reader", "chromadb.api.fastapi")
    assert loaded.isdisjoint({*unwanted, *ours})


def test_a_crisis_prints_the_steps_and_ends_well(asking: Program) -> None:
    ran = asking.run("ask", "my client wants to die tonight", REGION="neutral")
    assert ran.status == 0
    assert ran.out.startswith("Someone's life may be in danger.")
    assert ran.out.rstrip().endswith("Repair can wait.")
    assert "911" not in ran.out


@pytest.mark.parametrize(
    "question",
    [
        "-5 $HOME `whoami` \"quoted\" 'single' $(ls) \\n %s & | > dana@example.org",
        "--help",
    ],
)
def test_a_question_in_the_variable_is_read_verbatim(asking: Program, question: str) -> None:
    ran = asking.run_in({"LOG_LEVEL": "INFO", QUESTION_VARIABLE: question}, "ask")
    assert ran.status == 0
    assert "Usage" not in ran.out
    assert ran.out.rstrip().endswith("by phone.")
    assert (re.search(r"I removed [^.]*email", ran.out) is not None) is ("@" in question)
    assert "consultation outcome=" in ran.err
    assert "example.org" not in ran.err
    assert "HOME" not in ran.err


def test_what_stands_in_the_variable_is_danger_too(asking: Program) -> None:
    ran = asking.run_in({QUESTION_VARIABLE: "--jsonl she wants to die $(tonight)"}, "ask")
    assert ran.out.startswith("Someone's life may be in danger.")


def test_a_question_that_is_not_utf8_is_answered(asking: Program) -> None:
    ran = asking.run("ask", QUESTION.encode() + b" \xff\xfe")
    assert (ran.status, ran.err) == (0, "")
    assert "To consider" in ran.out


def test_an_output_that_knows_ascii_only_gets_question_marks_for_the_rest(asking: Program) -> None:
    ran = asking.run_alone("ask", QUESTION, PYTHONIOENCODING="ascii")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.isascii()
    assert ran.out.rstrip().endswith("by phone.")


def test_without_a_question_there_is_one_sentence(program: Program) -> None:
    ran = program.run("ask")
    assert ran.status == 1
    assert ran.err == ('supervision-bot: there is no question; write it in quotes: supervision-bot ask "...".\n')


def test_a_question_beside_jsonl_is_refused(program: Program) -> None:
    ran = program.run("ask", "--jsonl", QUESTION)
    assert ran.status == 1
    assert ran.err.startswith("supervision-bot: --jsonl reads its questions from standard input;")


def test_a_terminal_gets_colour_and_lines_that_fit_it(asking: Program) -> None:
    terminal = asking.open_terminal("ask", "my client Dana said she feels hopeless since i was late, how do i repair")
    assert terminal.end() == 0
    assert "\x1b[1;31m" in terminal.printed
    plain = ESCAPES.sub("", terminal.printed)
    assert "\x1b" not in plain
    assert max(cell_len(line.rstrip()) for line in plain.splitlines()) <= 60
    assert plain.rstrip().endswith("by phone.")
    assert "**" not in plain


def test_no_color_leaves_no_escape_code_on_a_terminal_and_keeps_its_width(asking: Program) -> None:
    terminal = asking.open_terminal("ask", QUESTION, NO_COLOR="1")
    assert terminal.end() == 0
    assert "\x1b" not in terminal.printed
    widest = max(cell_len(line.rstrip()) for line in terminal.printed.splitlines())
    assert 40 < widest <= 60


def test_who_wants_to_reflect_first_is_asked_and_the_answer_responds(asking: Program) -> None:
    ran = asking.run("ask", "--reflect", QUESTION, stdin=b"she's just resistant\nrelieved when it was over\n")
    assert (ran.status, ran.err) == (0, "")
    assert "what have you not said to your supervisor" in ran.out
    assert "all of it lies with the client" in " ".join(ran.out.split())
    assert 'You wrote "relieved".' in " ".join(ran.out.split())
    assert ran.out.index("On what you reflected") < ran.out.index("To consider")


def test_danger_in_a_reflection_brings_the_steps_and_no_answer(asking: Program) -> None:
    ran = asking.run("ask", "--reflect", QUESTION, stdin=b"he says he will kill himself tonight\n")
    assert ran.status == 0
    assert "Someone's life may be in danger." in ran.out
    assert "To consider" not in ran.out


def test_a_stream_of_questions_has_nobody_to_reflect(program: Program) -> None:
    ran = program.run("ask", "--jsonl", "--reflect")
    assert ran.status != 0
    assert "leave --reflect out" in ran.err
