"""What a restart must not forget: calls of the on-call role, and the floor of supervisors; on both databases."""

import asyncio
import uuid
from datetime import timedelta

from bot.settings import Settings
from bot.storage.calls import COUNTS_FOR, Call
from bot.storage.engine import Database
from bot.storage.floors import QUIET
from bot.storage.store import Store, store_on
from bot.storage.tables import CallRow, FloorRow
from tests.storage.conftest import Clock

_DANGER = uuid.UUID(int=1)
_PERSON, _SERVER, _THREAD = 7, 2**63 - 1, 5


async def test_of_several_presses_in_several_processes_one_posts_the_call(migrated: Settings, clock: Clock) -> None:
    async with Database.of(migrated) as one, Database.of(migrated) as two:
        stores = (store_on(one, clock=clock), store_on(two, clock=clock))

        begun = await asyncio.gather(*(stores[n % 2].calls.begin(_DANGER, _PERSON, _SERVER) for n in range(6)))

        assert sorted(begun) == [False] * 5 + [True]
        assert await stores[0].calls.begin(_DANGER, _PERSON + 1, _SERVER)
        assert await stores[1].calls.begin(uuid.UUID(int=2), _PERSON, _SERVER)


async def test_a_posted_call_counts_for_ten_minutes(store: Store, clock: Clock) -> None:
    await store.calls.begin(_DANGER, _PERSON, _SERVER)
    assert not await store.calls.counts(_DANGER, _PERSON)
    await store.calls.posted(_DANGER, _PERSON)

    clock.now += COUNTS_FOR - timedelta(seconds=1)
    assert await store.calls.counts(_DANGER, _PERSON)
    assert not await store.calls.begin(_DANGER, _PERSON, _SERVER)

    clock.advance(seconds=1)
    assert not await store.calls.counts(_DANGER, _PERSON)
    assert await store.calls.begin(_DANGER, _PERSON, _SERVER)
    assert not await store.calls.counts(_DANGER, _PERSON)


async def test_a_call_whose_process_died_before_the_post_keeps_nobody_from_calling(store: Store, clock: Clock) -> None:
    await store.calls.begin(_DANGER, _PERSON, _SERVER)
    clock.advance(seconds=29)
    assert not await store.calls.begin(_DANGER, _PERSON, _SERVER)

    clock.advance(seconds=1)
    assert await store.calls.begin(_DANGER, _PERSON, _SERVER)


async def test_a_call_that_was_taken_back_can_be_begun_again(store: Store) -> None:
    await store.calls.begin(_DANGER, _PERSON, _SERVER)
    await store.calls.take_back(_DANGER, _PERSON)

    assert await store.calls.begin(_DANGER, _PERSON, _SERVER)


async def test_a_person_sees_their_calls_and_erases_them(store: Store, clock: Clock) -> None:
    await store.calls.begin(_DANGER, _PERSON, _SERVER)
    await store.calls.begin(_DANGER, _PERSON + 1, _SERVER)

    kept = await store.people.export(_PERSON)

    assert kept.calls == (Call(_DANGER, _PERSON, _SERVER, clock.now),)
    assert (await store.people.forget(_PERSON)).calls == 1
    assert (await store.people.export(_PERSON)).calls == ()
    assert len((await store.people.export(_PERSON + 1)).calls) == 1


async def test_a_supervisor_has_the_floor_for_half_an_hour_after_each_message(store: Store, clock: Clock) -> None:
    assert not await store.floors.is_taken(_THREAD)
    await store.floors.take(_THREAD, _SERVER)
    clock.now += QUIET - timedelta(seconds=1)
    await store.floors.take(_THREAD, _SERVER)
    clock.now += QUIET - timedelta(seconds=1)

    assert await store.floors.is_taken(_THREAD)
    assert not await store.floors.is_taken(_THREAD + 1)
    clock.advance(seconds=1)
    assert not await store.floors.is_taken(_THREAD)
    assert not await store.floors.may_say_so(_THREAD)


async def test_the_floor_is_told_once_by_one_process_until_it_is_over(migrated: Settings, clock: Clock) -> None:
    async with Database.of(migrated) as one, Database.of(migrated) as two:
        stores = (store_on(one, clock=clock), store_on(two, clock=clock))
        await stores[0].floors.take(_THREAD, _SERVER)

        told = await asyncio.gather(*(stores[n % 2].floors.may_say_so(_THREAD) for n in range(4)))
        await stores[1].floors.take(_THREAD, _SERVER)

        assert sorted(told) == [False] * 3 + [True]
        assert not await stores[0].floors.may_say_so(_THREAD)
        clock.now += QUIET
        await stores[0].floors.take(_THREAD, _SERVER)
        assert await stores[1].floors.may_say_so(_THREAD)


async def test_what_is_over_is_deleted_and_a_server_that_is_left_keeps_neither(store: Store, clock: Clock) -> None:
    await store.calls.begin(_DANGER, _PERSON, _SERVER)
    await store.floors.take(_THREAD, _SERVER)
    assert (await store.calls.expire(), await store.floors.expire()) == (0, 0)
    clock.now += QUIET
    await store.calls.begin(_DANGER, _PERSON + 1, _SERVER)
    await store.floors.take(_THREAD + 1, _SERVER)

    assert (await store.calls.expire(), await store.floors.expire()) == (1, 1)
    await store.servers.forget(_SERVER)

    assert (await store.people.export(_PERSON + 1)).calls == ()
    assert not await store.floors.is_taken(_THREAD + 1)


def test_the_tables_hold_ids_and_times_alone_and_never_which_supervisor() -> None:
    columns = {column.name for row in (CallRow, FloorRow) for column in row.__table__.columns}

    assert columns == {
        *("consultation_id", "person_id", "server_id", "begun_at", "posted"),
        *("thread_id", "taken_at", "told"),
    }
    assert "person_id" not in FloorRow.__table__.columns
