"""Makes the index equal to the corpus: builds it, takes up what changed, and rebuilds what cannot be used."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from knowledge.embedding import Embedder
from knowledge.entry import Corpus
from knowledge.errors import RebuildIndex
from knowledge.folder import locked, writable
from knowledge.head import Head
from knowledge.index import Row, VectorIndex
from knowledge.lexical import LexicalIndex
from knowledge.manifest import Manifest, Missing, Stale, read_manifest
from knowledge.places import FolderPlace, Place
from knowledge.retrieval import Retriever
from knowledge.spare import spare_of
from knowledge.whole import WholeIndex

Progress = Callable[[int, int], None]
"""Called with rows done and rows to do while vectors are made."""


def unseen(done: int, total: int) -> None:
    """Follow progress without showing it."""
    del done, total


_SCHEMA = 2
_EMBED_BATCH = 128
_SECONDS_TO_WAIT = 120.0


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What was done to the index.

    Attributes:
        state: `current` (nothing), `built` (first time), `updated` (changed rows only) or `rebuilt`.
        reason: why it was rebuilt, a clause; None otherwise.
        embedded: rows that got a new vector.
        removed: rows taken out.
        rows: rows that the index holds now.
    """

    state: Literal["current", "built", "updated", "rebuilt"]
    reason: str | None
    embedded: int
    removed: int
    rows: int


def open_retriever(
    folder: Path,
    corpus: Corpus,
    embedder: Embedder,
    *,
    progress: Progress = unseen,
    rebuild: bool = False,
    wait: float = _SECONDS_TO_WAIT,
    place: Place | None = None,
) -> tuple[Retriever, SyncReport]:
    """Open the index for reading, after making it equal to the corpus where it is not.

    Args:
        folder: the data folder; the index lives in `index/` in it.
        corpus: the cards.
        embedder: makes the vectors.
        progress: told how far the vectors are.
        rebuild: build anew whatever is there.
        wait: seconds to wait for another process that is writing.
        place: where the vectors are; the data folder where None.

    Returns:
        A retriever over the index, and what was done to it.

    Raises:
        FreeDataFolder: the folder cannot be written.
        WaitForOtherProcess: another process kept writing for longer than `wait`.
        RebuildIndex: the index cannot be used even after a rebuild.
        WaitForVectorServer: the server with the vectors does not answer.
        FixVectorServer: it is not as the settings say.
    """
    sync = _Sync(folder, corpus, embedder, progress, place or FolderPlace(folder))
    reason: str | None = "asked for" if rebuild else None
    if not rebuild:
        try:
            return sync.open_current()
        except RebuildIndex:
            pass  # looked at again below: another process may be mending it
    with writable(folder), locked(folder, wait):
        if not rebuild:
            try:
                return sync.open_current()
            except RebuildIndex as error:
                reason = None if isinstance(error, Missing | Stale) else error.problem
        try:
            report = sync.update(fresh=reason is not None, reason=reason)
        except RebuildIndex as error:
            report = sync.update(fresh=True, reason=error.problem)
        retriever, _ = sync.open_current()
    return retriever, report


def rows_of(corpus: Corpus) -> list[Row]:
    """Return every row that the index holds for a corpus: units, then asks, card by card in the corpus's order."""
    rows: list[Row] = []
    for card in corpus.cards:
        texts = [(unit.id, "unit", unit.text) for unit in card.units]
        texts += [(f"{card.id}#a{number}", "ask", ask) for number, ask in enumerate(card.head.asks, 1)]
        rows += [Row(row, card.id, kind, text, hashlib.sha256(text.encode()).hexdigest()) for row, kind, text in texts]
    return rows


