"""What is kept, found, counted, deleted and exported, on both databases."""

import asyncio
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Unpack, get_args

import pytest
from sqlalchemy import text

from bot.consult import record
from bot.errors import FixInput
from bot.storage import consultations
from bot.storage.consents import WriterChoice
from bot.storage.consultations import Consultation
from bot.storage.engine import Database
from bot.storage.insights import Gap, Helpfulness, Questions, TopicCount
from bot.storage.people import Choices, Erased, Kept
from bot.storage.scope_card import ScopeCard
from bot.storage.servers import CrisisReview, ServerSettings, SettingsChanges, Threads
from bot.storage.store import Store
from tests.storage.conftest import Clock

SERVER, OTHER_SERVER = 1_100_000_000_000_000_001, 2**63 - 1
ASKER, COLLEAGUE = 900_000_000_000_000_007, 2**63 - 2
REVIEW = CrisisReview("us", "clinical supervisor", "LMFT", "Oregon", date(2026, 10, 30))


def _row(asked_at: datetime, /, **changes: Any) -> Consultation:  # noqa: ANN401  # any of its fields
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "server": SERVER,
        "person": ASKER,
        "outcome": "answered",
        "cards": ("humor", "late-cancel"),
        "topic": "tone",
        "asked_at": asked_at,
        "milliseconds": 84,
        "writer": "built-in",
    }
    return Consultation(**{**values, **changes})


async def _rows(database: Database, table: str) -> int:
    async with database.reading() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608  # ours


async def test_a_server_that_set_nothing_has_the_defaults(store: Store) -> None:
    assert await store.servers.settings(SERVER) == ServerSettings(SERVER)
    assert ServerSettings(SERVER).threads is Threads.PRIVATE
    assert ServerSettings(SERVER).retention_days == 90
    assert ServerSettings(SERVER).open_channels == frozenset()


async def test_a_setting_is_kept_and_the_others_stay_as_they_were(store: Store) -> None:
    await store.servers.change(SERVER, supervisor_role=5, features=["mentions", "threads"], open_channels={9, 8})
    changed = await store.servers.change(SERVER, threads=Threads.PUBLIC, crisis_review=REVIEW, region="us")

    assert changed == await store.servers.settings(SERVER)
    assert changed == ServerSettings(
        SERVER,
        supervisor_role=5,
        region="us",
        threads=Threads.PUBLIC,
        features=frozenset({"mentions", "threads"}),
        open_channels=frozenset({8, 9}),
        crisis_review=REVIEW,
    )
    assert await store.servers.settings(OTHER_SERVER) == ServerSettings(OTHER_SERVER)


async def test_a_setting_can_be_taken_back(store: Store) -> None:
    await store.servers.change(SERVER, on_call_role=5, review_channel=6, region="us", crisis_review=REVIEW)
    assert await store.servers.change(
        SERVER, on_call_role=None, review_channel=None, region=None, crisis_review=None
    ) == ServerSettings(SERVER)


async def test_a_scope_card_is_kept_in_lines_and_can_be_emptied(store: Store) -> None:
    card = ScopeCard(setting="a\n clinic", protocol="binder")
    assert (await store.servers.change(SERVER, scope=card)).scope == ScopeCard(setting="a clinic", protocol="binder")
    assert (await store.servers.change(SERVER, scope=ScopeCard())).scope == ScopeCard()
    with pytest.raises(ValueError, match="too long"):
        await store.servers.change(SERVER, scope=ScopeCard(setting="a" * 201))


async def test_a_review_of_the_crisis_texts_counts_for_its_own_region_only(store: Store) -> None:
    changed = await store.servers.change(SERVER, crisis_review=REVIEW)
    assert changed.reviewed_for("us") == REVIEW
    assert changed.reviewed_for("neutral") is None
    assert ServerSettings(SERVER).reviewed_for("us") is None


