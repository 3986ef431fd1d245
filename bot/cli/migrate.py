"""`migrate`: bring the database to this program's revision."""

import asyncio
from typing import Annotated

import typer

from bot.cli.console import open_console
from bot.cli.services import read_settings


def migrate(
    *,
    show: Annotated[
        bool, typer.Option("--show", help="Say which revision it is at and which this program needs; change nothing.")
    ] = False,
) -> int:
    """Bring the database to this program's revision, making it where there is none."""
    settings = read_settings()
    from bot.storage.migrate import look, to_head  # noqa: PLC0415  # SQLAlchemy takes half a second to import
    from bot.storage.place import place_of  # noqa: PLC0415  # together with it

    console = open_console(markup=False, soft_wrap=True)
    label = place_of(settings).label
    if show:
        found = asyncio.run(look(settings))
        console.print(f"{label}: current {found.current or 'none, it is empty'}; head {found.head}.")
        return 0
    before = asyncio.run(to_head(settings))
    if before.at_head:
        console.print(f"{label}: at {before.head}, the head; there was nothing to do.")
    else:
        console.print(f"{label}: migrated from {before.current or 'empty'} to {before.head}, the head.")
    return 0
