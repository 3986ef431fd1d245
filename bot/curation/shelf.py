"""Finds a server's answers: their vectors are scored exactly, and kept in memory by server and number.

What is found is read from the truth in the same breath, by the server's id and as it is live now; so a text that is
not approved, or another server's, cannot come out, whatever the vectors are.
"""

import asyncio
import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bot import log
from bot.curation.publish import VectorStore, embedded
from bot.curation.texts import publication_of, split_publication
from bot.errors import AssistantError
from bot.storage.curated import Live
from bot.storage.published import Published
from knowledge.curated import CuratedRow
from knowledge.embedding import Embedder
from knowledge.errors import KnowledgeError

_ROWS_IN_MEMORY = 150_000
"""Over all servers; 384 numbers of 4 bytes each make 230 MB. What was not asked for longest goes first."""

_EMBEDDED_IN_PASSING = 8
"""Answers that a question waits for where the index lacks them; more are made beside it."""

_READ_AT_ONCE = 5_000

_Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Near:
    """A live answer near to a question.

    Attributes:
        live: the answer and its words.
        nearness: cosine similarity of the question to the nearest of its title and asks, or units; -1 to 1.
        parts: cosine similarity of each of its rows, by the row's part.
    """

    live: Live
    nearness: float
    parts: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Table:
    """Vectors of one server, never changed, so that a thread may read it; those of a publication stand together."""

    names: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    matrix: _Vector = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    starts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, names: Sequence[str], parts: Sequence[tuple[str, ...]], matrix: _Vector) -> "_Table":
        ends = np.cumsum([len(one) for one in parts], dtype=np.int64)
        return cls(tuple(names), tuple(parts), matrix, np.concatenate([[0], ends[:-1]]).astype(np.int64))

    def without(self, answers: set[uuid.UUID]) -> "_Table":
        keep = [split_publication(name)[0] not in answers for name in self.names]
        if all(keep):
            return self
        mask = np.repeat(keep, [len(parts) for parts in self.parts])
        kept = [(name, parts) for name, parts, here in zip(self.names, self.parts, keep, strict=True) if here]
        return _Table.of([name for name, _ in kept], [parts for _, parts in kept], self.matrix[mask])

    def having(self, found: dict[str, list[tuple[str, _Vector]]]) -> "_Table":
        if not found:
            return self
        new = np.stack([vector for rows in found.values() for _, vector in rows])
        return _Table.of(
            [*self.names, *found],
            [*self.parts, *(tuple(part for part, _ in rows) for rows in found.values())],
            np.concatenate([self.matrix, new]) if len(self.matrix) else new,
        )

    def nearest(self, vector: _Vector, limit: int) -> list[tuple[str, float, dict[str, float]]]:
        if not self.names:
            return []
        similarity = self.matrix @ vector
        best = np.maximum.reduceat(similarity, self.starts)
        found = []
        for place in np.argsort(-best, kind="stable")[:limit]:
            parts, start = self.parts[place], self.starts[place]
            values = similarity[start : start + len(parts)].tolist()
            found.append((self.names[place], float(best[place]), dict(zip(parts, values, strict=True))))
        return found


@dataclass(slots=True)
class _Stock:
    """What is held of one server.

    Attributes:
        version: the number up to which it was followed.
        table: the vectors.
        pending: live revisions whose vectors are not in it yet, by answer.
    """

    version: int = 0
    table: _Table = field(default_factory=_Table)
    pending: dict[uuid.UUID, int] = field(default_factory=dict)


