"""Waits at the start for a database server that is starting too."""

import asyncio
from collections.abc import Callable

from bot.errors import TryAgainLater
from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.place import SqlitePlace

SECONDS_TO_WAIT = 60.0
"""For a server that is starting too; as long as for the one that keeps the vectors."""

_SECONDS_BETWEEN = 0.5


async def await_database(settings: Settings, *, told: Callable[[str], None], wait: float = SECONDS_TO_WAIT) -> None:
    """Return once the database takes connections; a file always does.

    Args:
        settings: name the database.
        told: told once, in a sentence, that it is waited for.
        wait: seconds to wait at most.

    Raises:
        TryAgainLater: it could not be reached for so long.
        AssistantError: it refuses for a reason that waiting does not mend, such as a wrong password.
    """
    async with Database.of(settings) as database:
        if isinstance(database.place, SqlitePlace):
            return
        loop = asyncio.get_running_loop()
        deadline, is_told = loop.time() + wait, False
        while True:
            try:
                async with database.connected():
                    return
            except TryAgainLater:
                if loop.time() >= deadline:
                    raise
                if not is_told:
                    told(f"Waiting up to {wait:.0f} seconds for {database.place.label}, which keeps the records.")
                    is_told = True
                await asyncio.sleep(_SECONDS_BETWEEN)
