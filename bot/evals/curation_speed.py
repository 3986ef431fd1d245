"""Times of curated answers in number: `python -m bot.evals.curation_speed`; a temporary folder holds what it makes.

The answers' vectors are made by a hash, so that no time goes into embedding them; a question's is made by the shipped
embedder, and its search in the cards is timed for comparison.
"""

import argparse
import asyncio
import hashlib
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bot.curation import review
from bot.curation.publish import Publisher
from bot.curation.review import Approval, Move
from bot.curation.shelf import Shelf
from bot.settings import Settings
from bot.storage.answers import Entry
from bot.storage.curated import Content, Item, Origin, Signature
from bot.storage.place import place_of
from bot.storage.store import Store, open_store
from bot.storage.supervisors import Rules
from knowledge.curated import CuratedVectors
from knowledge.embedding import MiniLmEmbedder, Vectors
from knowledge.loader import load_corpus
from knowledge.sync import open_retriever

_AUTHOR, _APPROVER, _EMPTY = 1, 2, 999_999_999
_SIGNED = Signature("clinical supervisor", "LPC-S", "Texas", date(2026, 11, 2))
_TRIES = 40
_MOST_LOOKS = 10_000
_ENTRIES_AT_ONCE = 2_000
_QUESTION = "she went quiet after i told her about the late fee, how do i bring it up again"


