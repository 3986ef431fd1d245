"""Runs the unmodified program, `supervision-bot run`, as a process of its own against the loopback Discord."""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.loopback.server import TOKEN, LoopbackDiscord

_POINTER = Path(__file__).parent / "pointer.py"

_LAGS = "lags.txt"
_SECONDS_TO_START = 180.0
_SECONDS_TO_END = 30.0


@dataclass(frozen=True)
class Printed:
    """A line that the process printed, and when (monotonic seconds)."""

    at: float
    stream: str
    line: str


@dataclass(frozen=True)
class Lag:
    """The event loop came back late.

    Attributes:
        at: when it should have (monotonic seconds).
        late: seconds by which it was late.
        own: seconds of them that it worked itself, where the rest was waiting: for a lock, a disk or the machine.
    """

    at: float
    late: float
    own: float


class BotProcess:
    """The program, which can be started, stopped, killed and started again.

    Attributes:
        folder: its working folder.
        data: its data folder.
        printed: every line of all its lives.
        started_in: seconds from the last start until it was in.
    """

    def __init__(self, discord: LoopbackDiscord, folder: Path, data: Path, settings: Mapping[str, str]) -> None:
        """Prepare it; `data` is its data folder, `settings` further variables of its environment."""
        self.folder = folder
        self.data = data
        self.printed: list[Printed] = []
        self.started_in = 0.0
        self._discord = discord
        self._settings = {"DATA_DIR": str(data), **settings}
        self._process: asyncio.subprocess.Process | None = None
        self._readers: list[asyncio.Task[None]] = []

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None and self._process.returncode is None

    @property
    def errors(self) -> str:
        """What it printed to stderr."""
        return "\n".join(each.line for each in self.printed if each.stream == "stderr")

    async def start(self, within: float = _SECONDS_TO_START) -> None:
        """Start it and wait until it is in.

        Args:
            within: seconds; a machine that is busy builds an index slowly.

        Raises:
            AssertionError: it ended, or took too long.
        """
        gateway, began = self._discord.gateway, time.monotonic()
        before = gateway.identified
        await self._launch()
        try:
            await self._discord.world.changes.until(
                lambda: (gateway.identified > before and gateway.is_connected) or not self.is_running,
                within=within,
                what="the bot's coming in",
            )
            assert self.is_running, "it ended"
        except AssertionError as error:
            raise AssertionError(f"{error}; it printed:\n{self.errors}") from None
        self.started_in = time.monotonic() - began

    async def terminate(self) -> int:
        """Send SIGTERM, wait for the end and return the exit status."""
        self.signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """Send SIGKILL, as a machine does that runs out of memory, and wait for the end."""
        self.signal(signal.SIGKILL)
        await self.ended()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal and do not wait."""
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self, within: float = _SECONDS_TO_END) -> int:
        """Wait for the end and return the exit status."""
        assert self._process is not None
        async with asyncio.timeout(within):
            status = await self._process.wait()
            await asyncio.gather(*self._readers)
        return status

    async def prints(self, text: str, within: float = _SECONDS_TO_END) -> Printed:
        """Wait until a line with that text was printed."""
        return await self._discord.world.changes.until(
            lambda: next((each for each in self.printed if text in each.line), None),
            within=within,
            what=f"a printed {text!r}",
        )

    def memory(self, name: str = "VmRSS") -> float:
        """Return megabytes of memory that are held now (`VmRSS`), or the most that ever were (`VmHWM`)."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        kilobytes = next(line for line in lines if line.startswith(f"{name}:")).split()[1]
        return int(kilobytes) / 1024

    def lags(self) -> list[Lag]:
        """Return when the event loop was held up for more than a few hundredths of a second."""
        path = self.folder / _LAGS
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [Lag(*map(float, line.split())) for line in lines]

    async def _launch(self) -> None:
        shutil.copy(_POINTER, self.folder / "sitecustomize.py")
        script = Path(sys.executable).parent / "supervision-bot"
        program = [str(script)] if script.exists() else [sys.executable, "-m", "bot"]
        self._process = await asyncio.create_subprocess_exec(
            *program,
            "run",
            cwd=self.folder,
            env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        streams = {"stdout": self._process.stdout, "stderr": self._process.stderr}
        self._readers = [
            asyncio.create_task(self._read(name, stream)) for name, stream in streams.items() if stream is not None
        ]
        self._readers.append(asyncio.create_task(self._watch(self._process)))

    def _environment(self) -> dict[str, str]:
        """Return a small environment: nothing of the machine but the way to Python."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join([str(self.folder), str(REPOSITORY)]),
            "DISCORD_TOKEN": TOKEN,
            "LOG_LEVEL": "INFO",
            "LOG_FORMAT": "json",
            "LOOPBACK_REST": self._discord.rest_url,
            "LOOPBACK_GATEWAY": self._discord.gateway_url,
            "LOOPBACK_LAGS": str(self.folder / _LAGS),
            **self._settings,
        }

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._discord.world.changes.happened()

    async def _read(self, name: str, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.printed.append(Printed(time.monotonic(), name, line.decode("utf-8", "replace").rstrip("\n")))
            self._discord.world.changes.happened()


@asynccontextmanager
async def bot_process(
    discord: LoopbackDiscord, folder: Path, index: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[BotProcess]:
    """Start the program and stop it at the end.

    Args:
        discord: serving.
        folder: an empty one, for its working folder and its data.
        index: a data folder with an index; it is copied.
        settings: further variables of its environment.
    """
    data = folder / "data"
    shutil.copytree(index, data)
    process = BotProcess(discord, folder, data, settings or {})
    try:
        await process.start()
        yield process
    finally:
        if process.is_running:
            process.signal(signal.SIGKILL)
            with suppress(TimeoutError):
                await process.ended()
