"""The clock of peer consultations: leads each on when its step is over, also where the step began before a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import discord
from discord.ext import commands

from bot import log
from bot.errors import AssistantError
from bot.storage.clock import utc_now
from bot.storage.peers import Peer
from bot.storage.store import Store

_SECONDS_UNTIL_ANOTHER_TRY = 60.0
_LONGEST_SLEEP = 3600.0

LeadOn = Callable[[Peer], Awaitable[bool]]
"""Goes from a consultation's step to the next one, once."""


class PeerClock:
    """Waits for the next step that is over; of several processes the one that is in the server leads on."""

    def __init__(self, bot: commands.AutoShardedBot, store: Store, lead_on: LeadOn) -> None:
        """Hold the collaborators."""
        self._bot = bot
        self._store = store
        self._lead_on = lead_on
        self._turn = asyncio.Lock()
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop; what has begun is finished first."""
        async with self._turn:
            if self._running is not None:
                self._running.cancel()

    def wake(self) -> None:
        """Look again, since a step began or was paused; whoever is looking does so anyway."""
        if self._running is not None and not self._turn.locked():
            self._running.cancel()
            self.start()

    async def turn(self) -> float:
        """Lead on what is over, and return the seconds until the next step is."""
        try:
            while True:
                ends = [(peer.ends_at, peer) for peer in await self._store.peers.running() if self._is_here(peer)]
                now = utc_now()
                over = [peer for at, peer in ends if at is not None and at <= now]
                if not over:
                    left = [(at - now).total_seconds() for at, _ in ends if at is not None]
                    return min([*left, _LONGEST_SLEEP])
                for peer in over:
                    with suppress(discord.Forbidden, discord.NotFound):
                        await self._lead_on(peer)
        except (AssistantError, discord.HTTPException, OSError) as error:
            log.event("peer consultation not led on", level=logging.ERROR, error=type(error).__name__)
            return _SECONDS_UNTIL_ANOTHER_TRY

    def _is_here(self, peer: Peer) -> bool:
        return self._bot.get_guild(peer.server) is not None

    async def _run(self) -> None:
        await self._bot.wait_until_ready()
        while True:
            async with self._turn:
                seconds = await self.turn()
            await asyncio.sleep(seconds)
