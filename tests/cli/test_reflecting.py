"""Reflecting first in the terminal: after danger, and whatever is left empty is skipped."""

import asyncio
import io
from collections.abc import Callable, Iterator

import pytest
from rich.console import Console

from bot.cli.reflecting import reflect_first
from bot.consult.reflection import NOTHING_TYPED, Typed
from tests.cogs.fakes import FakeConsultant

Reflect = Callable[..., tuple[Typed, str]]


@pytest.fixture
def reflect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reflect]:
    """Ask about a question while these lines are typed; return what was typed and what was shown."""

    def ask(question: str, *lines: str) -> tuple[Typed, str]:
        typed, shown = iter(lines), io.StringIO()
        monkeypatch.setattr("builtins.input", lambda *_: next(typed))
        found = reflect_first(Console(file=shown, width=200), FakeConsultant(), question, (), runner)
        return found, shown.getvalue()

    with asyncio.Runner() as runner:
        yield ask


def test_two_fields_are_typed_and_one_question_is_only_thought_of(reflect: Reflect) -> None:
    typed, shown = reflect("she went quiet", "I talked too much", " ")
    assert typed == Typed("I talked too much", "")
    assert "what have you not said to your supervisor" in shown


@pytest.mark.parametrize("question", ["there is danger", "  "])
def test_danger_and_an_empty_question_come_before_any_reflection(question: str, reflect: Reflect) -> None:
    assert reflect(question) == (NOTHING_TYPED, "")
