"""`version`: which program this is."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

from bot.cli.console import open_console


def version() -> int:
    """Print the version of the program."""
    try:
        number = version_of("supervision-assistant")
    except PackageNotFoundError:
        number = "(run from its source, not installed)"
    open_console().print(f"supervision-assistant {number}")
    return 0
