"""Keeps the index of curated answers equal to the truth, and finds a server's answers in it."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from bot import log
from bot.curation.texts import publication_of, rows_of, split_publication
from bot.errors import AssistantError, TryAgainLater
from bot.storage.curated import Live
from bot.storage.engine import Database
from bot.storage.kept import KeptLocks
from bot.storage.published import Publication, Published
from knowledge.curated import CuratedRow
from knowledge.embedding import Embedder, Vectors
from knowledge.errors import KnowledgeError

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_FULL_LOOKS = 300.0

_WORK = "curated-index"
_ANSWERS_AT_ONCE = 16


class VectorStore(Protocol):
    """Where the vectors are; `knowledge.curated.CuratedVectors` is one."""

    def read(self, server: int, publications: Sequence[str]) -> dict[CuratedRow, npt.NDArray[np.float32]]:
        """Return the vectors of some publications of one server."""

    def inventory(self, server: int | None = None, answers: Sequence[str] = ()) -> dict[int, dict[str, bool]]:
        """Return for each server its publications, and whether each is whole; some answers of one, where named."""

    def write(self, rows: Sequence[CuratedRow], vectors: Vectors) -> None:
        """Write rows."""

    def remove(self, server: int, publications: Sequence[str]) -> None:
        """Take out publications of one server."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What making the index equal to the truth took; in answers."""

    added: int = 0
    removed: int = 0

    def __add__(self, other: "Reconciled") -> "Reconciled":
        return Reconciled(self.added + other.added, self.removed + other.removed)


class Publisher:
    """Writes the index; there is one, in the process that holds the lock."""

    def __init__(self, published: Published, embedder: Embedder, vectors: VectorStore) -> None:
        """Hold the truth and the index.

        Args:
            published: the truth.
            embedder: makes the vectors; the index's own.
            vectors: the index.
        """
        self._published = published
        self._embedder = embedder
        self._vectors = vectors
        self._done: dict[int, int] = {}
        self._turn = asyncio.Lock()

    async def reconcile(self, *, everything: bool = False) -> Reconciled:
        """Make the index equal to the truth, in small batches; safe to repeat, and after any crash.

        Args:
            everything: look at every server, not at those alone whose number has grown since the last time.

        Raises:
            AssistantError: the database cannot be used.
            KnowledgeError: the index cannot be written.
        """
        async with self._turn:
            versions = await self._published.versions()
            if everything or not self._done:
                return await self._all(versions)
            if any(server not in versions for server in self._done):
                return await self._all(versions)
            done = Reconciled()
            for server, version in versions.items():
                if self._done.get(server) != version:
                    done += await self._changed(server, self._done.get(server, 0))
            return done

    async def _all(self, versions: dict[int, int]) -> Reconciled:
        there = await asyncio.to_thread(self._vectors.inventory)
        done = Reconciled()
        for server in {*versions, *there}:
            version, live = await self._published.since(server, 0)
            done += await self._equal(server, live, there.get(server, {}))
            self._done[server] = version
        self._done = {server: self._done[server] for server in versions}
        return done

    async def _changed(self, server: int, since: int) -> Reconciled:
        version, changed = await self._published.since(server, since)
        done = Reconciled()
        if changed:
            answers = [one.answer.hex for one in changed]
            there = await asyncio.to_thread(self._vectors.inventory, server, answers)
            done = await self._equal(server, changed, there.get(server, {}))
        self._done[server] = version
        return done

    async def _equal(self, server: int, truth: Iterable[Publication], has: dict[str, bool]) -> Reconciled:
        wanted = {publication_of(one.answer, one.live) for one in truth if one.live is not None}
        stale = [name for name, whole in has.items() if name not in wanted or not whole]
        missing = [name for name in wanted if not has.get(name, False)]
        await self._remove(server, stale)
        await self._add(server, missing)
        return Reconciled(len(missing), len(stale))

    async def _remove(self, server: int, names: Sequence[str]) -> None:
        for start in range(0, len(names), _ANSWERS_AT_ONCE):
            await asyncio.to_thread(self._vectors.remove, server, names[start : start + _ANSWERS_AT_ONCE])

    async def _add(self, server: int, names: Sequence[str]) -> None:
        for start in range(0, len(names), _ANSWERS_AT_ONCE):
            part = [split_publication(name) for name in names[start : start + _ANSWERS_AT_ONCE]]
            live = await self._published.live(server, [answer for answer, _ in part])
            numbers = dict(part)
            of_these = [one for answer, one in live.items() if one.answer.live == numbers[answer]]
            if of_these:
                rows, vectors = await asyncio.to_thread(embedded, self._embedder, server, of_these)
                await asyncio.to_thread(self._vectors.write, rows, vectors)


