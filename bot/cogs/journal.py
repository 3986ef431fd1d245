"""Remembers in a file which interactions are being answered, so that after a kill their people are told to ask again.

A line is written when an answer is begun and one when it has ended: an interaction's id, its token and the time. The
token lets one write to that person about that interaction for a quarter of an hour, and nothing else.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import discord

from bot import log

_SECONDS_A_TOKEN_LASTS = 14 * 60.0
"""Discord lets it live for 15 minutes."""

_MOST_BYTES = 100_000
_AT_ONCE = 8


class Journal:
    """The file; where it cannot be written the bot answers all the same."""

    def __init__(self, file: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Hold the file, which need not exist.

        Args:
            file: in the data folder.
            clock: seconds since 1970.
        """
        self._file = file
        self._clock = clock
        self._open: set[int] = set()
        self._size = 0

    def left_behind(self) -> tuple[str, ...]:
        """Return the tokens of what an earlier process had begun and not ended, and forget them."""
        try:
            lines = self._file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ()
        begun: dict[str, str] = {}
        for line in lines:
            match line.split(" "):
                case ["+", key, at, token] if at.isdigit() and self._clock() - int(at) < _SECONDS_A_TOKEN_LASTS:
                    begun[key] = token
                case ["-", key]:
                    begun.pop(key, None)
        with suppress(OSError):
            self._file.unlink()
        return tuple(begun.values())

    def begin(self, key: int, token: str) -> None:
        """Write that an interaction is being answered."""
        self._open.add(key)
        self._write(f"+ {key} {self._clock():.0f} {token}\n")

    def end(self, key: int) -> None:
        """Write that it has been."""
        self._open.discard(key)
        if not self._open and self._size > _MOST_BYTES:
            with suppress(OSError):
                self._file.unlink()
            self._size = 0
        else:
            self._write(f"- {key}\n")

    def _write(self, line: str) -> None:
        try:
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                self._size += os.write(descriptor, line.encode())
            finally:
                os.close(descriptor)
        except OSError as error:
            log.event("journal not written", level=logging.WARNING, error=type(error).__name__)


async def tell_left_behind(client: discord.Client, tokens: Sequence[str], sentence: str) -> None:
    """Tell the people of interactions that an earlier process did not end why there is no answer."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def tell(token: str) -> bool:
        own: Any = {"id": client.application_id or 0, "type": discord.WebhookType.application.value, "token": token}
        # As discord.py makes an interaction's own; what `Webhook.partial` makes may tell nobody alone.
        webhook = discord.Webhook.from_state(own, state=client._connection)  # noqa: SLF001  # as above
        async with turns:
            try:
                await webhook.send(sentence, ephemeral=True)
            except (discord.DiscordException, OSError):
                return False  # never acknowledged, or too old: Discord lets nobody write to them
            return True

    told = await asyncio.gather(*(tell(token) for token in tokens))
    log.event("left behind by a kill", rows=sum(told))
