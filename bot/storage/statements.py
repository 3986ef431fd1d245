"""Statements that the two databases word differently."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
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


async def insert_or_update(
    session: AsyncSession, table: type[Table], values: Mapping[str, Any], *, keys: Sequence[str], update: Sequence[str]
) -> None:
    """Insert a row, or update columns of the one that has the same key; one statement, so that two at once both count.

    Args:
        session: a writing one.
        table: whose row it is.
        values: every column of a new row.
        keys: the columns of the primary key.
        update: the columns to update; where empty, a row that is there is left as it is.
    """
    if session.get_bind().dialect.name == "postgresql":
        into_postgres = postgresql.insert(table).values(**values)
        changed = {name: into_postgres.excluded[name] for name in update}
        await session.execute(
            into_postgres.on_conflict_do_update(index_elements=keys, set_=changed)
            if update
            else into_postgres.on_conflict_do_nothing(index_elements=keys)
        )
        return
    into_sqlite = sqlite.insert(table).values(**values)
    changed = {name: into_sqlite.excluded[name] for name in update}
    await session.execute(
        into_sqlite.on_conflict_do_update(index_elements=keys, set_=changed)
        if update
        else into_sqlite.on_conflict_do_nothing(index_elements=keys)
    )
