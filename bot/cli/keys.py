"""`keys`: make a key for DATA_KEY, and put what is encrypted under another one."""

import asyncio
from typing import Annotated

import typer

from bot.cli.console import open_console
from bot.cli.progress import counted
from bot.cli.services import read_settings


def build_group() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(
        help="Make keys for DATA_KEY, and put encrypted texts under another key.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("new")(new)
    group.command("rotate")(rotate)
    return group


def new() -> int:
    """Print a new key for DATA_KEY. Nothing keeps it for you: without it, encrypted texts cannot be read."""
    from bot.storage.keyring import name_of, new_key  # noqa: PLC0415  # `bot.storage` may take half a second to import

    key = new_key()
    typer.echo(key)
    console = open_console(stderr=True, markup=False, soft_wrap=True)
    console.print(f"Doctor and errors call it {name_of(key)}. Keep a copy apart from the machine and from its backups.")
    return 0


def rotate(
    *,
    plain: Annotated[
        bool, typer.Option("--plain", help="Write every text without encryption; stop the bot before.")
    ] = False,
) -> int:
    """Put every text under the first key of DATA_KEY, plain ones too. If it is cut short, run it again."""
    settings = read_settings()
    from bot.storage.keys import rotate as put_under  # noqa: PLC0415  # SQLAlchemy takes half a second to import
    from bot.storage.migrate import to_head  # noqa: PLC0415  # together with it
    from bot.storage.place import place_of  # noqa: PLC0415  # the same

    asyncio.run(to_head(settings))
    with counted("Writing texts anew", "rows") as progress:
        done = asyncio.run(put_under(settings, plain=plain, told=progress))
    console = open_console(markup=False, soft_wrap=True)
    how = "as plain text" if plain else "under the first key"
    console.print(f"{place_of(settings).label}: {done.rows} rows written anew, and every text is kept {how}.")
    if plain:
        console.print("Take DATA_KEY out of the settings before the bot starts, or it encrypts again.")
    if not done.cleared:
        console.print("Somebody used the database, so the old texts may still stand in its free space; run it again.")
    console.print("Backups that were made before hold the texts as they were then.")
    return 0
