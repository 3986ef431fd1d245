"""`site`: the knowledge base as static pages."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import open_console
from knowledge.loader import PACKAGE_FOLDER, load_corpus


def site(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the pages: new, empty, or an earlier site.")],
    *,
    folder: Annotated[
        Path,
        typer.Option(
            "--folder", help="Folder with corpus/, topics.txt and sources.yaml.", show_default="the shipped one"
        ),
    ] = PACKAGE_FOLDER,
) -> int:
    """Build the knowledge base as static pages to read, search and review; they need no network and no server."""
    from bot.site.build import build_site  # noqa: PLC0415  # only this command needs it

    pages = build_site(load_corpus(folder), out)
    console = open_console(markup=False, soft_wrap=True)
    console.print(f"{pages} pages. Open {out / 'index.html'} in a browser.")
    return 0
