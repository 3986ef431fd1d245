"""What a backup writes of a value is what comes back, on both databases; and numbering goes on after it."""

import json
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings
from bot.storage import contents
from bot.storage.engine import Database
from bot.storage.tables import Table
from bot.storage.values import as_json, from_json

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
_KINDS: list[tuple[sa.types.TypeEngine[Any], st.SearchStrategy[Any]]] = [
    (sa.BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    (sa.String(), st.text()),
    (sa.Boolean(), st.booleans()),
    (sa.Date(), st.dates()),
    (sa.DateTime(timezone=True), st.datetimes(timezones=st.just(UTC))),
    (sa.Uuid(), st.uuids()),
    (sa.LargeBinary(), st.binary()),
    (sa.JSON(), _JSON),
]


@given(st.data())
def test_a_value_comes_back_as_it_was(data: st.DataObject) -> None:
    kind, values = data.draw(st.sampled_from(_KINDS))
    value = data.draw(values | st.none())
    written = json.loads(json.dumps(as_json(value, kind)))
    assert from_json(written, kind) == value


@given(st.datetimes())
def test_a_time_without_a_zone_is_utc_and_comes_back_without_one(value: datetime) -> None:
    written = as_json(value, sa.DateTime())
    assert written.endswith("+00:00")
    assert from_json(written, sa.DateTime()) == value
    assert from_json(written, sa.DateTime(timezone=True)) == value.replace(tzinfo=UTC)


def test_the_id_of_a_row_is_written_alike_by_both_databases() -> None:
    one = uuid.UUID(int=7)
    assert as_json(one, sa.Uuid()) == as_json(one.hex, sa.CHAR(32)) == one.hex


def test_what_has_no_form_in_a_backup_is_refused() -> None:
    with pytest.raises(TypeError, match="has no form in a backup"):
        as_json(object(), sa.String())
    with pytest.raises(ValueError, match="isoformat"):
        from_json("yesterday", sa.Date())
    assert as_json(date(2026, 11, 2), sa.Date()) == "2026-11-02"


async def test_every_column_of_every_table_is_of_a_kind_that_a_backup_knows(database: Database) -> None:
    known = (sa.JSON, sa.DateTime, sa.Date, sa.Uuid, sa.LargeBinary, sa.Integer, sa.String, sa.Boolean, sa.Float)
    async with database.connected() as connection:
        tables = await connection.run_sync(contents.tables_in)
    assert set(tables) == set(Table.metadata.tables)
    for table in tables.values():
        assert [column.name for column in table.columns if not isinstance(column.type, known)] == []


async def test_postgresql_goes_on_numbering_after_rows_that_came_with_their_numbers(
    postgres_settings: Settings,
) -> None:
    own = sa.MetaData()
    numbered = sa.Table("numbered", own, sa.Column("id", sa.Integer, primary_key=True), sa.Column("word", sa.String))

    def restored(connection: sa.Connection) -> int:
        own.create_all(connection)
        connection.execute(sa.insert(numbered), [{"id": 7, "word": "kept"}])
        found = sa.Table("numbered", sa.MetaData(), autoload_with=connection)
        contents._go_on_counting(connection, found)
        inserted = connection.execute(sa.insert(numbered).values(word="new").returning(numbered.c.id))
        number: int = inserted.scalar_one()
        return number

    async with (
        Database.of(postgres_settings) as database,
        database.connected(writes=True) as connection,
        connection.begin(),
    ):
        assert await connection.run_sync(restored) == 8
