"""Knows which interactions are being answered, so that a stop can wait for them."""

import asyncio
from typing import Any

import discord

_SECONDS_TO_UNWIND = 1.0


class Flights:
    """The interactions in flight, each with the task that answers it."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[Any], discord.Interaction[Any]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def board(self, interaction: discord.Interaction[Any]) -> None:
        """Count an interaction as in flight until the task that calls this ends."""
        task = asyncio.current_task()
        if task is not None and task not in self._tasks:
            self._tasks[task] = interaction
            task.add_done_callback(self._tasks.pop)

    async def land(self, seconds: float) -> list[discord.Interaction[Any]]:
        """Wait until nothing is in flight, also for what boards meanwhile.

        Args:
            seconds: how long to wait before the rest is cancelled.

        Returns:
            The interactions that were cancelled; their people have no answer yet.
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
