"""Nothing is lost on the way from the first revision to the head; rows are made where their table begins."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from bot.settings import Settings
from bot.storage.curated import Content, Item, State
from bot.storage.engine import Database
from bot.storage.migrate import look, revisions, to_head, upgrade
from bot.storage.store import open_store

SERVER, ANNA, BEN = 1_100_000_000_000_000_001, 900_000_000_000_000_011, 12
AT, ON = datetime(2026, 11, 2, 9, 30, 1, 250_000, tzinfo=UTC), date(2026, 11, 2)
_SIGNED = {"role": "clinical supervisor", "licence": "LPC-S", "jurisdiction": "Texas"}
_TYPES: dict[type, Any] = {
    uuid.UUID: sa.Uuid(),
    datetime: sa.DateTime(timezone=True),
    date: sa.Date(),
    bool: sa.Boolean(),
    int: sa.BigInteger(),
    str: sa.String(),
    list: sa.JSON(),
    dict: sa.JSON(none_as_null=True),
}

Rows = dict[str, list[dict[str, Any]]]


def _words(number: int) -> Content:
    title = f"Late fees {number}: “who pays?” \N{SPEECH BALLOON}"
    return Content(title, (Item("Say the rule once.", ("practice",)),), (f"who pays {number}",), sources=("practice",))


def _at_the_first(count: int) -> Rows:
    asked = [
        {"consultation_id": uuid.UUID(int=n), "server_id": SERVER, "person_id": ANNA, "outcome": "answered"}
        | {"cards": ["humor", "late-cancel"], "topic": "tone" if n % 2 else None, "asked_at": AT, "milliseconds": n}
        | {"writer": "built-in"}
        for n in range(count)
    ]
    marks = [
        {"consultation_id": row["consultation_id"], "person_id": ANNA, "helpful": n % 2 == 0}
        | {"reasons": ["too_general"], "given_at": AT}
        for n, row in enumerate(asked)
    ]
    setting: dict[str, Any] = {"server_id": SERVER, "supervisor_role_id": 2**63 - 1, "review_channel_id": 3}
    setting |= {"region": "us", "threads": "private", "retention_days": 30, "features": ["mentions"]}
    setting |= {"open_channels": [4, 5], "review_region": "us", "reviewed_on": ON, "changed_at": AT}
    setting |= {f"review_{name}": value for name, value in _SIGNED.items()}
    consent = {"person_id": ANNA, "server_id": SERVER, "notice": "v1", "writer": "built_in", "given_at": AT}
    person = {"person_id": ANNA, "region": "neutral"}
    tables = ([setting], [consent], [person], asked, marks)
    return dict(zip(("server_settings", "consents", "people", "consultations", "feedback"), tables, strict=True))


def _at_curation(count: int) -> Rows:
    ids = [uuid.UUID(int=2**64 + n) for n in range(count)]
    answers = [
        {"answer_id": answer, "server_id": SERVER, "name": f"fees-{n}", "title": _words(n).title, "state": "approved"}
        | {"origin": "file", "revision": 2, "live": 2, "published": n + 1, "author_id": ANNA, "approver_id": BEN}
        | {"approved_on": ON, "review_by": date(2027, 5, 1), "changed_at": AT}
        | {f"approved_{name}": value for name, value in _SIGNED.items()}
        for n, answer in enumerate(ids)
    ]
    texts = [
        {"answer_id": answer, "number": number, "author_id": ANNA, "base": number - 1 or None}
        | {"why": "a reason", "content": words.as_json() if number == 2 else None, "digest": words.digest}
        | {"made_at": AT, "wiped_at": AT if number == 1 else None}
        for n, answer in enumerate(ids)
        for words in [_words(n)]
        for number in (1, 2)
    ]
    events = [
        {"server_id": SERVER, "answer_id": answer, "person_id": BEN, "action": "approve", "revision": 2}
        | {"state": "approved", "happened_at": AT}
        for answer in ids
    ]
    view: dict[str, Any] = {
        "view_id": uuid.UUID(int=1),
        "answer_id": ids[0],
        "person_id": BEN,
        "about": "culture",
        "text": "Ask.",
    }
    view |= {**_SIGNED, "written_on": ON, "approver_id": ANNA, "approved_at": AT}
    question: dict[str, Any] = {
        "escalation_id": uuid.UUID(int=2),
        "server_id": SERVER,
        "asker_id": ANNA,
        "anonymous": True,
    }
    question |= {"tell": "here", "channel_id": 4, "topic": "tone", "question": "how do i [name]"}
    question |= {"asked_at": AT, "reply": "so", "answered_by": BEN, "answered_at": AT, "answer_id": ids[0]}
    return {
        "curation_servers": [{"server_id": SERVER, "version": count, "own_approval": False, "review_days": 90}],
        "curated_answers": answers,
        "curated_revisions": texts,
        "curation_events": events,
        "second_views": [view],
        "curation_reviewers": [{"server_id": SERVER, "person_id": BEN, **_SIGNED}],
        "card_marks": [{"server_id": SERVER, "card_id": "humor", "mark": "hidden", "person_id": BEN, "marked_at": AT}],
        "topic_owners": [{"server_id": SERVER, "topic": "tone", "person_id": BEN}],
        "escalations": [question],
    }


_MADE = {"0001": _at_the_first, "0003": _at_curation}


def _table(name: str, rows: list[dict[str, Any]]) -> sa.TableClause:
    values = {key: value for row in rows for key, value in row.items() if value is not None}
    return sa.table(name, *(sa.column(key, _type(value)) for key, value in values.items()))


def _type(value: object) -> Any:  # noqa: ANN401  # SQLAlchemy's, of any value
    """Return the column of a value; the drivers have kinds of their own of some."""
    return next(kind for plain, kind in _TYPES.items() if isinstance(value, plain))


def _kept(connection: Connection, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = connection.execute(sa.select(*_table(name, rows).columns)).mappings()
    return sorted(map(dict, found), key=repr)


def _step(connection: Connection, revision: str, count: int) -> Rows:
    """Go to a revision, put rows into the tables that begin there, and return them as the database has them."""
    upgrade(connection, "the test", revision)
    made = _MADE[revision](count) if revision in _MADE else {}
    for name, rows in made.items():
        connection.execute(sa.insert(_table(name, rows)), rows)
    return {name: _kept(connection, name, rows) for name, rows in made.items()}


async def _migrates_without_loss(settings: Settings, count: int) -> None:
    before: Rows = {}
    async with Database.of(settings, migrating=True) as database:
        for revision in [each for each in reversed(revisions()) if each <= max(_MADE)]:
            async with database.connected(writes=True) as connection, connection.begin():
                before |= await connection.run_sync(_step, revision, count)
    assert len(before["curated_answers"]) == len(before["consultations"]) == count

    await to_head(settings)

    assert (await look(settings)).at_head
    async with Database.of(settings) as database, database.connected() as connection:
        for name, rows in before.items():
            assert await connection.run_sync(_kept, name, rows) == rows, name
    async with open_store(settings) as store:
        answers = await store.answers.listed(SERVER)
        live = await store.published.live(SERVER, [answer.id for answer in answers])
        assert {answer.state for answer in answers} == {State.APPROVED}
        assert {one.answer.name: one.content for one in live.values()} == {f"fees-{n}": _words(n) for n in range(count)}
        assert [view.text for view in live[uuid.UUID(int=2**64)].views] == ["Ask."]
        consultation = await store.consultations.find(uuid.UUID(int=count - 1))
        assert consultation is not None
        assert consultation.asked_at == AT
        assert (await store.servers.settings(SERVER)).supervisor_role == 2**63 - 1


async def test_no_row_is_lost_from_the_first_revision_to_the_head(settings: Settings) -> None:
    await _migrates_without_loss(settings, 12)


@pytest.mark.soak
async def test_no_row_of_ten_thousand_answers_is_lost(settings: Settings) -> None:
    await _migrates_without_loss(settings, 10_000)
