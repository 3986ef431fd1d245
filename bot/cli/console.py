"""Makes the consoles that commands print to: plain text in a pipe, and wherever `NO_COLOR` is set."""

import os

from rich.console import Console


def open_console(
    *, stderr: bool = False, markup: bool = True, soft_wrap: bool = False, width: int | None = None
) -> Console:
    """Return a console; with `NO_COLOR` it prints no escape codes at all, where rich alone keeps bold.

    Args:
        stderr: print there, not to stdout.
        markup: read rich's markup in what is printed.
        soft_wrap: leave long lines to the terminal.
        width: columns; the terminal's own where None.
    """
    plain = bool(os.environ.get("NO_COLOR"))
    return Console(
        stderr=stderr,
        markup=markup,
        soft_wrap=soft_wrap,
        width=width,
        highlight=False,
        color_system=None if plain else "auto",
    )


def read_line(console: Console, prompt: str) -> str:
    """Return the next line that is typed, without blanks around it; empty where the input has ended."""
    while True:
        try:
            return console.input(prompt).strip()
        except EOFError:
            console.print()
            return ""
        except UnicodeDecodeError:
            console.print("That was not UTF-8 text; please type it again.")
