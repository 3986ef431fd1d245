"""Answers whoever asks whether the bot is alive, whether it is ready, and for its counts, over HTTP."""

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self, TypeAlias

from aiohttp import web

from bot import log
from bot.errors import AssistantError, FixInput
from knowledge.errors import KnowledgeError

DEFAULT_PORT = 8080

_LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65_535
_SECONDS_A_PART = 2.0
_SECONDS_A_LOOK_LASTS = 1.0
_MEND = "write it as 127.0.0.1:8080, or as a port alone"

Check: TypeAlias = Callable[[], Awaitable[str | None]]
"""Looks at one part; returns why it is not ready, a clause, or None where it is."""

Content: TypeAlias = tuple[bytes, str]
"""A body and its type."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen.

    Attributes:
        host: name or number of an interface.
        port: 0 for any that is free.
    """

    host: str
    port: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `HOST:PORT`, `[IPV6]:PORT`, `:PORT` or `PORT`; without a host it is this machine alone.

        Raises:
            FixInput: it is none of these.
        """
        host, colon, port = text.strip().rpartition(":")
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        elif ":" in host:
            raise _unread("puts an IPv6 number without brackets")
        if not (port.isascii() and port.isdigit()) or int(port) > _HIGHEST_PORT:
            raise _unread("has no port" if colon else "is no port")
        if not host.isprintable() or " " in host or "/" in host:
            raise _unread("has no usable host")
        return cls(host or _LOOPBACK, int(port))

    @property
    def private(self) -> bool:
        """Tell whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Readiness:
    """Looks at the parts, all at once, and no more often than once a second, however often it is asked."""

    def __init__(self, parts: Mapping[str, Check], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Hold the checks by the names of their parts.

        Args:
            parts: looks at each part.
            clock: seconds, rising.
        """
        self._parts = dict(parts)
        self._clock = clock
        self._turn = asyncio.Lock()
        self._seen: tuple[float, dict[str, str | None]] | None = None

    async def look(self) -> dict[str, str | None]:
        """Return, for each part, why it is not ready, or None where it is."""
        async with self._turn:
            if self._seen is None or self._clock() - self._seen[0] > _SECONDS_A_LOOK_LASTS:
                reasons = await asyncio.gather(*(_checked(check) for check in self._parts.values()))
                self._seen = (self._clock(), dict(zip(self._parts, reasons, strict=True)))
            return self._seen[1]


async def _checked(check: Check) -> str | None:
    try:
        async with asyncio.timeout(_SECONDS_A_PART):
            return await check()
    except TimeoutError:
        return "did not answer in time"
    except (AssistantError, KnowledgeError) as error:
        # Its sentence names hosts and paths, which are not for whoever asks here; the log and `doctor` have it.
        return f"cannot be used ({type(error).__name__.lstrip('_')})"


@asynccontextmanager
async def serving_health(
    address: Address, readiness: Readiness, metrics: Callable[[], Content] | None = None
) -> AsyncIterator[Address]:
    """Answer `/livez`, `/readyz` and `/metrics` until the block ends.

    Args:
        address: where to listen.
        readiness: what `/readyz` tells.
        metrics: what `/metrics` tells; it answers 501 where None.

    Yields:
        Where it listens, with the port that was free where 0 was asked for.

    Raises:
        FixInput: nothing can listen there.
    """
    runner = web.AppRunner(_application(readiness, metrics), access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, address.host, address.port)
        try:
            await site.start()
        except OSError as error:
            reason = (error.strerror or "no such interface").lower().partition(": ")[0]
            problem = f"nothing can listen at {address} for --health ({reason})"
            mend = "stop what listens there already, or name an interface of this machine and a free port"
            raise FixInput(problem, mend) from None
        bound = Address(address.host, runner.addresses[0][1])
        log.event("health served")
        yield bound
    finally:
        await runner.cleanup()


def _application(readiness: Readiness, metrics: Callable[[], Content] | None) -> web.Application:
    async def livez(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        reasons = await readiness.look()
        ready = not any(reasons.values())
        parts = {name: {"ready": reason is None, "reason": reason} for name, reason in reasons.items()}
        return web.json_response({"ready": ready, "parts": parts}, status=200 if ready else 503)

    async def counts(_: web.Request) -> web.Response:
        if metrics is None:
            return web.Response(status=501, text='There are no metrics; install the extra "metrics".\n')
        body, kind = metrics()
        return web.Response(body=body, headers={"Content-Type": kind})

    application = web.Application()
    application.router.add_get("/livez", livez)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", counts)
    return application


def _unread(how: str) -> FixInput:
    return FixInput(f"the address for --health {how}", _MEND)
