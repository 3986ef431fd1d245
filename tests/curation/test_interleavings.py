"""Random interleavings of what several supervisors do in two servers, with deaths of the process in between."""

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.curation.publish import Publisher
from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.curation.shelf import Shelf
from bot.errors import FixInput
from bot.settings import Settings
from bot.storage.curated import State
from bot.storage.engine import Database
from bot.storage.migrate import to_head
from bot.storage.place import FILE_NAME
from bot.storage.store import store_on
from tests.consult.fakes import FakePrivacyScreen
from tests.curation.fakes import SIGNED, DiedError, HashEmbedder, MemoryVectors, words
from tests.curation.test_publish import require_equal

_Result = TypeVar("_Result")

_servers = st.sampled_from([1, 2])
_people = st.sampled_from([11, 12, 13])


@cache
def _migrated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="migrated-"))
    asyncio.run(to_head(Settings(data_dir=folder)))
    return folder / FILE_NAME


@dataclass
class Known:
    """What the model knows of an answer: every title ever kept, by number; who wrote it; which of them askers get."""

    server: int
    texts: dict[int, str | None]
    authors: dict[int, int]
    live: str | None = None
    seen: dict[int, int] = field(default_factory=dict)


class Interleavings(RuleBasedStateMachine):
    """Commands of several people on one database; the index is written by a process that may die."""

    answers: "Bundle[uuid.UUID]" = Bundle("answers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="curation-"))
        shutil.copy(_migrated(), self.folder)
        self.loop = asyncio.new_event_loop()
        self.database = Database.of(Settings(data_dir=self.folder))
        self.store = store_on(self.database)
        self.vectors = MemoryVectors()
        self.known: dict[uuid.UUID, Known] = {}
        self.count = 0
        self.start()

    def start(self) -> None:
        """Begin as a new process does, with nothing in memory."""
        self.curation = Curation(self.store, Screen(FakePrivacyScreen()))
        self.publisher = Publisher(self.store.published, HashEmbedder(), self.vectors)
        self.shelves = [
            Shelf(self.store.published, HashEmbedder(), vectors=lambda: self.vectors),
            Shelf(self.store.published, HashEmbedder()),
        ]

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run one command."""
        return self.loop.run_until_complete(work)

    def title(self) -> str:
        """Return words that were never there before."""
        self.count += 1
        return f"words {self.count}"

    @rule(target=answers, server=_servers, person=_people)
    def new(self, server: int, person: int) -> uuid.UUID:
        return self.begin(server, person)

    def begin(self, server: int, person: int) -> uuid.UUID:
        """Write a draft."""
        title = self.title()
        answer = self.run(self.curation.new(server, person, words(title))).answer
        self.known[answer.id] = Known(server, {1: title}, {1: person})
        return answer.id

    @rule(target=answers, server=_servers, person=_people)
    def publish(self, server: int, person: int) -> uuid.UUID:
        answer = self.begin(server, person)
        self.run(self.curation.submit(server, answer, person))
        other = 12 if person == 11 else 11
        self.run(self.curation.approve(server, answer, other, revision=1, signature=SIGNED))
        self.known[answer].live = self.known[answer].texts[1]
        return answer

    @rule(answer=answers, person=_people)
    def read(self, answer: uuid.UUID, person: int) -> None:
        """Open the editor; the edit comes later, when others may have been faster."""
        found = self.run(self.store.answers.find(self.known[answer].server, answer))
        assert found is not None
        self.known[answer].seen[person] = found.revision

    @rule(answer=answers, person=_people)
    def edit(self, answer: uuid.UUID, person: int) -> None:
        known, title = self.known[answer], self.title()
        base = known.seen.get(person, 1)
        with _refused():
            before = self.run(self.store.answers.find(known.server, answer))
            edited = self.run(self.curation.edit(known.server, answer, person, words(title), base=base))
            number = max(known.texts) + 1
            known.texts[number], known.authors[number] = title, person
            assert before is not None
            assert (edited.aside is None) == (before.revision == base)
            assert edited.answer.revision == (number if edited.aside is None else before.revision)

    @rule(answer=answers, person=_people)
    def submit(self, answer: uuid.UUID, person: int) -> None:
        with _refused():
            self.run(self.curation.submit(self.known[answer].server, answer, person))

    @rule(answer=answers, person=_people)
    def approve(self, answer: uuid.UUID, person: int) -> None:
        known = self.known[answer]
        found = self.run(self.store.answers.find(known.server, answer))
        assert found is not None
        with _refused():
            self.run(self.curation.approve(known.server, answer, person, revision=found.revision, signature=SIGNED))
            assert found.state in {State.SUBMITTED, State.DUE}
            assert known.authors[found.revision] != person, "nobody approves their own text"
            known.live = known.texts[found.revision]

    @rule(answer=answers, person=_people)
    def reject(self, answer: uuid.UUID, person: int) -> None:
        with _refused():
            self.run(self.curation.reject(self.known[answer].server, answer, person, why="not yet"))

    @rule(answer=answers, person=_people)
    def retire(self, answer: uuid.UUID, person: int) -> None:
        with _refused():
            self.run(self.curation.retire(self.known[answer].server, answer, person))
            self.known[answer].live = None

    @rule(answer=answers, person=_people, earlier=st.integers(0, 3))
    def restore(self, answer: uuid.UUID, person: int, earlier: int) -> None:
        known = self.known[answer]
        with _refused():
            restored = self.run(self.curation.restore(known.server, answer, person, revision=earlier or None))
            if earlier:
                assert restored.revision == max(known.texts) + 1
                known.texts[restored.revision] = known.texts[earlier]
                known.authors[restored.revision] = person

    @rule(answer=answers, person=_people, number=st.integers(1, 4))
    def redact(self, answer: uuid.UUID, person: int, number: int) -> None:
        known = self.known[answer]
        with _refused():
            before = self.run(self.store.answers.find(known.server, answer))
            self.run(self.curation.redact(known.server, answer, number, person, why="a detail"))
            assert before is not None
            known.texts[number] = None
            if before.live == number:
                known.live = None

    @rule(answer=answers, person=_people)
    def act_from_another_server(self, answer: uuid.UUID, person: int) -> None:
        with pytest.raises(FixInput):
            self.run(self.curation.retire(3 - self.known[answer].server, answer, person))

    @rule(everything=st.booleans())
    def reconcile(self, *, everything: bool) -> None:
        self.run(self.publisher.reconcile(everything=everything))
        self.run(require_equal(self.store, self.vectors))

    @rule(dies_in=st.integers(0, 6))
    def die_in_the_index_and_start_again(self, dies_in: int) -> None:
        self.vectors.dies_in = dies_in
        with suppress(DiedError):
            self.run(self.publisher.reconcile())
        self.vectors.dies_in = None
        self.start()
        self.run(self.publisher.reconcile())
        self.run(require_equal(self.store, self.vectors))

    @invariant()
    def askers_get_what_is_approved_in_their_server_and_nothing_else(self) -> None:
        for server in (1, 2):
            approved = {known.live for known in self.known.values() if known.server == server and known.live}
            vector = HashEmbedder().embed([f"words {self.count}"])[0]
            for shelf in self.shelves:
                found = self.run(shelf.nearest(server, vector, 1000))
                self.run(shelf.settle())
                if len(found) < len(approved):
                    found = self.run(shelf.nearest(server, vector, 1000))
                assert {near.live.content.title for near in found} == approved

    @invariant()
    def no_revision_is_lost(self) -> None:
        for answer, known in self.known.items():
            revisions = self.run(self.store.answers.revisions(known.server, answer))
            kept = {one.number: one.content.title if one.content else None for one in revisions}
            assert kept == known.texts

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def _refused() -> Iterator[None]:
    with suppress(FixInput):
        yield


def _try(examples: int) -> None:
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_no_interleaving_breaks_what_holds() -> None:
    _try(8)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_no_interleaving_of_a_thousand_breaks_what_holds() -> None:
    _try(1000)
