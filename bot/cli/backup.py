"""`backup` and `restore`: the database's rows as one file, and back."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import open_console
from bot.cli.services import read_settings


def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")]) -> int:
    """Write the database's rows into one file, while the bot runs; it can be restored into SQLite and PostgreSQL."""
    settings = read_settings()
    from bot.storage import backup as backups  # noqa: PLC0415  # SQLAlchemy takes half a second to import
    from bot.storage.place import place_of  # noqa: PLC0415  # together with it

    label = place_of(settings).label
    made = asyncio.run(backups.backup(settings, file))
    console = open_console(markup=False, soft_wrap=True)
    rows = f"{_rows(made.rows)} at revision {made.revision}"
    console.print(f"{label}: {rows} are in {file}, which was read again and is whole.")
    console.print("It says who asked and what it came to: keep it as you keep the database.")
    if settings.data_key:
        console.print("Texts in it are encrypted as in the database: keep the key too, and not beside it.")
    return 0


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Delete the rows that are in the database now.")] = False,
) -> int:
    """Put a backup's rows into the database, whole or not at all, and migrate it to this program's revision."""
    settings = read_settings()
    from bot.storage import backup as backups  # noqa: PLC0415  # SQLAlchemy takes half a second to import
    from bot.storage.place import place_of  # noqa: PLC0415  # together with it

    label = place_of(settings).label
    done = asyncio.run(backups.restore(settings, file, replace=replace))
    made = done.manifest
    console = open_console(markup=False, soft_wrap=True)
    rows = f"{_rows(made.rows)} of {made.made_at}"
    console.print(f"{label}: {rows} are back, from revision {made.revision} of {made.database}.")
    if done.deleted:
        console.print(f"{_rows(done.deleted)} that were there before are deleted.")
    if done.head != made.revision:
        console.print(f"The database was migrated forward to {done.head}, the head.")
    console.print("The index is made from the cards and is no part of a backup; `supervision-bot doctor` looks at it.")
    return 0


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"