def embedded(embedder: Embedder, server: int, answers: Iterable[Live]) -> tuple[list[CuratedRow], Vectors]:
    """Return the rows of some live answers, and their vectors."""
    rows: list[CuratedRow] = []
    texts: list[str] = []
    for live in answers:
        parts = rows_of(live.content)
        name = publication_of(live.answer.id, live.answer.live or 0)
        rows += [CuratedRow(server, name, part, len(parts)) for part, _ in parts]
        texts += [text for _, text in parts]
    return rows, embedder.embed(texts)


class OpensVectors(Protocol):
    """Opens the index; called only with the lock held."""

    def __call__(self, folder: Path, embedder: str) -> VectorStore:
        """Return the index in a data folder."""


class Publishing:
    """The index in this process, kept equal to the truth while the context is open.

    Only the process that holds the lock writes the index, and only that one asks each second whether something changed.
    Another reads it where it is on a server, and finds answers from the truth alone where it is in a folder; it asks
    for nothing but the lock, now and then, so that it takes over when the first has ended.
    """

    def __init__(
        self,
        database: Database,
        published: Published,
        folder: Path,
        embedder: Embedder,
        open_vectors: OpensVectors,
        *,
        shared: bool = False,
    ) -> None:
        """Hold the parts; nothing is opened yet.

        Args:
            database: shared by the processes; has the lock.
            published: the truth.
            folder: the data folder.
            embedder: makes the vectors.
            open_vectors: opens the index, `knowledge.curated.CuratedVectors` as it is.
            shared: whether it may be opened by processes that do not hold the lock.
        """
        self._locks = KeptLocks(database, [_WORK])
        self._published = published
        self._folder = folder
        self._embedder = embedder
        self._open_vectors = open_vectors
        self._shared = shared
        self._wake = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._guarding: asyncio.Task[None] | None = None
        self._publisher: Publisher | None = None
        self.vectors: VectorStore | None = None

    async def __aenter__(self) -> Self:
        await self._take()
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [task for task in (self._keeping, self._guarding) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._close_vectors()
        await self._locks.release()

    def nudge(self, server: int) -> None:
        """Say that a server's answers have changed, so that the index need not wait for the next look."""
        del server
        self._wake.set()

    async def reconcile(self, *, everything: bool = False) -> Reconciled | None:
        """Make the index equal to the truth now; None where another process does that.

        Raises:
            AssistantError: the database cannot be used.
            KnowledgeError: the index cannot be written.
        """
        return await self._publisher.reconcile(everything=everything) if self._publisher else None

    async def _take(self) -> None:
        """Become the writer where nobody is, and open the index where this process may."""
        if self._publisher is not None:
            return
        if self._guarding is None and await self._locked():
            self._guarding = asyncio.create_task(self._locks.keep())
        if self._guarding is None and not self._shared:
            return
        try:
            if self.vectors is None:
                self.vectors = await asyncio.to_thread(self._open_vectors, self._folder, self._embedder.name)
        except KnowledgeError as error:
            log.event("curated index", state="cannot be opened", error=type(error).__name__)
            return
        if self._guarding is not None:
            self._publisher = Publisher(self._published, self._embedder, self.vectors)

    async def _locked(self) -> bool:
        try:
            return await self._locks.take(0) is None
        except TryAgainLater:
            await self._locks.release()
            return False

    def _yield_where_lost(self) -> None:
        """Write no more once another process has the lock, as after a PostgreSQL that was restarted."""
        if self._guarding is not None and self._guarding.done():
            self._guarding = self._publisher = None
            if not self._shared:
                self._close_vectors()

    def _close_vectors(self) -> None:
        vectors, self.vectors = self.vectors, None
        if vectors is not None:
            vectors.close()

    async def _keep(self) -> None:
        """Look each second whether something changed, and at everything every few minutes; only as the writer."""
        seen: tuple[int, int] | None = None
        last_full = -SECONDS_BETWEEN_FULL_LOOKS
        while True:
            full = time.monotonic() - last_full >= SECONDS_BETWEEN_FULL_LOOKS
            try:
                self._yield_where_lost()
                if full:
                    await self._take()
                if self._publisher is not None:
                    pulse = await self._published.pulse()
                    if full or pulse != seen:
                        await self._publisher.reconcile(everything=full)
                    seen = pulse
                last_full = time.monotonic() if full else last_full
            except (AssistantError, KnowledgeError) as error:
                log.event("curated index", state="not reconciled", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pause(last_full))
            self._wake.clear()

    def _pause(self, last_full: float) -> float:
        """Return the seconds until the next look; who does not write waits for the next full one."""
        left = last_full + SECONDS_BETWEEN_FULL_LOOKS - time.monotonic()
        return SECONDS_BETWEEN_LOOKS if self._publisher is not None else max(left, SECONDS_BETWEEN_LOOKS)