@pytest.mark.parametrize(
    "change",
    [
        {"retention_days": 0},
        {"retention_days": 3651},
        {"region": "US"},
        {"region": "us\n"},
        {"features": ["my client said"]},
        {"crisis_review": CrisisReview("us", " ", "LMFT", "Oregon", date(2026, 1, 1))},
        {"crisis_review": CrisisReview("us", "x" * 101, "LMFT", "Oregon", date(2026, 1, 1))},
    ],
)
async def test_a_setting_that_cannot_be_used_is_refused_and_nothing_is_kept(
    store: Store, change: SettingsChanges
) -> None:
    with pytest.raises(FixInput):
        await store.servers.change(SERVER, supervisor_role=1, **_without_role(change))
    assert await store.servers.settings(SERVER) == ServerSettings(SERVER)


def _without_role(change: SettingsChanges) -> Any:  # noqa: ANN401  # a part of the changes
    return change


async def test_people_who_change_different_settings_at_once_all_get_theirs(store: Store) -> None:
    changes: list[SettingsChanges] = [
        {"supervisor_role": 1},
        {"on_call_role": 2},
        {"review_channel": 3},
        {"region": "neutral"},
        {"threads": Threads.PUBLIC},
        {"retention_days": 30},
        {"features": ["mentions"]},
        {"open_channels": [4]},
    ]

    async def change(**changed: Unpack[SettingsChanges]) -> None:
        await store.servers.change(SERVER, **changed)

    await asyncio.gather(*(change(**one) for one in changes * 3))

    assert await store.servers.settings(SERVER) == ServerSettings(
        SERVER, 1, 2, 3, "neutral", Threads.PUBLIC, 30, frozenset({"mentions"}), frozenset({4})
    )


async def test_consent_is_by_person_and_server_and_direct_messages_are_apart(store: Store, clock: Clock) -> None:
    given = await store.consents.give(ASKER, SERVER, notice="2026-11")
    clock.advance(minutes=5)
    direct = await store.consents.give(ASKER, None, notice="2026-11", writer=WriterChoice.BUILT_IN)

    assert await store.consents.find(ASKER, SERVER) == given
    assert await store.consents.find(ASKER, None) == direct
    assert (direct.server, direct.writer, direct.given_at) == (None, WriterChoice.BUILT_IN, clock.now)
    assert await store.consents.find(ASKER, OTHER_SERVER) is None
    assert await store.consents.find(COLLEAGUE, SERVER) is None


async def test_a_new_notice_takes_the_place_of_the_old_and_consent_can_be_withdrawn(store: Store) -> None:
    await store.consents.give(ASKER, SERVER, notice="1")
    newer = await store.consents.give(ASKER, SERVER, notice="2", writer=WriterChoice.BUILT_IN)
    assert await store.consents.find(ASKER, SERVER) == newer

    await store.consents.withdraw(ASKER, SERVER)
    await store.consents.withdraw(ASKER, SERVER)
    assert await store.consents.find(ASKER, SERVER) is None


async def test_a_row_comes_back_as_it_was_and_its_time_in_utc(store: Store) -> None:
    zone = timezone(timedelta(hours=-7))
    row = _row(datetime(2026, 11, 1, 23, 30, 15, 123456, tzinfo=zone), outcome="abstained", writer=None, server=None)
    await store.consultations.record(row)

    found = await store.consultations.find(row.id)
    assert found == row
    assert found is not None
    assert found.asked_at.tzinfo is UTC
    assert await store.consultations.find(uuid.uuid4()) is None


