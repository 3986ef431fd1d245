"""`chat` on a terminal and in a pipe."""

import re

from tests.cli.process import Program

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PROMPT = "> "


def _plain(text: str) -> str:
    return ESCAPES.sub("", text)


def test_a_question_and_its_follow_up_are_answered_until_ctrl_d(asking: Program) -> None:
    terminal = asking.open_terminal("chat", NO_COLOR="1")
    terminal.wait_for(PROMPT)
    terminal.type("she went quiet after my joke and i do not know how to repair it\n")
    terminal.wait_for("by phone.")
    terminal.wait_for("\n" + PROMPT, 2)
    terminal.type("and how do i say it?\n")
    terminal.wait_for("\n" + PROMPT, 3)
    terminal.type("\x04")
    assert terminal.end() == 0
    assert terminal.printed.count("Bring to supervision:") == 2
    assert terminal.printed.count("To consider") == 2
    assert "This tool is no supervisor." in terminal.printed
    assert "Traceback" not in terminal.printed


def test_danger_stays_danger_in_the_follow_up(asking: Program) -> None:
    questions = "my client wants to die tonight\nand how do i say it?\n"
    ran = asking.run("chat", stdin=questions.encode())
    assert ran.status == 0
    assert ran.out.count("Someone's life may be in danger.") == 2
    assert "Bring to supervision" not in ran.out


def test_an_empty_line_ends_it_and_bytes_that_are_no_text_do_not(asking: Program) -> None:
    ran = asking.run("chat", stdin=b"\xff\xfe how\nhm\n\nnever read\n")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.count("Bring to supervision:") <= 2
    assert ran.out.count("A sentence each is plenty") >= 1
    assert "\x1b" not in ran.out


def test_ctrl_c_ends_it_with_one_sentence(asking: Program) -> None:
    terminal = asking.open_terminal("chat")
    terminal.wait_for(PROMPT)
    terminal.interrupt()
    assert terminal.end() == 130
    assert _plain(terminal.printed).rstrip().endswith("supervision-bot: stopped; nothing was lost.")
    assert "Traceback" not in terminal.printed


def test_with_the_flag_each_question_is_reflected_on_first(asking: Program) -> None:
    said = "she went quiet after my joke\nI talked too much\n\n\n"
    ran = asking.run("chat", "--reflect", stdin=said.encode())
    assert ran.status == 0
    assert ran.out.count("What did you feel?") == 1
    assert "all of it lies with you" in " ".join(ran.out.split())
