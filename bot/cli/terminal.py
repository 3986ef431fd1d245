"""Shows a reply in the terminal: colour and width follow it, and the close stands last."""

import re

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.consult.reply import Part, Reply, Role

_LISTED = re.compile(r"^(\d+\.) (.*)$")
_MARKUP = re.compile(r"\*\*(?P<bold>.+?)\*\*|\*(?P<italic>[^*]+)\*")
_SMALL = "-# "
_WIDEST = 96

_BORDER = {Role.SAFETY: "bold red", Role.PRIVACY: "yellow"}


def show(reply: Reply, console: Console) -> None:
    """Print a reply."""
    width = min(console.width, _WIDEST)
    for part in reply.parts:
        _show_part(part, console, width)
        console.print()
    for line in reply.close.splitlines():
        _show_line(line, console, width, "")


def _show_part(part: Part, console: Console, width: int) -> None:
    for line in part.text.splitlines():
        _show_line(line, console, width, _BORDER.get(part.role, ""))


def _show_line(line: str, console: Console, width: int, bold_style: str) -> None:
    small = line.startswith(_SMALL)
    listed = _LISTED.match(line)
    body = _styled(listed[2] if listed else line.removeprefix(_SMALL), bold_style)
    if small:
        body.stylize("dim")
    if listed is None:
        console.print(body, width=width)
        return
    indent = len(listed[1]) + 1
    lines = body.wrap(console, width - indent)
    for number, wrapped in enumerate(lines):
        if number == 0:
            console.print(Text.assemble(f"{listed[1]} ", wrapped), width=width, no_wrap=True)
        else:
            console.print(Padding(wrapped, (0, 0, 0, indent)), width=width, no_wrap=True)


def _styled(line: str, bold_style: str) -> Text:
    text = Text()
    end = 0
    for match in _MARKUP.finditer(line):
        text.append(line[end : match.start()])
        if match["bold"] is not None:
            text.append(match["bold"], style=bold_style or "bold")
        else:
            text.append(match["italic"], style="italic")
        end = match.end()
    text.append(line[end:])
    return text
