"""`screen`: what the screens say of a question, and nothing else; neither index nor cards are loaded."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import typer

from bot.cli.ask import QUESTION_VARIABLE
from bot.cli.console import open_console
from bot.cli.lines import Asked, answer_each
from bot.cli.services import read_settings
from bot.errors import FixInput

if TYPE_CHECKING:
    from bot.safety.screening import Screening, Screens


def screen(
    question: Annotated[
        str | None,
        typer.Argument(envvar=QUESTION_VARIABLE, show_envvar=False, help="A question; standard input where left out."),
    ] = None,
    *,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help="Read questions as JSON lines from standard input, write readings as JSON lines."),
    ] = False,
) -> int:
    """Say what the screens find in a question (danger, language, identifiers, scope); nothing is answered."""
    if jsonl and question is not None:
        raise FixInput(
            "--jsonl reads its questions from standard input", "leave the question out, or leave --jsonl out"
        )
    read_settings()
    screens = _build()
    if jsonl:
        return screen_lines(screens, sys.stdin.buffer, sys.stdout)
    if question is None:
        question = sys.stdin.buffer.read().decode("utf-8", "replace")
    console = open_console(markup=False)
    for name, said in _described(screens.read(question)):
        console.print(f"{name}: {said}")
    return 0


def screen_lines(screens: "Screens", source: BinaryIO, sink: TextIO) -> int:
    """Read each JSON line of the source with the screens; one JSON line each in the sink, in order.

    Returns:
        1 where any line could not be read, else 0.
    """
    from knowledge.screens import load_safety_texts  # noqa: PLC0415  # pydantic takes a while to import

    async def read(asked: Asked) -> dict[str, Any]:
        if asked.region is not None:
            load_safety_texts(asked.region)
        return reading(asked.id, screens.read(asked.text, asked.thread))

    return answer_each(source, sink, read)


def reading(question_id: str, screening: "Screening") -> dict[str, Any]:
    """Return one reading as a JSON object (docs/screen.schema.json); it holds the question only as redacted."""
    alarm, redaction, scope = screening.alarm, screening.redaction, screening.scope
    level = alarm.level.name.lower()
    return {
        "id": question_id,
        "level": level,
        "danger": None if level == "calm" else {"kind": alarm.danger, "audience": alarm.audience},
        "language": screening.language,
        "question": redaction.text if redaction else "",
        "removed": [{"type": one.type, "count": one.count} for one in redaction.removed] if redaction else [],
        "withheld": redaction is None,
        "scope": {"declined": scope.declined, "outside": round(scope.outside, 4)} if scope else None,
        "ms": screening.milliseconds,
    }


def _described(screening: "Screening") -> list[tuple[str, str]]:
    said = reading("", screening)
    danger, scope = said["danger"], said["scope"]
    removed = ", ".join(f"{one['count']} {one['type']}" for one in said["removed"]) or "nothing"
    return [
        ("Danger", said["level"] + (f", {danger['kind']}, audience {danger['audience']}" if danger else "")),
        ("Language", said["language"] or "English, or not clear"),
        ("Removed", "withheld, since an identifier may be left" if said["withheld"] else removed),
        ("Question", said["question"]),
        ("Scope", "not read" if scope is None else f"declined {scope['declined'] or 'no'}, outside {scope['outside']}"),
        ("Milliseconds", ", ".join(f"{name} {value}" for name, value in said["ms"].items())),
    ]


def _build() -> "Screens":
    from bot.safety.screening import load_screens  # noqa: PLC0415  # onnxruntime takes a while to import
    from knowledge.embedding import MiniLmEmbedder  # noqa: PLC0415

    return load_screens(MiniLmEmbedder())