async def test_a_row_recorded_twice_is_there_once_and_as_at_first(
    store: Store, clock: Clock, database: Database
) -> None:
    row = _row(clock.now)
    await asyncio.gather(*(store.consultations.record(row) for _ in range(5)))
    await store.consultations.record(_row(clock.now, id=row.id, outcome="crisis"))
    assert await store.consultations.find(row.id) == row
    assert await _rows(database, "consultations") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"cards": ("she said she hates me",)},
        {"topic": "My client"},
        {"topic": ""},
        {"writer": "written by me"},
        {"asked_at": datetime(2026, 11, 1)},  # noqa: DTZ001  # that is the point
    ],
)
def test_what_is_no_code_is_never_made_a_row(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"ids and codes|zone"):
        _row(datetime.now(UTC), **wrong)


def test_the_outcomes_of_a_row_are_those_of_the_program() -> None:
    assert set(get_args(consultations.Outcome)) == set(record._NAMES.values())


async def test_feedback_is_one_mark_a_person_and_the_last_one_counts(store: Store, clock: Clock) -> None:
    row = _row(clock.now)
    await store.consultations.record(row)
    await store.feedback.give(row.id, ASKER, helpful=True)
    clock.advance(seconds=1)
    theirs = await store.feedback.give(row.id, COLLEAGUE, helpful=True)
    clock.advance(seconds=1)
    mine = await store.feedback.give(row.id, ASKER, helpful=False, reasons=["too_long", "off_point", "too_long"])

    assert await store.feedback.of(row.id) == (theirs, mine)
    assert mine is not None
    assert mine.reasons == ("off_point", "too_long")


async def test_two_presses_at_once_are_one_mark(store: Store, clock: Clock, database: Database) -> None:
    row = _row(clock.now)
    await store.consultations.record(row)
    await asyncio.gather(*(store.feedback.give(row.id, ASKER, helpful=True) for _ in range(6)))
    assert await _rows(database, "feedback") == 1


async def test_feedback_on_a_row_that_is_gone_is_refused_and_the_next_is_taken(store: Store, clock: Clock) -> None:
    assert await store.feedback.give(uuid.uuid4(), ASKER, helpful=True) is None
    row = _row(clock.now)
    await store.consultations.record(row)
    assert await store.feedback.give(row.id, ASKER, helpful=True) is not None


async def test_a_reason_in_a_persons_own_words_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="a reason is a code"):
        await store.feedback.give(uuid.uuid4(), ASKER, helpful=False, reasons=["Anna would not like it"])


async def test_rows_are_deleted_when_the_days_of_their_server_are_over(
    store: Store, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consultations, "_ROWS_AT_ONCE", 2)
    await store.servers.change(SERVER, retention_days=10)
    await store.servers.change(4, retention_days=10)
    await store.servers.change(5, supervisor_role=1)
    ages = {SERVER: (9, 11, 12, 200), 4: (10.1,), 5: (89, 91), 6: (89, 91), None: (89, 91), OTHER_SERVER: (1,)}
    rows = [_row(clock.now - timedelta(days=age), server=server) for server, each in ages.items() for age in each]
    for row in rows:
        await store.consultations.record(row)
        await store.feedback.give(row.id, ASKER, helpful=True)

    assert await store.consultations.expire() == 7
    assert await store.consultations.expire() == 0

    left = [row for row in rows if await store.consultations.find(row.id)]
    assert [row.server for row in left] == [SERVER, 5, 6, None, OTHER_SERVER]
    assert await _rows(database, "feedback") == 5


async def test_a_person_gets_all_that_is_kept_of_them_and_nothing_of_others(store: Store, clock: Clock) -> None:
    mine, theirs = _row(clock.now), _row(clock.now, person=COLLEAGUE, server=OTHER_SERVER)
    for row in (mine, theirs):
        await store.consultations.record(row)
    consent = await store.consents.give(ASKER, SERVER, notice="1")
    await store.consents.give(COLLEAGUE, SERVER, notice="1")
    await store.people.choose_region(ASKER, "neutral")
    mark = await store.feedback.give(theirs.id, ASKER, helpful=False, reasons=["off_point"])
    await store.feedback.give(mine.id, COLLEAGUE, helpful=True)
    assert mark is not None

    kept = await store.people.export(ASKER)

    assert kept == Kept(ASKER, Choices("neutral"), (consent,), (mine,), (mark,))
    written = json.loads(json.dumps(kept.portable()))
    assert written["person"] == str(ASKER)
    assert written["consultations"][0]["asked_at"] == "2026-11-02T09:30:00+00:00"
    assert written["feedback"][0]["reasons"] == ["off_point"]
    assert str(COLLEAGUE) not in json.dumps(written)


