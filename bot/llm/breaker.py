"""A circuit breaker: a model that keeps failing is left alone for a while, so that askers do not wait for it."""

from collections.abc import Callable

_FAILURES = 4
_REST = 60.0


class Breaker:
    """Closed while a model works; open, after some failures in a row, until it has rested; then one try decides."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start closed; the clock gives seconds, rising."""
        self._clock = clock
        self._failures = 0
        self._open_until: float | None = None

    def allows(self) -> bool:
        """Tell whether the model may be asked; of those who ask at the end of a rest, one is let through."""
        if self._open_until is None:
            return True
        if self._clock() < self._open_until:
            return False
        self._open_until = self._clock() + _REST
        return True

    def succeeded(self) -> None:
        """Close."""
        self._failures = 0
        self._open_until = None

    def failed(self) -> None:
        """Count a failure, and open where it is one too many."""
        self._failures += 1
        if self._failures >= _FAILURES:
            self._open_until = self._clock() + _REST
