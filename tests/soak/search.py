"""Times of the index by its size, with vectors of chance: `python -m tests.soak.search`."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import numpy as np

from knowledge import index as knowledge_index
from knowledge.embedding import Vectors
from knowledge.index import Row, VectorIndex

_DIMENSIONS = 384
_WRITTEN_AT_ONCE = 5_000
HEAD = """\
| Vectors | Half, ms | 95%, ms |
| --- | --- | --- |"""


def search(
    folder: Path, counts: Sequence[int], width: int, rows: int, tries: int = 200
) -> dict[int, tuple[float, float]]:
    """Return median and 95% milliseconds of a search among so many random vectors, by their number.

    Args:
        folder: where they are; what is there already is not made again.
        counts: how many vectors there are, in turn.
        width: candidates that the graph search keeps; the program's own index keeps 512.
        rows: how many are asked for.
        tries: searches at each number.
    """
    found: dict[int, tuple[float, float]] = {}
    chance = np.random.default_rng(8)
    with patch.object(knowledge_index, "_SEARCH_WIDTH", width), closing(VectorIndex(folder)) as index:
        for count in sorted(counts):
            while (there := index.count()) < count:
                part = range(there, min(count, there + _WRITTEN_AT_ONCE))
                made = [Row(f"c{n}#s1", f"c{n}", "unit", "text", "digest") for n in part]
                index.upsert(made, _random(chance, len(made)))
            questions = _random(chance, tries)
            for question in questions[:20]:
                index.nearest(question, rows)
            times = []
            for question in questions:
                began = time.perf_counter()
                index.nearest(question, rows)
                times.append((time.perf_counter() - began) * 1000)
            found[count] = (statistics.median(times), sorted(times)[int(len(times) * 0.95)])
            print(f"| {count:,} | {found[count][0]:.1f} | {found[count][1]:.1f} |", flush=True)  # noqa: T201  # what this is run for
    return found


def _random(chance: np.random.Generator, count: int) -> Vectors:
    vectors = chance.standard_normal((count, _DIMENSIONS), dtype=np.float32)
    normal: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normal


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print a row for each number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", default="1000,10000,100000")
    parser.add_argument("--width", type=int, default=512, help="candidates that the graph search keeps")
    parser.add_argument("--rows", type=int, default=400, help="nearest vectors that are asked for")
    parser.add_argument("--folder", type=Path, help="keep the vectors there, for the next time")
    asked = parser.parse_args(words)
    print(HEAD)  # noqa: T201  # what this is run for
    with tempfile.TemporaryDirectory() as scratch:
        counts = [int(count) for count in asked.vectors.split(",")]
        search(asked.folder or Path(scratch), counts, asked.width, asked.rows)


if __name__ == "__main__":
    main()
