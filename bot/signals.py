"""What the program does when it is told to stop."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set the event at the first SIGTERM or Ctrl-C; a second one has its usual effect, without patience."""
    # loop.add_signal_handler would be the plain way, but Windows has none.
    loop = asyncio.get_running_loop()

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        restore()
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    try:
        yield
    finally:
        restore()
