"""`version`: which program this is."""

from importlib.metadata import version as version_of

from rich.console import Console


def version() -> int:
    """Print the version of the program."""
    Console(highlight=False).print(f"supervision-assistant {version_of('supervision-assistant')}")
    return 0
