"""Tells a waiting person what is being done: the first word after a second, then at most one a second."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot import log
from bot.consult.course import Watch

SECONDS_BETWEEN = 1.0

_WORDS = {
    "crisis": "Reading for danger first …",
    "language": "Reading for danger first …",
    "privacy": "Taking identifying details out …",
    "second_look": "Reading for danger once more …",
    "scope": "Looking for passages …",
    "thread": "Looking for passages …",
    "retrieve": "Looking for passages …",
    "coverage": "Looking for passages …",
    "clarify": "Thinking of a question back …",
    "write": "Writing from the passages …",
    "grounding": "Checking each sentence against its sources …",
}


@asynccontextmanager
async def progress(show: Callable[[str], Awaitable[None]]) -> AsyncIterator[Watch]:
    """Give what is to be told of stages; what it was told last is shown once a second, if it changed.

    Args:
        show: shows a sentence; that it fails is only logged.
    """
    now = ""

    def watch(stage: str) -> None:
        nonlocal now
        now = _WORDS.get(stage, now)

    async def tell() -> None:
        shown = ""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN)
            if now != shown:
                shown = now
                try:
                    await show(now)
                except Exception as error:  # noqa: BLE001  # a background loop; the answer must not fail with it
                    log.event("progress not shown", level=logging.DEBUG, error=type(error).__name__)

    telling = asyncio.create_task(tell())
    try:
        yield watch
    finally:
        telling.cancel()
        await asyncio.wait({telling})
