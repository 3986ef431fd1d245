"""Runs the program within the process of the tests: its whole command line, without a start of Python each time."""

import io
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from unittest.mock import patch

from bot.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What a run of the program left behind."""

    status: int
    out: str
    err: str


def run_within(words: Sequence[str | bytes], cwd: Path, environment: Mapping[str, str], stdin: bytes) -> Ran:
    """Run the command line in a folder and an environment of its own, with pipes as its input and outputs.

    What only a process shows stays out of it: signals, the fate of a pipe, what native code prints, and all that a
    first import or the end of an interpreter does.
    """
    given, out, err = io.BytesIO(stdin), io.BytesIO(), io.BytesIO()
    # As Python opens them where the locale is C.UTF-8, which is the locale of a started program here.
    streams = (
        io.TextIOWrapper(given, encoding="utf-8", errors="surrogateescape"),
        io.TextIOWrapper(out, encoding="utf-8", errors="surrogateescape"),
        io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace"),
    )
    own_environment = patch.dict(os.environ, environment, clear=True)
    with _logs_put_back(), _folder(cwd), own_environment, _streams(*streams):
        status = main([os.fsdecode(word) for word in words])
    return Ran(status, out.getvalue().decode("utf-8"), err.getvalue().decode("utf-8"))


@contextmanager
def _streams(given: TextIO, out: TextIO, err: TextIO) -> Iterator[None]:
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = given, out, err
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        out.flush()
        err.flush()


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _logs_put_back() -> Iterator[None]:
    """Give the program the logs of a fresh start, and every logger its own again afterwards."""
    ours = logging.getLogger("bot")
    before = [
        (logger, logger.level, logger.propagate, list(logger.handlers))
        for logger in (logging.getLogger(name) for name in [*logging.Logger.manager.loggerDict, "bot"])
    ]
    ours.handlers.clear()
    try:
        yield
    finally:
        for logger, level, propagate, handlers in before:
            logger.setLevel(level)
            logger.propagate = propagate
            logger.handlers[:] = handlers
