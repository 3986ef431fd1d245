"""Which part of Discord's servers this process serves: the numbers of its shards, as they are written in a setting."""

import re
from collections.abc import Collection

MOST = 10_000
"""Far above what a million servers need, and below what a slip of the finger makes."""

_PART = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


def read_ids(text: str) -> tuple[int, ...]:
    """Read numbers and ranges with commas, such as `0,2-5`; they come back in order.

    Raises:
        ValueError: it is not written so, or names a number twice; one clause for the person who wrote it.
    """
    ids: list[int] = []
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if found is None:
            raise ValueError("shards are written as numbers and ranges with commas, such as 0,2-5")
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last or last >= MOST:
            raise ValueError(f"{first}-{last} is no range of shards" if first > last else f"there is no shard {last}")
        ids += range(first, last + 1)
    twice = next((number for number in ids if ids.count(number) > 1), None) if len(set(ids)) < len(ids) else None
    if twice is not None:
        raise ValueError(f"shard {twice} is named twice")
    return tuple(sorted(ids))


def check(ids: tuple[int, ...] | None, count: int | None) -> tuple[int, ...] | None:
    """Return the shards of this process, once it is sure that they are among so many.

    Raises:
        ValueError: one of the two is missing, or a number is too high.
    """
    if ids is None and count is None:
        return None
    if ids is None or count is None:
        raise ValueError("SHARD_COUNT and SHARD_IDS go together; set both or neither")
    if ids[-1] >= count:
        raise ValueError(f"with SHARD_COUNT={count} the last shard is {count - 1}, not {ids[-1]}")
    return ids


def named(ids: Collection[int]) -> str:
    """Return shards as they are said in a sentence: `shard 3`, `shards 0 to 3`, `shards 0, 2`."""
    numbers = sorted(ids)
    if len(numbers) == 1:
        return f"shard {numbers[0]}"
    if numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"shards {numbers[0]} to {numbers[-1]}"
    return "shards " + ", ".join(map(str, numbers))
