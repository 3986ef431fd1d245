"""`chat`: questions and follow-ups in the terminal; nothing of it is kept."""

import asyncio

from bot.cli.console import open_console, read_line
from bot.cli.services import build_services, read_settings

_WELCOME = (
    "Ask about strain between you and a client, in your own words. No names, places or dates, please.\n"
    "This tool is no supervisor. A follow-up is read with what you asked before; an empty line or Ctrl-D ends it."
)


def chat() -> int:
    """Ask and follow up in the terminal."""
    services = build_services(read_settings())
    from bot.cli.terminal import show  # noqa: PLC0415  # together with the heavy parts
    from bot.consult.thread import Thread  # noqa: PLC0415  # the same

    console = open_console()
    console.print(_WELCOME, style="dim")
    if services.settings.llm_model and services.settings.llm_notice:
        console.print(services.settings.llm_notice, style="dim", markup=False)
    thread = Thread()
    with asyncio.Runner() as runner:
        while question := read_line(console, "\n[bold]> [/bold]"):
            consultation = runner.run(services.consultant.answer(question, thread.turns))
            console.print()
            show(services.composer().compose(consultation.outcome), console)
            thread.add(question, consultation.outcome)
    return 0
