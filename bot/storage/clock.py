"""The time, as a collaborator."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the time, with its zone."""


def utc_now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)
