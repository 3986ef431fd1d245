"""`ask`: one question, or a stream of them as JSON lines."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import typer

from bot.cli.console import open_console
from bot.cli.lines import Asked, answer_each
from bot.cli.reflecting import reflect_first
from bot.cli.services import build_services, read_settings
from bot.errors import FixInput

if TYPE_CHECKING:
    from bot.app import Services

QUESTION_VARIABLE = "SUPERVISION_QUESTION"
"""The environment variable that carries a question verbatim, past any shell."""


def ask(
    question: Annotated[
        str | None, typer.Argument(envvar=QUESTION_VARIABLE, show_envvar=False, help="What you would ask a colleague.")
    ] = None,
    *,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help="Read questions as JSON lines from standard input, write answers as JSON lines."),
    ] = False,
    reflect: Annotated[
        bool, typer.Option("--reflect", help="First be asked what you think happened between you, and what you felt.")
    ] = False,
) -> int:
    """Answer one question with cited suggestions, and end with a question for supervision."""
    if not jsonl and question is None:
        raise FixInput("there is no question", 'write it in quotes: supervision-bot ask "..."')
    if jsonl and question is not None:
        raise FixInput(
            "--jsonl reads its questions from standard input", "leave the question out, or leave --jsonl out"
        )
    if jsonl and reflect:
        raise FixInput("--jsonl asks nobody anything", "leave --reflect out")
    services = build_services(read_settings())
    if jsonl:
        return answer_lines(services, sys.stdin.buffer, sys.stdout)
    from bot.cli.terminal import show  # noqa: PLC0415  # together with the heavy parts
    from bot.consult.reflection import NOTHING_TYPED  # noqa: PLC0415  # the same

    console, question = open_console(), question or ""
    with asyncio.Runner() as runner:
        consultant = services.consultant
        reflection = reflect_first(console, consultant, question, (), runner) if reflect else NOTHING_TYPED
        consultation = runner.run(consultant.answer(question, reflection=reflection))
    show(services.composer().compose(consultation.outcome), console)
    return 0


def answer_lines(services: "Services", source: BinaryIO, sink: TextIO) -> int:
    """Answer each JSON line of the source with one JSON line in the sink, in order.

    Returns:
        1 where any line could not be read, else 0.
    """
    from bot.consult.record import record  # noqa: PLC0415  # together with the heavy parts

    async def answer(asked: Asked) -> dict[str, Any]:
        composer = services.composer(asked.region)
        consultation = await services.consultant.answer(asked.text, asked.thread)
        region = asked.region or services.settings.region
        return record(asked.id, consultation, composer.compose(consultation.outcome), region)

    return answer_each(source, sink, answer)
