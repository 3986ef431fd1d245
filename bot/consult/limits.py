"""How many questions a person and a server may ask in a while; danger is answered whatever was counted."""

import time
from collections import deque
from collections.abc import Callable

from bot.consult.exchange import Asker, ShortMemory

WINDOW_SECONDS = 600.0
"""Questions are counted over the last ten minutes."""


class Limits:
    """Counts questions over the last ten minutes, for each person and each server."""

    def __init__(self, *, person: int, server: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nothing counted.

        Args:
            person: questions that one person may ask in ten minutes.
            server: questions that all members of one server may.
            clock: seconds, rising.
        """
        self._most = {"person": person, "server": server}
        self._clock = clock
        self._asked: ShortMemory[tuple[str, int], deque[float]] = ShortMemory(WINDOW_SECONDS, clock=clock)

    def take(self, asker: Asker) -> float:
        """Count a question, unless there were too many.

        Returns:
            0, or the seconds until the next question will be taken; the question is not counted then.
        """
        now = self._clock()
        keys = [("person", asker.person), *([("server", asker.server)] if asker.server else [])]
        counted = [(key, self._asked.find(key) or deque()) for key in keys]
        for _, times in counted:
            while times and times[0] + WINDOW_SECONDS - now <= 0:
                times.popleft()
        waits = [
            times[-self._most[key[0]]] + WINDOW_SECONDS - now
            for key, times in counted
            if len(times) >= self._most[key[0]]
        ]
        if waits:
            return max(waits)
        for key, times in counted:
            times.append(now)
            self._asked.put(key, times)
        return 0.0
