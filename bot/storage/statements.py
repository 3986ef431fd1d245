"""Statements that the two databases word differently."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.tables import Table

_DELETIONS = 0x5355_5045_5256
"""The advisory lock of those who delete; any number that nobody else uses."""


async def take_turns_deleting(session: AsyncSession) -> None:
    """Let one transaction at a time delete rows in number; two that lock the same ones crosswise would fail.

    Args:
        session: a writing one.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(_DELETIONS)))


async def insert_or_update(  # what a statement is made of
    session: AsyncSession,
    table: type[Table],
    values: Mapping[str, Any],
    *,
    keys: Sequence[str],
    update: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Insert a row, or update columns of the one that has the same key; one statement, so that two at once both count.

    Args:
        session: a writing one.
        table: whose row it is.
        values: every column of a new row.
        keys: the columns of the primary key.
        update: the columns to update; where empty, a row that is there is left as it is.
        where: only a row of which this holds is updated.

    Returns:
        Whether a row was inserted or updated.
    """
    into_postgres, into_sqlite = postgresql.insert(table).values(**values), sqlite.insert(table).values(**values)
    into = into_postgres if session.get_bind().dialect.name == "postgresql" else into_sqlite
    changed = {name: into.excluded[name] for name in update}
    kept = (
        into.on_conflict_do_update(index_elements=keys, set_=changed, where=where)
        if update
        else into.on_conflict_do_nothing(index_elements=keys)
    )
    key = table.__table__.columns[keys[0]]
    return (await session.execute(kept.returning(key))).first() is not None
