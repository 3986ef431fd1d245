"""Keeps two processes from serving the same shard: each question would be answered twice."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from bot.errors import TryAgainLater
from bot.shards import named
from bot.storage.engine import Database
from bot.storage.kept import KeptLocks

SECONDS_TO_HAND_OVER = 30.0
"""A process that stops takes 20 at most; the one that follows it is ready meanwhile, and waits so long."""

_WORK = "shard-"
_MEND = "stop the other process, or give each its own SHARD_IDS (docs/operations.md)"


@asynccontextmanager
async def own_shards(
    database: Database,
    ids: Sequence[int] | None,
    *,
    say: Callable[[str], None],
    wait: float = SECONDS_TO_HAND_OVER,
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Hold the locks of this process's shards until the block ends.

    Args:
        database: shared by all processes of the bot.
        ids: the shards; None where this process serves all, which shard 0 stands for.
        say: told a sentence where another process has to stop first.
        wait: seconds to wait for that.

    Yields:
        What to await beside the work: it raises `TryAgainLater` once another process has one of the shards.

    Raises:
        TryAgainLater: another process has one of them; or the database cannot be reached.
        AssistantError: the database cannot be used.
    """
    locks = KeptLocks(database, [f"{_WORK}{number}" for number in ids or (0,)])

    def waiting(work: str) -> None:
        taken = f"Another process serves {_shard(work)}; this one waits up to {wait:.0f} seconds for it to stop."
        say(taken)

    async def guard() -> None:
        await locks.keep()
        raise TryAgainLater(f"another process has taken over {named(ids or (0,))} of this one", _MEND)

    try:
        if taken := await locks.take(wait, waiting):
            problem = f"another process already serves {_shard(taken)} of this bot"
            raise TryAgainLater(f"{problem}, by the locks in {database.place.label}", _MEND)
        yield guard
    finally:
        await locks.release()


def _shard(work: str) -> str:
    return named([int(work.removeprefix(_WORK))])