async def test_a_person_of_whom_nothing_is_kept_gets_that_said(store: Store) -> None:
    assert await store.people.export(ASKER) == Kept(ASKER, Choices(), (), (), ())
    assert await store.people.forget(ASKER) == Erased(choices=False, consents=0, consultations=0, feedback=0)


async def test_a_person_is_erased_everywhere_and_others_stay(store: Store, clock: Clock) -> None:
    mine, direct = _row(clock.now), _row(clock.now, server=None)
    theirs = _row(clock.now, person=COLLEAGUE)
    for row in (mine, direct, theirs):
        await store.consultations.record(row)
        for person in (ASKER, COLLEAGUE):
            await store.feedback.give(row.id, person, helpful=True)
    for person in (ASKER, COLLEAGUE):
        await store.consents.give(person, SERVER, notice="1")
        await store.people.choose_region(person, "us")
    await store.consents.give(ASKER, None, notice="1")

    assert await store.people.forget(ASKER) == Erased(choices=True, consents=2, consultations=2, feedback=5)

    assert await store.people.export(ASKER) == Kept(ASKER, Choices(), (), (), ())
    kept = await store.people.export(COLLEAGUE)
    assert (kept.choices.region, len(kept.consents), kept.consultations) == ("us", 1, (theirs,))
    assert [mark.person for mark in await store.feedback.of(theirs.id)] == [COLLEAGUE]


async def test_a_region_of_ones_own_can_be_chosen_changed_and_taken_back(store: Store) -> None:
    assert await store.people.choices(ASKER) == Choices()
    for region in ("us", "neutral", None):
        await store.people.choose_region(ASKER, region)
        assert (await store.people.choices(ASKER)).region == region
    with pytest.raises(FixInput):
        await store.people.choose_region(ASKER, "Atlantis")


async def test_a_server_that_the_bot_left_is_erased_and_the_others_stay(
    store: Store, clock: Clock, database: Database
) -> None:
    for server in (SERVER, OTHER_SERVER):
        await store.servers.change(server, retention_days=5)
        await store.consents.give(ASKER, server, notice="1")
        row = _row(clock.now, server=server)
        await store.consultations.record(row)
        await store.feedback.give(row.id, ASKER, helpful=True)

    await store.servers.forget(SERVER)

    assert await store.servers.settings(SERVER) == ServerSettings(SERVER)
    assert (await store.servers.settings(OTHER_SERVER)).retention_days == 5
    assert [await _rows(database, table) for table in ("consents", "consultations", "feedback")] == [1, 1, 1]


async def _record_all(store: Store, rows: Iterable[Consultation]) -> None:
    for row in rows:
        await store.consultations.record(row)


async def test_questions_are_counted_by_topic_and_outcome_in_their_server_and_time(store: Store, clock: Clock) -> None:
    start, end = clock.now, clock.now + timedelta(days=30)
    rows = [
        *(_row(start + timedelta(days=person), person=person) for person in range(1, 6)),
        _row(start, person=1),
        *(_row(start, outcome="abstained", topic=None, cards=(), writer=None, person=person) for person in range(1, 6)),
        *(_row(at, person=9) for at in (start - timedelta(microseconds=1), end)),
        _row(start, server=OTHER_SERVER),
    ]
    await _record_all(store, rows)

    assert await store.insights.questions(SERVER, since=start, until=end) == Questions(
        (TopicCount("tone", "answered", 6), TopicCount(None, "abstained", 5))
    )


