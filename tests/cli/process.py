"""Runs the program as a person does, in a pipe or on a terminal: within the tests' process, or as one of its own."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cli.within import Ran, run_within
from tests.conftest import REPOSITORY

_SECONDS = 120.0
_SECONDS_TO_REACT = 10.0


@dataclass(frozen=True)
class Program:
    """The program in one working folder with one data folder."""

    cwd: Path
    data_dir: Path

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """Return a small environment: nothing of the machine but the way to Python."""
        own = {"PATH": os.environ["PATH"], "HOME": str(self.cwd), "LANG": "C.UTF-8", "PYTHONPATH": str(REPOSITORY)}
        return {**own, "DATA_DIR": str(self.data_dir), **extra}

    def run(self, *words: str | bytes, stdin: bytes = b"", **extra: str) -> Ran:
        """Run to the end, in pipes; within this process, for what a start of Python would not change."""
        return self.run_in(extra, *words, stdin=stdin)

    def run_in(self, extra: Mapping[str, str], *words: str | bytes, stdin: bytes = b"") -> Ran:
        """Run to the end as `run` does, with more variables."""
        return run_within(words, self.cwd, self.environment(extra), stdin)

    def run_alone(self, *words: str | bytes, stdin: bytes = b"", **extra: str) -> Ran:
        """Run to the end, in pipes, as a process of its own."""
        done = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "bot", *words],
            cwd=self.cwd,
            env=self.environment(extra),
            input=stdin,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def start(self, *words: str, **extra: str) -> "subprocess.Popen[bytes]":
        """Start in pipes and come back at once."""
        return subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "bot", *words],
            cwd=self.cwd,
            env=self.environment(extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def open_terminal(self, *words: str, **extra: str) -> "Terminal":
        """Start on a terminal of its own."""
        return Terminal([sys.executable, "-m", "bot", *words], self.cwd, self.environment(extra))


class Terminal:
    """A process on a terminal; what it prints is kept with its escape codes."""

    def __init__(self, words: Sequence[str], cwd: Path, environment: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        environment = {"TERM": "xterm-256color", "COLUMNS": "60", "LINES": "50", **environment}
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            words, cwd=cwd, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self.printed = ""

    def wait_for(self, text: str, times: int = 1) -> None:
        """Read until a text was printed so many times."""
        end = time.monotonic() + _SECONDS
        while self.printed.count(text) < times:
            if time.monotonic() > end or not self._read():
                raise AssertionError(f"{text!r} was not printed {times} times: {self.printed!r}")

    def type(self, text: str) -> None:
        """Type on the keyboard; Ctrl-D is `\\x04`."""
        os.write(self._ours, text.encode("utf-8"))

    def interrupt(self) -> None:
        """Press Ctrl-C; again, as a person does, where nothing comes of it: a signal in a destructor is lost."""
        for _ in range(3):
            self._process.send_signal(signal.SIGINT)
            if select.select([self._ours], [], [], _SECONDS_TO_REACT)[0]:
                return

    def end(self) -> int:
        """Read until the process ends and return its status."""
        end = time.monotonic() + _SECONDS
        while self._read() or (self._process.poll() is None and time.monotonic() < end):
            pass
        os.close(self._ours)
        return self._process.wait(_SECONDS)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], _SECONDS)
        try:
            data = os.read(self._ours, 65_536) if ready else b""
        except OSError:  # Linux's way to say that the other end is closed
            return False
        self.printed += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)
