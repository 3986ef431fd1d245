"""Fixtures of the consultation's tests."""

import logging
from collections.abc import Iterator

import pytest

from knowledge.entry import Corpus
from tests.consult.fakes import Stages


class _Lines(logging.Handler):
    """Keeps whatever a log could print of each record, tracebacks too."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields = getattr(record, "fields", {})
        self.lines.append(f"{logging.Formatter().format(record)} {fields}")


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    """Everything that is logged at any level, by us and by the libraries, as text."""
    keeper = _Lines()
    loggers = [logging.getLogger(), logging.getLogger("bot")]
    before = [(logger, logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(keeper)
        logger.setLevel(logging.DEBUG)
    loggers[1].propagate = False
    yield keeper.lines
    for logger, level, propagate in before:
        logger.removeHandler(keeper)
        logger.setLevel(level)
        logger.propagate = propagate


@pytest.fixture
def stages(corpus: Corpus) -> Stages:
    """The parts of a consultant that all succeed."""
    return Stages(corpus)