class Shelf:
    """Finds live answers, one server at a time."""

    def __init__(
        self,
        published: Published,
        embedder: Embedder,
        *,
        vectors: Callable[[], VectorStore | None] = lambda: None,
        rows_in_memory: int = _ROWS_IN_MEMORY,
    ) -> None:
        """Hold the parts.

        Args:
            published: the truth.
            embedder: the index's own; makes the vectors that the index lacks.
            vectors: gives the index, or None where another process holds it.
            rows_in_memory: over all servers.
        """
        self._published = published
        self._embedder = embedder
        self._vectors = vectors
        self._room = rows_in_memory
        self._stocks: OrderedDict[int, _Stock] = OrderedDict()
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._making: dict[int, asyncio.Task[None]] = {}

    async def nearest(self, server: int, vector: _Vector, limit: int = 8) -> tuple[Near, ...]:
        """Return a server's live answers nearest to a question, nearest first.

        Args:
            server: whose.
            vector: the question's, of length one; shape (dimensions,).
            limit: how many at most.

        Raises:
            AssistantError: the database cannot be used.
        """
        version = await self._published.version(server)
        if version == 0:
            self._stocks.pop(server, None)
            return ()
        table = await self._table(server, version)
        found = await asyncio.to_thread(table.nearest, vector, limit)
        live = await self._published.live(server, [split_publication(name)[0] for name, _, _ in found])
        near = []
        for name, nearness, parts in found:
            answer, revision = split_publication(name)
            one = live.get(answer)
            if one is not None and one.answer.live == revision and one.answer.server == server:
                near.append(Near(one, nearness, parts))
        return tuple(near)

    async def settle(self) -> None:
        """Wait until everything that was being made beside questions is made."""
        while self._making:
            await asyncio.gather(*self._making.values())

    async def _table(self, server: int, version: int) -> _Table:
        async with self._turns[server]:
            stock = self._stocks.get(server)
            if stock is None or stock.version > version:
                stock = self._stocks[server] = _Stock()
            self._stocks.move_to_end(server)
            if stock.version != version:
                version, changed = await self._published.since(server, stock.version)
                gone = {one.answer for one in changed}
                stock.table = await asyncio.to_thread(stock.table.without, gone)
                stock.pending = {a: n for a, n in stock.pending.items() if a not in gone}
                stock.pending |= {one.answer: one.live for one in changed if one.live is not None}
                stock.version = version
            if stock.pending and server not in self._making:
                await self._take_up(server, stock)
            self._make_room()
            return stock.table

    async def _take_up(self, server: int, stock: _Stock) -> None:
        """Read what is pending from the index, and make what the index lacks; much of it beside the question."""
        await self._read(server, stock)
        if len(stock.pending) > _EMBEDDED_IN_PASSING:
            self._making[server] = asyncio.create_task(self._make_all(server, stock))
        elif stock.pending:
            await self._make(server, stock)

    async def _read(self, server: int, stock: _Stock) -> None:
        vectors = self._vectors()
        if vectors is None:
            return
        names = [publication_of(answer, revision) for answer, revision in stock.pending.items()]
        found: dict[CuratedRow, _Vector] = {}
        for start in range(0, len(names), _READ_AT_ONCE):
            try:
                found |= await asyncio.to_thread(vectors.read, server, names[start : start + _READ_AT_ONCE])
            except KnowledgeError as error:
                log.event("curated index", state="not read", error=type(error).__name__)
                break
        self._put(stock, found)

    async def _make(self, server: int, stock: _Stock) -> None:
        part = dict(list(stock.pending.items())[:_EMBEDDED_IN_PASSING])
        live = await self._published.live(server, list(part))
        these = [one for answer, one in live.items() if one.answer.live == part[answer]]
        if these:
            rows, made = await asyncio.to_thread(embedded, self._embedder, server, these)
            self._put(stock, dict(zip(rows, made, strict=True)))
        for answer in part:
            stock.pending.pop(answer, None)  # what is not live any more has a later number, and comes with that

    async def _make_all(self, server: int, stock: _Stock) -> None:
        try:
            while stock.pending:
                async with self._turns[server]:
                    await self._make(server, stock)
        except (AssistantError, KnowledgeError) as error:
            log.event("curated index", state="not made", error=type(error).__name__)
        finally:
            del self._making[server]

    def _put(self, stock: _Stock, found: dict[CuratedRow, _Vector]) -> None:
        """Put whole publications that are pending into the stock."""
        whole: defaultdict[str, list[tuple[str, _Vector]]] = defaultdict(list)
        counts: dict[str, int] = {}
        for row, vector in found.items():
            whole[row.publication].append((row.part, vector))
            counts[row.publication] = row.of
        taken = {}
        for name, rows in whole.items():
            answer, revision = split_publication(name)
            if len(rows) == counts[name] and stock.pending.get(answer) == revision:
                taken[name] = rows
                del stock.pending[answer]
        stock.table = stock.table.having(taken)

    def _make_room(self) -> None:
        rows = sum(len(stock.table.matrix) for stock in self._stocks.values())
        while rows > self._room and len(self._stocks) > 1:
            server, oldest = next(iter(self._stocks.items()))
            rows -= len(oldest.table.matrix)
            del self._stocks[server]
