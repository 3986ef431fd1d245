"""Work that nobody asks for: once a day, what is too old is deleted, and answers whose day has come fall due."""

import asyncio
import logging

from discord.ext import commands

from bot import log
from bot.curation.service import Curation
from bot.errors import AssistantError, TryAgainLater
from bot.storage.clock import Clock, ClockWatch, utc_now
from bot.storage.locks import exclusive
from bot.storage.store import Store

_SECONDS_BETWEEN = 24 * 60 * 60.0


class Upkeep(commands.Cog):
    """Does what days bring, at start and then daily; of several processes one does it."""

    def __init__(self, *, store: Store, curation: Curation, clock: Clock = utc_now) -> None:
        """Hold what is kept, and the clock by which it is too old."""
        self._store = store
        self._curation = curation
        self._watch = ClockWatch(clock)

        self._turning: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def cog_load(self) -> None:
        """Begin."""
        self._turning = asyncio.create_task(self._day_by_day())

    async def cog_unload(self) -> None:
        """Stop; a turn that has begun is finished first, so that nothing is left half asked of the database."""
        async with self._turn:
            if self._turning is not None:
                self._turning.cancel()

    async def _day_by_day(self) -> None:
        while True:
            async with self._turn:
                await self.daily()
            await asyncio.sleep(_SECONDS_BETWEEN)

    async def daily(self) -> None:
        """Delete what is too old, and let answers fall due; a failure is logged, and the next day tries again.

        Where the clock was set since the last time, nothing is deleted: a wrong day would cost what is kept.
        """
        if self._watch.has_jumped():
            log.event("retention waits", level=logging.WARNING, state="the clock was set")
            return
        try:
            async with exclusive(self._store.database, "retention", wait=0):
                deleted = await self._store.consultations.expire()
                deleted += await self._store.escalations.expire()
                deleted += await self._store.calls.expire()
                deleted += await self._store.floors.expire()
                deleted += await self._store.afterwards.expire()
                deleted += await self._store.peers.expire()
                await self._curation.mark_due()
        except TryAgainLater:
            return
        except AssistantError as error:
            log.event("retention failed", level=logging.ERROR, error=type(error).__name__)
            return
        log.event("retention", rows=deleted)
