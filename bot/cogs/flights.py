"""Knows which interactions and messages are being answered, so that a stop can wait for them."""

import asyncio
from typing import Any, TypeAlias

import discord

from bot.cogs.journal import Journal
from bot.cogs.pace import Pace

Waiting: TypeAlias = discord.Interaction[Any] | discord.Message
"""What somebody waits for an answer to."""

_SECONDS_TO_UNWIND = 1.0


class Flights:
    """What is in flight, each with the task that answers it."""

    def __init__(self, journal: Journal | None = None) -> None:
        """Start with nothing in flight.

        Args:
            journal: remembers interactions beyond the end of the process.
        """
        self._journal = journal
        self._tasks: dict[asyncio.Task[Any], Waiting] = {}
        self._pace = Pace()

    def __len__(self) -> int:
        return len(self._tasks)

    async def board(self, waiting: Waiting) -> None:
        """Count an interaction or a message as in flight until the task that calls this ends; return at its turn."""
        task = asyncio.current_task()
        if task is not None and task not in self._tasks:
            self._tasks[task] = waiting
            task.add_done_callback(self._tasks.pop)
            if self._journal is not None and isinstance(waiting, discord.Interaction) and _waits(waiting):
                journal, key = self._journal, waiting.id
                journal.begin(key, waiting.token)
                task.add_done_callback(lambda _: journal.end(key))
        await self._pace.turn()

    async def land(self, seconds: float) -> list[Waiting]:
        """Wait until nothing is in flight, also for what boards meanwhile.

        Args:
            seconds: how long to wait before the rest is cancelled.

        Returns:
            The interactions and messages whose answer was cancelled; their people have no answer yet.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._tasks and (left := end - loop.time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        late = dict(self._tasks)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_SECONDS_TO_UNWIND)
        return list(late.values())


def _waits(interaction: discord.Interaction[Any]) -> bool:
    return interaction.type is not discord.InteractionType.autocomplete
