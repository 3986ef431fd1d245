"""Fixtures of the leak test: everything that the program could write to, watched."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import log
from bot.safety.screening import Screens, load_screens
from knowledge.embedding import MiniLmEmbedder
from tests.cogs.conftest import enter_room

__all__ = ["enter_room"]


class Watcher(logging.Handler):
    """Keeps every log record of every library whole: message, arguments, extras and traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.lines.append(f"{record.getMessage()} {record.__dict__!r} {trace}")


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    """All that is logged at DEBUG with the program's own log set up, by us and by the libraries."""
    keeper = Watcher()
    loggers = [logging.getLogger(), logging.getLogger("bot")]
    before = [(logger, logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    log.configure("DEBUG", "json")
    for logger in loggers:
        logger.addHandler(keeper)
        logger.setLevel(logging.DEBUG)
    yield keeper
    for logger, level, propagate, handlers in before:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.handlers[:] = handlers


@pytest.fixture(scope="session")
def screens(embedder: MiniLmEmbedder) -> Screens:
    """The real screens."""
    return load_screens(embedder)


def files_in(folder: Path) -> dict[Path, bytes]:
    """Return the content of every file under a folder."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
