"""`chat`: questions and follow-ups in the terminal; nothing of it is kept."""

import asyncio
from typing import Annotated

import typer

from bot.cli.console import open_console, read_line
from bot.cli.reflecting import reflect_first
from bot.cli.services import build_services, read_settings

_WELCOME = (
    "Ask about strain between you and a client, in your own words. No names, places or dates, please.\n"
    "This tool is no supervisor. A follow-up is read with what you asked before; an empty line or Ctrl-D ends it."
)


def chat(
    *,
    reflect: Annotated[
        bool,
        typer.Option("--reflect", help="Be asked before each answer what happened between you, and what you felt."),
    ] = False,
) -> int:
    """Ask and follow up in the terminal."""
    services = build_services(read_settings())
    from bot.cli.terminal import show  # noqa: PLC0415  # together with the heavy parts
    from bot.consult.reflection import NOTHING_TYPED  # noqa: PLC0415  # the same
    from bot.consult.thread import Thread  # noqa: PLC0415  # the same

    console = open_console()
    console.print(_WELCOME, style="dim")
    if services.settings.llm_model and services.settings.llm_notice:
        console.print(services.settings.llm_notice, style="dim", markup=False)
    thread = Thread()
    with asyncio.Runner() as runner:
        while question := read_line(console, "\n[bold]> [/bold]"):
            consultant, turns = services.consultant, thread.turns
            reflection = reflect_first(console, consultant, question, turns, runner) if reflect else NOTHING_TYPED
            consultation = runner.run(consultant.answer(question, turns, reflection=reflection))
            console.print()
            show(services.composer().compose(consultation.outcome), console)
            thread.add("\n".join(filter(None, (question, reflection.text))), consultation.outcome)
    return 0
