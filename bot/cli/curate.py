"""`curate`: bring answers of a server in from files, write them out, and list them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from bot.cli.console import open_console
from bot.cli.services import read_settings
from bot.errors import FixInput
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.storage.store import Store

_PIPE_WIDTH = 400

_Server = Annotated[int, typer.Option("--server", min=1, help="The server's id in Discord.")]
_In = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with one .md, .docx or .pdf file an answer.")]
_Out = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to write to; made where it is missing.")]


def build_group() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(
        help="Bring in, write out and list the answers of a server's supervisors.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("import")(bring_in)
    group.command("export")(write_out)
    group.command("list")(list_answers)
    return group


def bring_in(folder: _In, *, server: _Server) -> int:
    """Bring answers in as drafts, all or none; supervisors approve them in Discord."""
    settings = read_settings()
    from bot.curation.files import read_folder  # noqa: PLC0415  # together with the database
    from bot.curation.screening import Screen  # noqa: PLC0415
    from bot.curation.service import Curation  # noqa: PLC0415
    from bot.safety.screening import load_screens  # noqa: PLC0415  # onnxruntime takes a while to import
    from knowledge.embedding import MiniLmEmbedder  # noqa: PLC0415

    found = read_folder(folder)
    console = open_console(markup=False, soft_wrap=True)
    for problem in found.problems:
        console.print(str(problem))
    if found.problems:
        raise FixInput("nothing was brought in", "mend what is named above, and bring the folder in again")
    screens = load_screens(MiniLmEmbedder())
    screen = Screen(screens.privacy, screens.crisis)

    async def run() -> int:
        async with _opened(settings) as store:
            taken = await Curation(store, screen).bring_in(server, None, found.entries)
        for remark in found.remarks:
            console.print(remark)
        for one in taken:
            if one.remark:
                console.print(f"{one.answer.name}.md: {one.remark}; kept as a draft, with this as its remark")
        counts = Counter(one.how for one in taken)
        console.print(", ".join(f"{counts[how]} {how}" for how in ("new", "changed", "unchanged")) + ".")
        return 0

    return asyncio.run(run())


def write_out(folder: _Out, *, server: _Server) -> int:
    """Write the current text of every answer that is not retired to a file of its own."""
    settings = read_settings()
    from bot.curation.files import write_folder  # noqa: PLC0415  # together with the database
    from bot.curation.history import current_files  # noqa: PLC0415

    async def run() -> int:
        async with _opened(settings) as store:
            files = await current_files(store, server)
        await asyncio.to_thread(write_folder, folder, files)
        open_console(markup=False, soft_wrap=True).print(f"Wrote {len(files)} answers to {folder}.")
        return 0

    return asyncio.run(run())


def list_answers(*, server: _Server) -> int:
    """List a server's answers with state, revision, and the day of their next review."""
    settings = read_settings()

    async def run() -> int:
        async with _opened(settings) as store:
            answers = await store.answers.listed(server)
        table = Table(Column("Answer", overflow="fold"), "State", "Revision", "Live", "Review by", "Title", box=None)
        for one in sorted(answers, key=lambda answer: answer.name):
            live = str(one.live) if one.live else "-"
            review_by = one.review_by.isoformat() if one.live and one.review_by else "-"
            table.add_row(one.name, one.state.value, str(one.revision), live, review_by, one.title)
        terminal = open_console().is_terminal
        console = open_console(markup=False, width=None if terminal else _PIPE_WIDTH)
        console.print(table if answers else f"The server {server} has no answers.")
        return 0

    return asyncio.run(run())


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator["Store"]:
    from bot.storage.store import open_store  # noqa: PLC0415  # SQLAlchemy takes half a second to import

    async with open_store(settings) as store:
        yield store
