"""The time, as a collaborator."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the time, with its zone."""


def utc_now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)


_JUMP = timedelta(hours=1)
"""More than clocks are corrected by, a change between summer and winter time put into the wrong place included."""


class ClockWatch:
    """Sees whether the clock was set anew, by the time that went by meanwhile."""

    def __init__(self, clock: Clock = utc_now, rising: Callable[[], float] = time.monotonic) -> None:
        """Begin now.

        Args:
            clock: the time, which somebody may set.
            rising: seconds, which nobody can.
        """
        self._clock = clock
        self._rising = rising
        self._seen = (clock(), rising())

    def has_jumped(self) -> bool:
        """Tell whether the clock was set since the last look; from then on the new time counts."""
        (then, before), self._seen = self._seen, (self._clock(), self._rising())
        now, after = self._seen
        return abs(now - then - timedelta(seconds=after - before)) > _JUMP