async def test_a_number_that_fewer_than_five_people_stand_behind_is_pooled_or_left_out(
    store: Store, clock: Clock
) -> None:
    start, end = clock.now, clock.now + timedelta(days=30)
    crisis = {"outcome": "crisis", "topic": None, "cards": (), "writer": None}
    rows = [
        *(_row(start, topic="fees", person=person) for person in (1, 2, 3, 3, 3, 3)),
        *(_row(start, topic="endings", person=person) for person in (3, 4, 5)),
        *(_row(start, person=person, **crisis) for person in (1, 2, 3, 4, 4, 4)),
    ]
    await _record_all(store, rows)

    found = await store.insights.questions(SERVER, since=start, until=end)

    assert found == Questions((), (("answered", 9),), left_out=True)


async def test_a_gap_is_shown_from_five_askers_up_however_often_one_of_them_asked(store: Store, clock: Clock) -> None:
    until = clock.now + timedelta(days=1)

    def asked(topic: str | None, person: int, **changes: Any) -> Consultation:  # noqa: ANN401
        return _row(clock.now, outcome="abstained", topic=topic, person=person, **changes)

    await _record_all(store, (asked("fees", person) for person in (1, 2, 3, 4, 4, 4, 4)))
    await _record_all(store, (asked("endings", person) for person in range(1, 6)))
    await _record_all(store, (asked(None, person) for person in range(1, 9)))
    await _record_all(store, [asked("fees", 5, server=OTHER_SERVER), _row(clock.now, topic="fees", person=5)])
    assert await store.insights.gaps(SERVER, since=clock.now, until=until) == (Gap("endings", 5, 5),)

    await _record_all(store, [asked("fees", 9)])
    assert await store.insights.gaps(SERVER, since=clock.now, until=until) == (Gap("fees", 8, 5), Gap("endings", 5, 5))


async def test_marks_are_counted_with_their_reasons_from_five_people_up(store: Store, clock: Clock) -> None:
    until = clock.now + timedelta(days=1)
    row, elsewhere = _row(clock.now), _row(clock.now, server=OTHER_SERVER)
    await _record_all(store, [row, elsewhere])
    assert await store.insights.helpfulness(SERVER, since=clock.now, until=until) == Helpfulness()

    for person in range(1, 6):
        reasons = ["off_point", "too_long"] if person < 5 else ["too_long"]
        await store.feedback.give(row.id, person, helpful=False, reasons=reasons)
        await store.feedback.give(elsewhere.id, person, helpful=True)
    await store.feedback.give(row.id, 7, helpful=True)

    assert await store.insights.helpfulness(SERVER, since=clock.now, until=until) == Helpfulness(
        helpful=None, unhelpful=5, reasons=(("too_long", 5),)
    )


async def test_plain_text_and_a_region_are_chosen_apart_from_each_other(store: Store) -> None:
    await store.people.choose_plain(ASKER, plain=True)
    await store.people.choose_region(ASKER, "us")
    assert await store.people.choices(ASKER) == Choices(region="us", plain=True)

    await store.people.choose_region(ASKER, None)
    assert await store.people.choices(ASKER) == Choices(plain=True)

    await store.people.choose_plain(ASKER, plain=False)
    assert await store.people.forget(ASKER) == Erased(choices=False, consents=0, consultations=0, feedback=0)


async def test_the_units_of_an_answer_are_found_again_in_their_order(store: Store) -> None:
    row = _row(datetime(2026, 11, 1, tzinfo=UTC), units=("late-cancel#s2", "humor#s1"))
    await store.consultations.record(row)
    assert await store.consultations.find(row.id) == row


def test_a_row_takes_no_text_as_a_unit() -> None:
    with pytest.raises(ValueError, match="ids and codes"):
        _row(datetime(2026, 11, 1, tzinfo=UTC), units=("she went quiet",))
