"""`doctor`: what is not well, and the mend."""

from bot.cli.console import open_console
from bot.cli.services import read_settings


def doctor() -> int:
    """Check settings, model files, cards, crisis texts, index, database and token; say how to mend what is not well."""
    settings = read_settings()
    from bot.doctor import State, examine  # noqa: PLC0415  # Chroma takes seconds to import, and reads `.env` itself

    console = open_console()
    marks = {State.WELL: ("ok", "green"), State.NOTE: ("note", "yellow"), State.ILL: ("ILL", "bold red")}
    findings = examine(settings)
    for finding in findings:
        mark, style = marks[finding.state]
        console.print(f"[{style}]{mark:>4}[/]  {finding.part}: ", end="")
        console.print(finding.text, markup=False)
        if finding.mend:
            console.print(f"      Mend: {finding.mend}", markup=False)
    return 1 if any(finding.state is State.ILL for finding in findings) else 0
