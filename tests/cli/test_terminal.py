"""How a reply is drawn: every word of it, within the width, the close last."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.cli.console import open_console
from bot.cli.terminal import show
from bot.consult.outcome import Outcome
from bot.consult.reply import Part, Reply, Role
from tests.consult.outcomes import OUTCOMES
from tests.consult.test_reply import US

CLOSE = '**Bring to supervision:** "What now?" Your supervisor knows.\n-# In danger: 911.'


def _draw(reply: Reply, width: int, *, colour: bool = False) -> str:
    sink = io.StringIO()
    show(reply, Console(file=sink, width=width, force_terminal=colour, color_system="256" if colour else None))
    return sink.getvalue()


def _words(text: str) -> list[str]:
    return re.sub(r"\*|^-# ", "", text, flags=re.MULTILINE).split()


def test_marks_become_styles_and_small_lines_lose_theirs() -> None:
    reply = Reply((Part(Role.WATCH, "**Watch for:** *hopelessness*."), Part(Role.SOURCES, "-# [1] a source")), CLOSE)
    assert _draw(reply, 80) == (
        "Watch for: hopelessness.\n\n[1] a source\n\n"
        'Bring to supervision: "What now?" Your supervisor knows.\nIn danger: 911.\n'
    )
    coloured = _draw(reply, 80, colour=True)
    assert "\x1b[1mWatch for:\x1b[0m" in coloured
    assert "\x1b[3mhopelessness\x1b[0m" in coloured
    assert "\x1b[2m[1] a source\x1b[0m" in coloured


def test_the_bold_words_of_the_safety_steps_are_red() -> None:
    assert "\x1b[1;31mphone\x1b[0m" in _draw(Reply((Part(Role.SAFETY, "**phone** now"),), CLOSE), 80, colour=True)


def test_a_listed_line_hangs_under_its_number() -> None:
    reply = Reply((Part(Role.SUGGESTIONS, "**To consider**\n1. " + "word " * 9 + "\n10. " + "word " * 9),), CLOSE)
    assert [line.rstrip() for line in _draw(reply, 30).splitlines()[:5]] == [
        "To consider",
        "1. word word word word word",
        "   word word word word",
        "10. word word word word word",
        "    word word word word",
    ]


def test_a_wide_terminal_keeps_lines_readable() -> None:
    drawn = _draw(Reply((Part(Role.TEXT, "word " * 100),), CLOSE), 300)
    assert max(cell_len(line.rstrip()) for line in drawn.splitlines()) <= 96


@given(outcome=OUTCOMES, width=st.integers(30, 120), colour=st.booleans())
@settings(deadline=None)
def test_every_reply_is_drawn_within_the_width_and_ends_with_its_close(
    outcome: Outcome, width: int, *, colour: bool
) -> None:
    reply = US.compose(outcome)
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", _draw(reply, width, colour=colour))
    assert "\x1b" not in drawn
    assert max(cell_len(line.rstrip()) for line in drawn.split("\n")) <= min(width, 96)
    close = "".join(_words(reply.close))
    assert "".join(_words(drawn)).endswith(close)


@pytest.mark.parametrize(("no_color", "system"), [("", "256"), ("1", None)])
def test_no_color_takes_every_style_away(monkeypatch: pytest.MonkeyPatch, no_color: str, system: str | None) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)
    assert open_console().color_system == system
