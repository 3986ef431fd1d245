"""Questions for later: asked once, forgotten as promised, and counted from five different people up."""

import asyncio
import uuid
from datetime import timedelta

from sqlalchemy import select

from bot.storage.afterwards import CardReports, Report
from bot.storage.afterwards_tables import AfterwardsRow, ReportRow
from bot.storage.engine import Database
from bot.storage.store import Store, store_on
from tests.storage.conftest import Clock

_SERVER, _OTHER = 2**40, 2**41
_YES = Report("yes", "better", "yes")


def _check(server: int, card: str, person: int) -> str:
    return f"{server} {card} {person}"[-32:]


async def _want(store: Store, person: int = 7, *cards: str, server: int = _SERVER) -> uuid.UUID:
    key = await store.afterwards.want(server, person, uuid.uuid4(), cards or ("humor",), days=7)
    assert key is not None
    return key


async def _rows(database: Database) -> list[AfterwardsRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(AfterwardsRow)))


async def _reports(database: Database) -> list[ReportRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(ReportRow)))


async def test_a_question_is_kept_once_an_answer_and_given_out_when_its_day_has_come(
    store: Store, clock: Clock
) -> None:
    answer = uuid.uuid4()
    first = await store.afterwards.want(_SERVER, 7, answer, ("humor",), days=7)
    assert await store.afterwards.want(_SERVER, 7, answer, ("humor",), days=7) is None
    clock.advance(days=6)
    assert await store.afterwards.take_due() == ()
    clock.advance(days=1)
    (due,) = await store.afterwards.take_due()
    assert (due.id, due.person) == (first, 7)
    assert due.made_at == clock.now - timedelta(days=7)


async def test_several_processes_that_look_at_once_ask_once_and_a_restart_changes_nothing(
    store: Store, clock: Clock, database: Database
) -> None:
    keys = {await _want(store) for _ in range(4)}
    clock.advance(days=8)
    others = [store_on(database, clock=clock) for _ in range(3)]
    taken = await asyncio.gather(*(one.afterwards.take_due() for one in others))
    assert sorted(due.id for some in taken for due in some) == sorted(keys)
    assert await store.afterwards.take_due() == ()


async def test_once_it_is_sent_nobodys_id_is_in_it(store: Store, clock: Clock, database: Database) -> None:
    key = await _want(store)
    clock.advance(days=7)
    await store.afterwards.take_due()
    await store.afterwards.sent(key)
    (row,) = await _rows(database)
    assert (row.person_id, row.consultation_id) == (None, None)
    assert (await store.people.export(7)).afterwards == ()


async def test_what_could_not_be_sent_falls_due_again(store: Store, clock: Clock) -> None:
    key = await _want(store)
    clock.advance(days=7)
    await store.afterwards.take_due()
    await store.afterwards.later(key, hours=6)
    assert await store.afterwards.take_due() == ()
    clock.advance(hours=6)
    assert [due.id for due in await store.afterwards.take_due()] == [key]


async def test_a_question_can_be_taken_back_by_whose_it_is_alone(store: Store) -> None:
    key = await _want(store)
    assert not await store.afterwards.drop(key, person=8)
    assert await store.afterwards.drop(key, person=7)
    assert not await store.afterwards.drop(key)


async def test_forget_me_drops_what_waits_and_what_was_reported(store: Store, clock: Clock, database: Database) -> None:
    for person in (7, 8):
        await store.afterwards.report(await _want(store, person, "humor", "silence"), person, _YES, _check)
        await _want(store, person)
    assert len((await store.people.export(7)).afterwards) == 1
    assert (await store.people.forget(7)).afterwards == 1
    assert await store.afterwards.forget_reports(7, _check) == 2
    assert [row.person_id for row in await _rows(database)] == [8]
    assert {row.asker[-1] for row in await _reports(database)} == {"8"}
    clock.advance(days=7)
    assert [due.person for due in await store.afterwards.take_due()] == [8]


async def test_an_answer_counts_once_and_the_last_one_of_a_person_about_a_card_stays(
    store: Store, database: Database
) -> None:
    key = await _want(store)
    both = await asyncio.gather(*(store.afterwards.report(key, 7, _YES, _check) for _ in range(2)))
    assert sorted(both) == [False, True]
    assert await store.afterwards.report(await _want(store), 7, Report("no", "worse", "no"), _check)
    (row,) = await _reports(database)
    assert (row.tried, row.bond, row.supervision) == ("no", "worse", "no")


async def test_counts_are_shown_from_five_different_people_up(store: Store) -> None:
    for _ in range(2):
        for person in range(4):
            await store.afterwards.report(await _want(store, person), person, _YES, _check)
    assert await store.afterwards.helped(_SERVER) == ()
    await store.afterwards.report(await _want(store, 4), 4, Report("no", "worse", "no"), _check)
    await store.afterwards.report(await _want(store, 5), 5, Report("part", "same", "not_yet"), _check)
    assert await store.afterwards.helped(_SERVER) == (CardReports("humor", 6, 5, 4, 1, 0, 4),)
    assert await store.afterwards.helped(_OTHER) == ()


async def test_rows_go_when_their_servers_days_are_over_and_with_their_server(
    store: Store, clock: Clock, database: Database
) -> None:
    await store.servers.change(_SERVER, retention_days=10)
    for server in (_SERVER, _OTHER):
        await _want(store, server=server)
        await store.afterwards.report(await _want(store, server=server), 7, _YES, _check)
    clock.advance(days=9)
    await store.afterwards.take_due()
    assert await store.afterwards.expire() == 0
    clock.advance(days=2)
    assert await store.afterwards.expire() == 2
    assert [(row.server_id, row.person_id) for row in await _rows(database)] == [(_OTHER, None)]
    await store.servers.forget(_OTHER)
    assert (await _rows(database), await _reports(database)) == ([], [])
