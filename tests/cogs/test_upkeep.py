"""Rows whose days are over are deleted without anybody asking."""

import logging
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cogs.upkeep import Upkeep
from bot.errors import MendDataFolder
from bot.settings import Settings
from bot.storage.consultations import Consultation, Consultations
from bot.storage.locks import exclusive
from bot.storage.store import Store, open_store
from tests.cogs.conftest import curation_of


def _row(days_ago: int) -> Consultation:
    asked_at = datetime.now(UTC) - timedelta(days=days_ago)
    return Consultation(uuid.uuid4(), 1, 7, "answered", (), None, asked_at, 5, "built-in")


async def _kept(store: Store) -> int:
    return len((await store.people.export(7)).consultations)


async def test_what_is_too_old_is_deleted_and_the_rest_stays(tmp_path: Path) -> None:
    async with open_store(Settings(data_dir=tmp_path)) as store:
        for days in (1, 89, 91, 400):
            await store.consultations.record(_row(days))
        await Upkeep(store=store, curation=curation_of(store)).daily()
        assert await _kept(store) == 2


async def test_calls_of_the_on_call_role_that_count_no_longer_are_deleted_too(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    async with open_store(Settings(data_dir=tmp_path), clock=lambda: now - timedelta(hours=1)) as before:
        await before.calls.begin(uuid.uuid4(), 7, 1)
        await before.floors.take(5, 1)
    async with open_store(Settings(data_dir=tmp_path), clock=lambda: now) as store:
        await Upkeep(store=store, curation=curation_of(store)).daily()
        assert (await store.people.export(7)).calls == ()
        assert await store.floors.expire() == 0


async def test_while_another_process_does_it_nothing_is_done_twice(tmp_path: Path) -> None:
    async with open_store(Settings(data_dir=tmp_path)) as store:
        await store.consultations.record(_row(400))
        async with exclusive(store.database, "retention", wait=0):
            await Upkeep(store=store, curation=curation_of(store)).daily()
        assert await _kept(store) == 1


async def test_while_the_clock_jumps_nothing_is_deleted_and_a_day_later_what_is_too_old_is(tmp_path: Path) -> None:
    now, ahead = datetime.now(UTC), timedelta()

    def clock() -> datetime:
        return now + ahead

    async with open_store(Settings(data_dir=tmp_path), clock=clock) as store:
        await store.consultations.record(_row(89))
        upkeep = Upkeep(store=store, curation=curation_of(store), clock=clock)
        for jump in (timedelta(days=400), timedelta(), timedelta(days=-400)):
            ahead = jump
            await upkeep.daily()
            assert await _kept(store) == 1
        ahead = timedelta(days=2)
        await upkeep.daily()
        assert await _kept(store) == 1
        await upkeep.daily()
        assert await _kept(store) == 0


async def test_a_failing_database_is_logged_and_the_next_day_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: Consultations) -> int:
        raise MendDataFolder("the disk is full", "make room")

    async with open_store(Settings(data_dir=tmp_path)) as store:
        monkeypatch.setattr(Consultations, "expire", fail)
        with caplog.at_level(logging.DEBUG, "bot"):
            await Upkeep(store=store, curation=curation_of(store)).daily()
    assert [record.getMessage() for record in caplog.records if record.name == "bot"] == ["retention failed"]