class _HashEmbedder:
    name = "by hash"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text."""
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) for text in texts]
        made = [np.random.default_rng(seed).standard_normal(384, dtype=np.float32) for seed in seeds]
        vectors = np.stack(made)
        normal: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normal


@dataclass(frozen=True, slots=True)
class Measured:
    """Times of one shape on one database.

    Attributes:
        shape: servers and answers in each.
        take_in: seconds to take all in as drafts.
        approve: milliseconds of one approval, the median of some; the others are approved together.
        fill: seconds to write the whole index.
        start: seconds to open the index and find it equal to the truth.
        first: milliseconds of the first search after a start.
        search: milliseconds of a search after that, the median.
        empty: milliseconds in a server without answers, the median.
        found: milliseconds from the call that approves to the answer being found.
        gone: milliseconds from the call that retires to the answer being found no more.
    """

    shape: str
    take_in: float
    approve: float
    fill: float
    start: float
    first: float
    search: float
    empty: float
    found: float
    gone: float

    def row(self) -> str:
        """Return it as a row of a table."""
        seconds = f"{self.take_in:.1f} | {self.approve:.1f} | {self.fill:.0f} | {self.start:.1f}"
        rest = f"{self.first:.0f} | {self.search:.1f} | {self.empty:.1f} | {self.found:.0f} | {self.gone:.0f}"
        return f"| {self.shape} | {seconds} | {rest} |"


HEAD = (
    "| Servers x answers | Take in, s | Approve, ms | Fill index, s | Start, s | First search, ms | Search, ms "
    "| Empty server, ms | Found after, ms | Gone after, ms |\n" + "| --- " * 10 + "|"
)


async def measure(settings: Settings, folder: Path, servers: int, answers: int) -> Measured:
    """Make the answers, approve them, and time what people wait for.

    Args:
        settings: name an empty database.
        folder: an empty folder for the index.
        servers: how many.
        answers: in each.
    """
    embedder = _HashEmbedder()
    async with open_store(settings) as store:
        began = time.perf_counter()
        for server in range(1, servers + 1):
            for part in _parts(answers):
                await store.answers.take_in(server, _AUTHOR, part, origin=Origin.FILE)
        take_in = time.perf_counter() - began
        approve = [await _approve_all(store, server) for server in range(1, servers + 1)]

        vectors = await asyncio.to_thread(CuratedVectors, folder, embedder.name)
        fill = await _seconds(lambda: Publisher(store.published, embedder, vectors).reconcile())
        vectors.close()

        began = time.perf_counter()
        vectors = await asyncio.to_thread(CuratedVectors, folder, embedder.name)
        publisher = Publisher(store.published, embedder, vectors)
        await publisher.reconcile(everything=True)
        start = time.perf_counter() - began

        shelf = Shelf(store.published, embedder, vectors=lambda: vectors)
        question = embedder.embed([_QUESTION])[0]
        first = await _seconds(lambda: shelf.nearest(1, question))
        search = [await _seconds(lambda: shelf.nearest(1, question)) for _ in range(_TRIES)]
        empty = [await _seconds(lambda: shelf.nearest(_EMPTY, question)) for _ in range(_TRIES)]
        found, gone = await _seen(store, shelf, publisher)
        vectors.close()
    return Measured(
        f"{servers:,} x {answers:,}",
        take_in,
        statistics.median(time for times in approve for time in times) * 1000,
        fill,
        start,
        first * 1000,
        statistics.median(search) * 1000,
        statistics.median(empty) * 1000,
        found * 1000,
        gone * 1000,
    )


def _parts(answers: int) -> Iterator[list[Entry]]:
    entries = [Entry(f"answer-{number}", _content(number)) for number in range(answers)]
    for start in range(0, answers, _ENTRIES_AT_ONCE):
        yield entries[start : start + _ENTRIES_AT_ONCE]


def _content(number: int) -> Content:
    items = (Item(f"Say what you saw in hour {number}, in one sentence."), Item(f"Ask how it was, {number}."))
    return Content(f"What to say in hour {number}", items, (f"what do i say in hour {number}", f"hour {number}, help"))


async def _approve_all(store: Store, server: int) -> list[float]:
    approval = Approval(_APPROVER, _SIGNED, 1, _AUTHOR, Rules())
    answers = [answer.id for answer in await store.answers.listed(server)]
    await store.answers.change_all(server, answers, _AUTHOR, lambda now: review.moved(now, Move.SUBMIT))
    times = []
    if server == 1:
        for answer in answers[:_TRIES]:
            began = time.perf_counter()
            await store.answers.change(server, answer, _APPROVER, lambda now: review.approved(now, approval))
            times.append(time.perf_counter() - began)
    await store.answers.change_all(server, answers, _APPROVER, lambda now: review.approved(now, approval))
    return times


async def _seen(store: Store, shelf: Shelf, publisher: Publisher) -> tuple[float, float]:
    """Return the seconds until a newly approved answer is found, and until it is gone after it was retired."""
    content = _content(10**6)
    vector = _HashEmbedder().embed([content.title])[0]
    (taken,) = await store.answers.take_in(1, _AUTHOR, [Entry("the-new-one", content)], origin=Origin.NEW)
    answer = taken.answer
    await store.answers.change(1, answer.id, _AUTHOR, lambda now: review.moved(now, Move.SUBMIT))
    approval = Approval(_APPROVER, _SIGNED, 1, _AUTHOR, Rules())

    async def until(*, there: bool) -> None:
        for _ in range(_MOST_LOOKS):
            if (answer.id in {near.live.answer.id for near in await shelf.nearest(1, vector)}) == there:
                return
            await asyncio.sleep(0.001)
        raise TimeoutError

    began = time.perf_counter()
    await store.answers.change(1, answer.id, _APPROVER, lambda now: review.approved(now, approval))
    await until(there=True)
    found = time.perf_counter() - began
    await publisher.reconcile()
    began = time.perf_counter()
    await store.answers.change(1, answer.id, _APPROVER, lambda now: review.moved(now, Move.RETIRE))
    await until(there=False)
    return found, time.perf_counter() - began


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def _cards() -> float:
    """Return the milliseconds of a question's search in the cards, its embedding among them; the median."""
    retriever, _ = open_retriever(Settings.read().data_dir, load_corpus(), MiniLmEmbedder())
    times = []
    for _ in range(_TRIES):
        began = time.perf_counter()
        retriever.retrieve(_QUESTION)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="Times of curated answers in number.")
    parser.add_argument("--database-url", help="an empty PostgreSQL; SQLite in a temporary folder without it")
    parser.add_argument("--shapes", nargs="+", default=["1x1000", "1x10000", "1000x10"], help="servers x answers")
    given = parser.parse_args(words)
    print(f"A question's search in the cards: {_cards():.1f} ms.\n\n{HEAD}")  # noqa: T201  # a program
    for number, shape in enumerate(given.shapes):
        servers, _, answers = shape.partition("x")
        with tempfile.TemporaryDirectory(prefix="curation-") as scratch:
            environment = {"DATA_DIR": scratch}
            if given.database_url:
                environment["DATABASE_URL"] = given.database_url.replace("NUMBER", str(number))
            settings = Settings.read(environment)
            place_of(settings)
            measured = asyncio.run(measure(settings, Path(scratch), int(servers), int(answers)))
            print(measured.row(), flush=True)  # noqa: T201  # as above


if __name__ == "__main__":
    main()
