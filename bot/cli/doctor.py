"""`doctor`: what is not well, and the mend."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import open_console
from bot.cli.services import read_settings

if TYPE_CHECKING:
    from bot.doctor import Finding


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON object.")] = False,
) -> int:
    """Check secrets, folder, model files, cards, index, database, keys, clock, model and token; say how to mend ills.

    The exit status is 1 where something is ill; a note is none.
    """
    settings = read_settings()
    from bot.doctor import State, examine  # noqa: PLC0415  # Chroma takes seconds to import, and reads `.env` itself

    findings = examine(settings)
    status = 1 if any(finding.state is State.ILL for finding in findings) else 0
    if as_json:
        typer.echo(json.dumps({"well": status == 0, "findings": [_as_json(one) for one in findings]}, indent=2))
        return status
    console = open_console()
    marks = {State.WELL: ("ok", "green"), State.NOTE: ("note", "yellow"), State.ILL: ("ILL", "bold red")}
    for finding in findings:
        mark, style = marks[finding.state]
        console.print(f"[{style}]{mark:>4}[/]  {finding.part}: ", end="")
        console.print(finding.text, markup=False)
        if finding.mend:
            console.print(f"      Mend: {finding.mend}", markup=False)
    return status


def _as_json(finding: "Finding") -> dict[str, str | None]:
    mend = finding.mend or None
    return {"part": finding.part, "state": finding.state.value, "text": finding.text, "mend": mend}
