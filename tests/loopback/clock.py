"""Time and ids of the loopback Discord: ids grow with time, as Discord's do, and time can be made to pass."""

import asyncio
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

_EPOCH_MILLISECONDS = 1_420_070_400_000
"""Discord's own beginning of time (API reference, "Snowflakes")."""

_SHIFT = 22
_T = TypeVar("_T")


class Clock:
    """Tells the time of the loopback Discord.

    Attributes:
        ahead: seconds by which its time is ahead of the machine's, so that a test need not wait for a token to age.
    """

    def __init__(self) -> None:
        self.ahead = 0.0
        self._count = itertools.count(1)

    def now(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic() + self.ahead

    def new_id(self) -> int:
        """Return a snowflake: its upper bits are the time of its making, its lower ones a count."""
        milliseconds = int(time.time() * 1000) - _EPOCH_MILLISECONDS
        return (milliseconds << _SHIFT) | (next(self._count) & ((1 << _SHIFT) - 1))

    @staticmethod
    def stamp() -> str:
        """Return now as Discord writes it in JSON."""
        return datetime.now(UTC).isoformat(timespec="microseconds")


class Changes:
    """Wakes whoever waits for something to be so, each time that anything happened."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def happened(self) -> None:
        """Let those who wait look again."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(
        self, look: Callable[[], _T | None], *, within: float = 10.0, what: str = "what was waited for"
    ) -> _T:
        """Wait until `look` returns something true, and return it.

        Raises:
            AssertionError: it did not within so many seconds.
        """
        end = time.monotonic() + within
        while True:
            pending = self._next
            found = look()
            if found:
                return found
            try:
                async with asyncio.timeout_at(asyncio.get_running_loop().time() + max(0.0, end - time.monotonic())):
                    await pending.wait()
            except TimeoutError:
                raise AssertionError(f"{what} did not happen within {within:g} seconds") from None
