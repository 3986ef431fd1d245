"""Assembles the commands, and is the border where an error becomes one sentence."""

import io
import sys
from collections.abc import Sequence

import typer

from bot.cli import (
    ask,
    backup,
    bench,
    cards,
    chat,
    curate,
    doctor,
    index,
    keys,
    migrate,
    note,
    rehearse,
    run,
    screen,
    site,
    version,
)
from bot.cli import eval as evaluation
from bot.errors import AssistantError
from knowledge.errors import KnowledgeError

PROGRAM = "supervision-bot"

_NOT_UNDERSTOOD = 2
_INTERRUPTED = 130
"""Typer's own status after Ctrl-C, too."""


def build_program() -> typer.Typer:
    """Return the command line with every command on it."""
    program = typer.Typer(
        name=PROGRAM,
        help="Consultation for counselors on strain and repair in the alliance. It never replaces a supervisor.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    program.command("ask")(ask.ask)
    program.command("chat")(chat.chat)
    program.command("note")(note.note)
    program.command("rehearse")(rehearse.rehearse)
    program.command("screen")(screen.screen)
    program.add_typer(cards.build_group(), name="cards")
    program.add_typer(curate.build_group(), name="curate")
    program.add_typer(evaluation.build_group(), name="eval")
    program.command("index")(index.index)
    program.command("doctor")(doctor.doctor)
    program.command("migrate")(migrate.migrate)
    program.command("backup")(backup.backup)
    program.command("restore")(backup.restore)
    program.add_typer(keys.build_group(), name="keys")
    program.command("run")(run.run)
    program.command("site")(site.site)
    program.command("bench")(bench.bench)
    program.command("version")(version.version)
    return program


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: words after the program's name; those of the process where None.

    Returns:
        The exit status: 0, 1 where something must be mended, 2 where the words were not understood.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        status = build_program()(args=arguments, prog_name=PROGRAM, standalone_mode=False)
    except typer.Exit as end:
        return end.exit_code
    except (AssistantError, KnowledgeError) as error:
        return _say(str(error), 1)
    except (typer.Abort, KeyboardInterrupt):
        status = _INTERRUPTED
    except typer.TyperException as error:
        text = error.format_message()
        if text.startswith("Usage: "):
            print(text, file=sys.stderr)  # noqa: T201  # the help, where no command was typed
            return _NOT_UNDERSTOOD
        return _say(f"{text.rstrip('.')}; `{PROGRAM} --help` shows what it understands.", _NOT_UNDERSTOOD)
    if status == _INTERRUPTED:
        return _say("stopped; nothing was lost.", _INTERRUPTED)
    return status if isinstance(status, int) else 0


def _say(sentence: str, status: int) -> int:
    print(f"{PROGRAM}: {sentence}", file=sys.stderr)  # noqa: T201  # the terminal is where this border speaks
    return status
