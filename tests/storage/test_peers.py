"""Peer consultations in the store: two presses count once, clocks stop and go on, and nobody stays in them."""

import asyncio
from datetime import timedelta

from bot.storage.peers import MOST_CONSULTANTS, Peer
from bot.storage.store import Store
from tests.storage.conftest import Clock

_THREAD, _SERVER = 2**50, 2**40


async def _started(store: Store) -> Peer:
    await store.peers.start(_THREAD, _SERVER, 7, "thirty")
    found = await store.peers.find(_THREAD)
    assert found is not None
    return found


async def test_one_that_was_started_waits_for_its_first_step(store: Store) -> None:
    peer = await _started(store)
    assert (peer.step, peer.ends_at, peer.paused, peer.people) == (-1, None, False, {})
    assert peer.led_by(7)
    assert await store.peers.running() == ()
    assert await store.peers.find(1) is None


async def test_roles_are_taken_once_and_people_may_change_theirs(store: Store) -> None:
    await _started(store)
    assert await store.peers.join(_THREAD, 8, "presenter")
    assert not await store.peers.join(_THREAD, 9, "presenter")
    assert await store.peers.join(_THREAD, 8, "observer")
    assert await store.peers.join(_THREAD, 9, "presenter")
    consultants = [await store.peers.join(_THREAD, 100 + one, "consultant") for one in range(MOST_CONSULTANTS + 1)]
    assert consultants == [True] * MOST_CONSULTANTS + [False]
    assert not await store.peers.join(1, 9, "presenter")
    peer = await store.peers.find(_THREAD)
    assert peer is not None
    assert (peer.presenter, peer.people[8]) == (9, "observer")


async def test_two_presses_at_once_lead_on_once_and_give_the_poll_of_the_step_before(
    store: Store, clock: Clock
) -> None:
    await _started(store)
    both = await asyncio.gather(*(store.peers.go_on(_THREAD, -1, minutes=5) for _ in range(2)))
    (first,) = [one for one in both if one is not None]
    assert (first.step, first.ends_at) == (0, clock.now + timedelta(minutes=5))
    await store.peers.show_poll(_THREAD, 0, 55)
    second = await store.peers.go_on(_THREAD, 0, minutes=3)
    assert second is not None
    assert second.poll == 55
    (running,) = await store.peers.running()
    assert (running.step, running.poll) == (1, None)


async def test_a_stopped_clock_keeps_what_was_left(store: Store, clock: Clock) -> None:
    await _started(store)
    assert await store.peers.pause(_THREAD) is None
    await store.peers.go_on(_THREAD, -1, minutes=5)
    clock.advance(minutes=2)
    paused = await store.peers.pause(_THREAD)
    assert paused is not None
    assert (paused.paused, paused.seconds_left) == (True, 180)
    assert await store.peers.go_on(_THREAD, 0, minutes=5) is None
    clock.advance(hours=1)
    resumed = await store.peers.resume(_THREAD)
    assert resumed is not None
    assert resumed.ends_at == clock.now + timedelta(minutes=3)
    assert await store.peers.resume(_THREAD) is None


async def test_it_ends_once_and_old_ones_go_by_themselves(store: Store, clock: Clock) -> None:
    await _started(store)
    await store.peers.join(_THREAD, 8, "presenter")
    ended = await asyncio.gather(*(store.peers.end(_THREAD) for _ in range(2)))
    assert len([one for one in ended if one]) == 1
    assert (await store.people.export(8)).peers == ()
    await _started(store)
    assert await store.peers.expire() == 0
    clock.advance(days=2)
    assert await store.peers.expire() == 1


async def test_a_forgotten_person_is_in_none_and_a_server_takes_its_own_along(store: Store) -> None:
    await _started(store)
    await store.peers.join(_THREAD, 7, "presenter")
    assert (await store.people.export(7)).peers == ({"thread": _THREAD, "role": "presenter"},)
    await store.people.forget(7)
    peer = await store.peers.find(_THREAD)
    assert peer is not None
    assert (peer.starter, peer.presenter, peer.led_by(7)) == (None, None, False)
    await store.servers.forget(_SERVER)
    assert await store.peers.find(_THREAD) is None