class _Sync:
    def __init__(self, data: Path, corpus: Corpus, embedder: Embedder, progress: Progress, place: Place) -> None:
        self._data = data
        self._folder = data / place.part
        self._place = place
        self._corpus = corpus
        self._embedder = embedder
        self._progress = progress

    def open_current(self) -> tuple[Retriever, SyncReport]:
        """Open the index as it is.

        Raises:
            RebuildIndex: it is missing, stale, damaged, or another embedder's.
        """
        manifest = read_manifest(self._data, self._place.part)
        mend = "it is built anew"
        if manifest.schema != _SCHEMA:
            raise RebuildIndex("the index was made by another version of the program", mend)
        if manifest.embedder != self._embedder.name:
            raise RebuildIndex("the index was made by another embedder", mend)
        if not manifest.ready or manifest.corpus != self._corpus.digest:
            raise Stale("the index was made from other cards", mend)
        self._place.require(manifest.folder, manifest.seal)
        index = self._place.open(manifest.folder, create=False)
        try:
            _require_rows(index, manifest.rows)
            index.keep_spare(self._folder, [row.id for row in rows_of(self._corpus)])
            retriever = Retriever(
                corpus=self._corpus,
                embedder=self._embedder,
                index=index,
                lexical=LexicalIndex.load(self._folder / "lexical", len(self._corpus.cards)),
                whole=WholeIndex.load(self._folder / "whole.npz", len(self._corpus.cards)),
                head=Head.load(self._folder / "head.npz"),
            )
            _look(retriever)
        except RebuildIndex:
            index.close()
            raise
        return retriever, SyncReport("current", None, 0, 0, manifest.rows)

    def update(self, *, fresh: bool, reason: str | None) -> SyncReport:
        """Write what differs between index and corpus; into a new folder where `fresh`."""
        before = self._before()
        first = not (self._folder / "manifest.json").exists()
        name = self._place.new_name(self._made_of()) if first or fresh else self._name_to_go_on_with()
        rows = rows_of(self._corpus)
        if fresh:
            self._place.clear(name)
            spare_of(self._folder, name).unlink(missing_ok=True)
        self._write_manifest(name, len(rows), ready=False)
        index = self._place.open(name, create=True)
        try:
            embedded, removed = self._write_rows(index, rows, name)
            self._fit(index, rows)
        finally:
            index.close()
        self._write_manifest(name, len(rows), ready=True)
        self._place.sweep(name, before)
        state: Literal["built", "updated", "rebuilt"] = "built" if first else "rebuilt" if fresh else "updated"
        return SyncReport(state, reason if state == "rebuilt" else None, embedded, removed, len(rows))

    def _made_of(self) -> str:
        return f"{_SCHEMA} {self._embedder.name} {self._corpus.digest}"

    def _before(self) -> str | None:
        try:
            return read_manifest(self._data, self._place.part).folder
        except RebuildIndex:
            return None

    def _name_to_go_on_with(self) -> str:
        manifest = read_manifest(self._data, self._place.part)
        self._place.require(manifest.folder, manifest.seal)
        return self._place.next_name(manifest.folder, self._made_of())

    def _write_rows(self, index: VectorIndex, rows: list[Row], name: str) -> tuple[int, int]:
        there = index.digests()
        wanted = {row.id for row in rows}
        gone = [row for row in there if row not in wanted]
        index.delete(gone)
        self._write_manifest(name, len(rows), ready=False)
        changed = [row for row in rows if there.get(row.id) != row.digest]
        changed.sort(key=lambda row: len(row.text))
        self._progress(0, len(changed))
        for start in range(0, len(changed), _EMBED_BATCH):
            part = changed[start : start + _EMBED_BATCH]
            index.upsert(part, self._embedder.embed([row.text for row in part]))
            self._write_manifest(name, len(rows), ready=False)
            self._progress(min(start + _EMBED_BATCH, len(changed)), len(changed))
        return len(changed), len(gone)

    def _fit(self, index: VectorIndex, rows: list[Row]) -> None:
        stored = index.vectors([row.id for row in rows])
        if len(stored) < len(rows):
            raise RebuildIndex("the index's database lacks vectors of its rows", "it is built anew")
        vectors = np.stack([stored.pop(row.id) for row in rows])
        texts = [row.text for row in rows]
        numbers = {card.id: number for number, card in enumerate(self._corpus.cards)}
        topics = {topic: number for number, topic in enumerate(self._corpus.topics)}
        topic_of_row = [topics[self._corpus.by_id[row.card].primary_topic] for row in rows]
        Head.fit(texts, vectors, topic_of_row, len(topics)).save(self._folder / "head.npz.new")
        (self._folder / "head.npz.new").replace(self._folder / "head.npz")
        card_of_row = [numbers[row.card] for row in rows]
        WholeIndex.fit(texts, card_of_row, len(numbers)).save(self._folder / "whole.npz.new")
        (self._folder / "whole.npz.new").replace(self._folder / "whole.npz")
        lexical = LexicalIndex.fit(texts, card_of_row, len(numbers))
        shutil.rmtree(self._folder / "lexical", ignore_errors=True)
        (self._folder / "lexical").mkdir()
        lexical.save(self._folder / "lexical")

    def _write_manifest(self, name: str, rows: int, *, ready: bool) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        made_of = (_SCHEMA, self._embedder.name, self._corpus.digest, rows, name)
        manifest = Manifest(*made_of, ready=ready, seal=self._place.seal(name))
        new = self._folder / "manifest.json.new"
        new.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
        new.replace(self._folder / "manifest.json")


def _require_rows(index: VectorIndex, rows: int) -> None:
    if index.count() != rows:
        raise RebuildIndex("the index's database was emptied or is another's", "it is built anew")


def _look(retriever: Retriever) -> None:
    """Ask one question, so that parts that do not fit one another show at the start and not in an answer.

    Raises:
        RebuildIndex: they do not.
    """
    try:
        retriever.retrieve("a first look at the index", limit=1)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise RebuildIndex("the index's parts do not fit one another", "it is built anew") from None


def look_at_index(folder: Path, corpus: Corpus, embedder: Embedder, place: Place | None = None) -> str | None:
    """Return why the index would be built anew, as a clause, or None where it is up to date. Changes nothing."""
    try:
        _Sync(folder, corpus, embedder, unseen, place or FolderPlace(folder)).open_current()
    except RebuildIndex as error:
        return error.problem
    return None
