"""Times of the index by its size, with vectors of chance: `python -m tests.soak.search cards|own`.

`cards` searches one collection, as a question searches the cards. `own` reads what one server has, among more and more
servers, as its first question after a start does; its later questions find that in memory.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from knowledge.curated import CuratedRow, CuratedVectors
from knowledge.embedding import Vectors
from knowledge.index import Row, VectorIndex

ANSWERS, PARTS = 10, 5
"""A server's own answers, and the vectors of each."""

_DIMENSIONS = 384
_WRITTEN_AT_ONCE = 5_000
_TRIED_BEFORE = 20
HEAD = """\
| Vectors | Half, ms | 95%, ms |
| --- | --- | --- |"""


def cards(
    folder: Path, counts: Sequence[int], width: int, rows: int, tries: int = 200
) -> dict[int, tuple[float, float]]:
    """Return median and 95% milliseconds of a search among so many random vectors, by their number.

    Args:
        folder: where they are; what is there already is not made again.
        counts: how many vectors there are, in turn.
        width: candidates that the graph search keeps; the program's own index keeps 512.
        rows: how many are asked for; the program asks for 400.
        tries: searches at each number.
    """
    found: dict[int, tuple[float, float]] = {}
    chance = np.random.default_rng(8)
    for count in sorted(counts):
        with closing(VectorIndex(folder)) as index:
            while (there := index.count()) < count:
                part = range(there, min(count, there + _WRITTEN_AT_ONCE))
                made = [Row(f"c{n}#s1", f"c{n}", "unit", "text", "digest") for n in part]
                index.upsert(made, _random(chance, len(made)))
            index._collection.modify(configuration={"hnsw": {"ef_search": width}})
        with closing(VectorIndex(folder)) as index:  # a width counts from the next opening
            found[count] = _timed(count, lambda question: index.nearest(question, rows), _random(chance, tries))
    return found


def own(folder: Path, counts: Sequence[int], tries: int = 40) -> dict[int, tuple[float, float]]:
    """Return the same of reading the 50 vectors of one server after another, among so many vectors of all servers.

    Args:
        folder: where they are; what is there already is not made again.
        counts: how many vectors there are, in turn.
        tries: how many servers are read at each number, beside some before.
    """
    found: dict[int, tuple[float, float]] = {}
    chance, a_server = np.random.default_rng(8), ANSWERS * PARTS
    with closing(CuratedVectors(folder, "by chance")) as index:
        for count in sorted(counts):
            for server in range(index._collection.count() // a_server, count // a_server):
                index.write(_rows_of(server), _random(chance, a_server))
            which = chance.integers(0, count // a_server, tries + _TRIED_BEFORE)
            found[count] = _timed(count, lambda server: index.read(server, _names(server)), which.tolist())
    return found


def _names(server: int) -> list[str]:
    return [f"{server:08x}{number:024x}.1" for number in range(ANSWERS)]


def _rows_of(server: int) -> list[CuratedRow]:
    return [CuratedRow(server, name, f"s{part}", PARTS) for name in _names(server) for part in range(PARTS)]


def _timed(count: int, act: Callable[..., object], given: Sequence[object] | Vectors) -> tuple[float, float]:
    """Do something with each; return half and 95% of the milliseconds of all but the first few, and print them."""
    times = []
    for one in given:
        began = time.perf_counter()
        act(one)
        times.append((time.perf_counter() - began) * 1000)
    times = sorted(times[_TRIED_BEFORE:] or times)
    half, most = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"| {count:,} | {half:.1f} | {most:.1f} |", flush=True)  # noqa: T201  # what this is run for
    return half, most


def _random(chance: np.random.Generator, count: int) -> Vectors:
    vectors = chance.standard_normal((count, _DIMENSIONS), dtype=np.float32)
    normal: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normal


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print a row for each number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["cards", "own"])
    parser.add_argument("--vectors", default="1000,10000,100000")
    parser.add_argument("--width", type=int, default=512, help="candidates that the graph search keeps")
    parser.add_argument("--rows", type=int, default=400, help="nearest vectors that are asked for")
    parser.add_argument("--folder", type=Path, help="keep the vectors there, for the next time")
    asked = parser.parse_args(words)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", file=sys.stderr)  # noqa: T201  # the conditions
    print(HEAD)  # noqa: T201  # what this is run for
    with tempfile.TemporaryDirectory() as scratch:
        counts = [int(count) for count in asked.vectors.split(",")]
        folder = asked.folder or Path(scratch)
        if asked.what == "own":
            own(folder, counts)
        else:
            cards(folder, counts, asked.width, asked.rows)


if __name__ == "__main__":
    main()
