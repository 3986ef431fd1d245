"""Reflect first, in the terminal: two short questions before the answer, and one that is only thought of."""

import asyncio
from typing import TYPE_CHECKING

from bot.cli.console import read_line

if TYPE_CHECKING:
    from rich.console import Console

    from bot.consult.ports import Answers
    from bot.consult.reflection import Typed

_BEFORE = "Before the answer, a moment for you. Leave out names, places and dates; an empty line skips."
_SILENT = "Only to think of, not to type: what have you not said to your supervisor about this?"
_BETWEEN = "What do you think happened between you? "
_FELT = "What did you feel? "


def reflect_first(
    console: "Console", consultant: "Answers", question: str, thread: tuple[str, ...], runner: asyncio.Runner
) -> "Typed":
    """Ask for a reflection, unless the question tells of danger, which is answered before anything is asked.

    Args:
        console: asks there; what is typed comes from standard input.
        consultant: reads the question for danger.
        question: as typed.
        thread: earlier turns, oldest first.
        runner: runs the reading.
    """
    from bot.consult.reflection import NOTHING_TYPED, Typed  # noqa: PLC0415  # together with the heavy parts

    if not question.strip() or runner.run(consultant.danger(question, thread)):
        return NOTHING_TYPED
    console.print(f"\n{_BEFORE}\n{_SILENT}", style="dim", markup=False)
    return Typed(read_line(console, _BETWEEN), read_line(console, _FELT))
