"""`index`: make the index equal to the cards."""

from typing import Annotated

import typer

from bot.cli.console import open_console
from bot.cli.services import build_services, describe, read_settings


def index(
    *, rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it anew, whatever is there.")] = False
) -> int:
    """Build the index, or take up what changed in the cards; without changes it only checks."""
    services = build_services(read_settings(), rebuild=rebuild)
    open_console().print(describe(services.sync))
    return 0
