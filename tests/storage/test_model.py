"""Any course of calls leaves what a plain model of dictionaries holds; calls at once leave nothing in pieces."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from bot.settings import Settings
from bot.storage.consents import Consent, WriterChoice
from bot.storage.consultations import Consultation
from bot.storage.engine import Database
from bot.storage.feedback import Feedback
from bot.storage.people import Choices, Erased, Kept
from bot.storage.scope_card import ScopeCard
from bot.storage.servers import ServerSettings, Threads
from bot.storage.store import Store, store_on
from bot.storage.tables import Table
from tests.storage.conftest import Clock

_SERVERS = (1, 2**40, 2**63 - 1)
_PEOPLE = (7, 8, 2**63 - 1)
_PLACES = (*_SERVERS, None)

_servers = st.sampled_from(_SERVERS)
_places = st.sampled_from(_PLACES)
_people = st.sampled_from(_PEOPLE)
_ids = st.none() | st.integers(1, 2**63 - 1)
_codes = st.sampled_from(["off_point", "too_long", "clear", "x"])

_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "supervisor_role": _ids,
        "on_call_role": _ids,
        "review_channel": _ids,
        "region": st.none() | st.sampled_from(["us", "neutral"]),
        "threads": st.sampled_from(Threads),
        "retention_days": st.integers(1, 30),
        "features": st.frozensets(st.sampled_from(["mentions", "threads", "curation"])),
        "scope": st.builds(ScopeCard, setting=st.sampled_from(["", "clinic"]), on_call=st.sampled_from(["", "9-5"])),
        "open_channels": st.frozensets(st.integers(1, 2**63 - 1), max_size=3),
    },
)

_Result = TypeVar("_Result")


class StoreMachine(RuleBasedStateMachine):
    """Does to the store and to the model the same; both have to say the same."""

    open_database: ClassVar[Callable[[], Database]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = Clock()
        self.database = type(self).open_database()
        self.store: Store = store_on(self.database, clock=self.clock)
        self.settings: dict[int, ServerSettings] = {}
        self.consents: dict[tuple[int, int | None], Consent] = {}
        self.regions: dict[int, str] = {}
        self.plain: set[int] = set()
        self.rows: dict[uuid.UUID, Consultation] = {}
        self.marks: dict[tuple[uuid.UUID, int], Feedback] = {}
        self.gone: list[uuid.UUID] = [uuid.uuid4()]
        self._do(_emptied(self.database))

    def _do(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return self.runner.run(work)

    def teardown(self) -> None:
        self._do(self.database.close())
        self.runner.close()

    @rule(server=_servers, changes=_CHANGES)
    def change_settings(self, server: int, changes: Any) -> None:  # noqa: ANN401  # any of the settings
        self.settings[server] = replace(self.settings.get(server, ServerSettings(server)), **changes)
        assert self._do(self.store.servers.change(server, **changes)) == self.settings[server]

    @rule(person=_people, server=_places, notice=st.sampled_from("12"), writer=st.sampled_from(WriterChoice))
    def consent(self, person: int, server: int | None, notice: str, writer: WriterChoice) -> None:
        given = self._do(self.store.consents.give(person, server, notice=notice, writer=writer))
        self.consents[person, server] = given
        assert given == Consent(person, server, notice, writer, self.clock.now)

    @rule(person=_people, server=_places)
    def withdraw(self, person: int, server: int | None) -> None:
        self._do(self.store.consents.withdraw(person, server))
        self.consents.pop((person, server), None)

    @rule(person=_people, region=st.sampled_from(["us", "neutral", None]))
    def choose_region(self, person: int, region: str | None) -> None:
        self._do(self.store.people.choose_region(person, region))
        self.regions.pop(person, None)
        if region is not None:
            self.regions[person] = region

    @rule(person=_people, plain=st.booleans())
    def choose_plain(self, person: int, plain: bool) -> None:  # noqa: FBT001  # a rule's draw
        self._do(self.store.people.choose_plain(person, plain=plain))
        self.plain.discard(person)
        if plain:
            self.plain.add(person)

    @rule(
        person=_people,
        server=_places,
        outcome=st.sampled_from(["answered", "abstained", "out_of_scope", "crisis", "withheld", "unavailable"]),
        topic=st.sampled_from(["tone", "fees", None]),
        hours=st.integers(0, 24 * 100),
    )
    def ask(self, person: int, server: int | None, outcome: Any, topic: str | None, hours: int) -> None:  # noqa: ANN401
        asked_at = self.clock.now - timedelta(hours=hours)
        row = Consultation(uuid.uuid4(), server, person, outcome, ("humor",), topic, asked_at, 12, None)
        self._do(self.store.consultations.record(row))
        self.rows[row.id] = row

    @rule(data=st.data(), person=_people, helpful=st.booleans(), reasons=st.lists(_codes))
    def mark(self, data: st.DataObject, person: int, helpful: bool, reasons: list[str]) -> None:  # noqa: FBT001
        row = data.draw(st.sampled_from([*self.gone, *self.rows]))
        given = self._do(self.store.feedback.give(row, person, helpful=helpful, reasons=reasons))
        expected = Feedback(row, person, helpful, tuple(sorted(set(reasons))), self.clock.now)
        assert given == (expected if row in self.rows else None)
        if given:
            self.marks[row, person] = given

    @rule(days=st.integers(1, 60))
    def time_goes_by(self, days: int) -> None:
        self.clock.advance(days=days)

    @rule()
    def expire(self) -> None:
        old = [row.id for row in self.rows.values() if self._age(row) > timedelta(days=self._kept_for(row.server))]
        assert self._do(self.store.consultations.expire()) == len(old)
        self._drop(old)

    @precondition(lambda self: self.rows)
    @rule(person=_people)
    def forget_person(self, person: int) -> None:
        asked = [row.id for row in self.rows.values() if row.person == person]
        marks = [key for key in self.marks if key[1] == person or key[0] in asked]
        consents = [key for key in self.consents if key[0] == person]
        chosen = person in self.plain or person in self.regions
        self.plain.discard(person)
        self.regions.pop(person, None)
        for key in consents:
            del self.consents[key]
        for mark in marks:
            del self.marks[mark]
        self._drop(asked)
        assert self._do(self.store.people.forget(person)) == Erased(
            choices=chosen, consents=len(consents), consultations=len(asked), feedback=len(marks)
        )

    @rule(server=_servers)
    def forget_server(self, server: int) -> None:
        self._do(self.store.servers.forget(server))
        self.settings.pop(server, None)
        self.consents = {key: given for key, given in self.consents.items() if key[1] != server}
        self._drop([row.id for row in self.rows.values() if row.server == server])

    @invariant()
    def what_is_kept_is_what_the_model_holds(self) -> None:
        for person in _PEOPLE:
            kept = self._do(self.store.people.export(person))
            assert self._sorted(kept) == self._sorted(self._expected(person))
        for server in _SERVERS:
            found = self._do(self.store.servers.settings(server))
            assert found == self.settings.get(server, ServerSettings(server))

    def _expected(self, person: int) -> Kept:
        return Kept(
            person,
            Choices(self.regions.get(person), person in self.plain),
            tuple(given for given in self.consents.values() if given.person == person),
            tuple(row for row in self.rows.values() if row.person == person),
            tuple(mark for mark in self.marks.values() if mark.person == person),
        )

    def _sorted(self, kept: Kept) -> Kept:
        return replace(
            kept,
            consents=tuple(sorted(kept.consents, key=lambda given: given.server or 0)),
            consultations=tuple(sorted(kept.consultations, key=lambda row: row.id)),
            feedback=tuple(sorted(kept.feedback, key=lambda mark: mark.consultation)),
        )

    def _age(self, row: Consultation) -> timedelta:
        return self.clock.now - row.asked_at

    def _kept_for(self, server: int | None) -> int:
        return self.settings.get(server or 0, ServerSettings(0)).retention_days

    def _drop(self, rows: list[uuid.UUID]) -> None:
        for row in rows:
            del self.rows[row]
        self.marks = {key: mark for key, mark in self.marks.items() if key[0] not in rows}
        self.gone = [*self.gone, *rows][-3:]


async def _emptied(database: Database) -> None:
    async with database.writing() as session:
        for table in reversed(Table.metadata.sorted_tables):
            await session.execute(delete(table))


@pytest.mark.parametrize("courses", [5, pytest.param(100, marks=pytest.mark.soak)])
def test_any_course_of_calls_leaves_what_the_model_holds(migrated: Settings, courses: int) -> None:
    class Machine(StoreMachine):
        open_database = lambda: Database.of(migrated)  # noqa: E731  # a class needs it as a plain attribute

    run_state_machine_as_test(
        Machine,
        settings=options(
            max_examples=courses, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


_WRITES = ("give", "withdraw", "region", "no region", "retention", "role", "ask", "mark", "forget", "forget server")


async def _write(store: Store, word: str, person: int, server: int, row: Consultation) -> None:
    match word:
        case "give":
            await store.consents.give(person, server, notice="1")
        case "withdraw":
            await store.consents.withdraw(person, server)
        case "region" | "no region":
            await store.people.choose_region(person, "us" if word == "region" else None)
        case "retention":
            await store.servers.change(server, retention_days=server % 30 + 1)
        case "role":
            await store.servers.change(server, supervisor_role=person)
        case "ask":
            await store.consultations.record(row)
        case "mark":
            await store.feedback.give(row.id, person, helpful=True)
        case "forget":
            await store.people.forget(person)
        case _:
            await store.servers.forget(server)


@given(st.lists(st.tuples(st.sampled_from(_WRITES), _people, _servers, st.integers(0, 3)), min_size=10, max_size=40))
@options(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_calls_at_once_from_two_processes_all_end_and_leave_nothing_in_pieces(
    migrated: Settings, calls: list[tuple[str, int, int, int]]
) -> None:
    clock = Clock()
    rows = [
        Consultation(uuid.UUID(int=n), _SERVERS[n % 3], _PEOPLE[n % 3], "answered", (), None, clock.now, 1, None)
        for n in range(4)
    ]

    async def run() -> None:
        async with Database.of(migrated) as one, Database.of(migrated) as two:
            await _emptied(one)
            stores = (store_on(one, clock=clock), store_on(two, clock=clock))
            await asyncio.gather(
                *(
                    _write(stores[index % 2], word, person, server, rows[number])
                    for index, (word, person, server, number) in enumerate(calls)
                )
            )
            words = {word for word, *_ in calls}
            for row in rows:
                kept = await stores[0].consultations.find(row.id)
                assert kept in {None, row}
                marks = await stores[1].feedback.of(row.id)
                assert kept or not marks
            for server in _SERVERS:
                settings = await stores[0].servers.settings(server)
                changed = {word for word, _, of, _ in calls if of == server}
                if not words & {"forget server"}:
                    assert (settings.retention_days == server % 30 + 1) is ("retention" in changed)
                    assert (settings.supervisor_role in _PEOPLE) is ("role" in changed)

    asyncio.run(run())


async def test_writers_of_two_processes_wait_for_each_other_and_none_is_lost(migrated: Settings, clock: Clock) -> None:
    async with Database.of(migrated) as one, Database.of(migrated) as two:
        stores = (store_on(one, clock=clock), store_on(two, clock=clock))
        rows = [
            Consultation(uuid.uuid4(), 1, number, "answered", (), None, clock.now, 1, None) for number in range(1, 101)
        ]
        await asyncio.gather(*(stores[index % 2].consultations.record(row) for index, row in enumerate(rows)))
        found = await asyncio.gather(*(stores[0].consultations.find(row.id) for row in rows))
        assert found == rows


async def test_people_who_marked_each_others_answers_are_erased_at_once_without_getting_in_each_others_way(
    migrated: Settings, clock: Clock
) -> None:
    people = range(1, 7)
    async with Database.of(migrated) as one, Database.of(migrated) as two:
        stores = (store_on(one, clock=clock), store_on(two, clock=clock))
        for person in people:
            row = Consultation(uuid.UUID(int=person), 1, person, "answered", (), None, clock.now, 1, None)
            await stores[0].consultations.record(row)
            for other in people:
                await stores[0].feedback.give(row.id, other, helpful=True)
        await stores[0].servers.change(1, retention_days=1)
        clock.advance(days=2)

        erased = await asyncio.gather(
            *(stores[person % 2].people.forget(person) for person in people),
            stores[0].consultations.expire(),
            stores[1].servers.forget(1),
        )
        assert len(erased) == len(people) + 2
        assert [await stores[0].people.export(person) for person in people] == [
            Kept(person, Choices(), (), (), ()) for person in people
        ]
