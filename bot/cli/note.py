"""`note`: a supervision note from one question, as Markdown or PDF; nothing else is written."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.reflecting import reflect_first
from bot.cli.services import build_services, read_settings
from bot.errors import FixInput

if TYPE_CHECKING:
    from bot.note.sections import Note

_FORMS = (".md", ".pdf")


def note(
    question: Annotated[str, typer.Argument(help="What happened, as you would tell a colleague.")],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A new file ending in .md or .pdf; the terminal without it.")
    ] = None,
    reflect: Annotated[
        bool, typer.Option("--reflect", help="First be asked what happened between you, and what you felt.")
    ] = False,
) -> int:
    """Draw a one-page note for supervision from a question; in danger, print the steps in its place."""
    if output is not None and output.suffix.lower() not in _FORMS:
        raise FixInput(f"{output.name} is no form that a note has", "end the name in .md or .pdf")
    if output is not None and output.exists():
        raise FixInput(f"{output} is there already", "choose another name; nothing was written")
    services = build_services(read_settings())
    from bot.cli.console import open_console  # noqa: PLC0415  # together with the heavy parts
    from bot.cli.terminal import show  # noqa: PLC0415  # the same
    from bot.consult.outcome import Screened  # noqa: PLC0415  # the same
    from bot.consult.reflection import NOTHING_TYPED  # noqa: PLC0415  # the same
    from bot.note.sections import as_markdown, note_from  # noqa: PLC0415  # the same

    with asyncio.Runner() as runner:
        consultant, console = services.consultant, open_console(stderr=True)
        reflection = reflect_first(console, consultant, question, (), runner) if reflect else NOTHING_TYPED
        consultation = runner.run(consultant.answer(question, reflection=reflection))
    if not isinstance(consultation.outcome, Screened) or not consultation.outcome.question.text:
        show(services.composer().compose(consultation.outcome), open_console())
        return 0
    made = note_from(consultation.outcome, services.corpus, datetime.now(UTC).date())
    if output is None:
        sys.stdout.write(as_markdown(made))
        return 0
    _write(made, output)
    return 0


def _write(made: "Note", output: Path) -> None:
    from bot.note.pdf import as_pdf  # noqa: PLC0415  # only where a PDF is wanted
    from bot.note.sections import as_markdown  # noqa: PLC0415  # together with the heavy parts

    content = as_pdf(made) if output.suffix.lower() == ".pdf" else as_markdown(made).encode()
    try:
        with output.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise FixInput(f"{output} cannot be written ({error.strerror})", "choose another place") from None
    sys.stdout.write(f"Written to {output}. It is not the clinical record; bring it to your supervisor.\n")
