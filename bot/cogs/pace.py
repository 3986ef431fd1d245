"""Lets those who arrive in one instant begin a few at a time, so that the event loop sees to others in between."""

import asyncio
import time
from collections.abc import Callable

_SECONDS_IN_ONE_GO = 0.02
"""So long the loop's own thread works on beginnings before it comes back; each takes well under a millisecond."""


class Pace:
    """Hands out turns, in the order in which they are asked for."""

    def __init__(self, clock: Callable[[], float] = time.thread_time) -> None:
        """Begin with nobody waiting.

        Args:
            clock: seconds that the loop's thread has worked; waiting for a busy machine is no work.
        """
        self._clock = clock
        self._since: float | None = None

    async def turn(self) -> None:
        """Wait for a turn: at once where the loop has not worked for long, else when it has seen to others."""
        while self._is_spent():  # noqa: ASYNC110  # what is waited for is the loop's next pass itself
            await asyncio.sleep(0)

    def _is_spent(self) -> bool:
        now = self._clock()
        if self._since is None:
            self._since = now
            asyncio.get_running_loop().call_soon(self._came_back)
        return now - self._since > _SECONDS_IN_ONE_GO

    def _came_back(self) -> None:
        self._since = None
