"""The tables as they are in a database, and their rows in and out of an archive; within the caller's transaction."""

from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from bot.errors import RestoreDatabase
from bot.storage.archive import ArchiveReader, ArchiveWriter, Row, TableEntry
from bot.storage.tables import REVISION_TABLE, Table
from bot.storage.values import as_json, from_json

_BATCH = 500

Tables = dict[str, sa.Table]
"""Tables by name, those that others point at first."""


def tables_in(connection: sa.Connection) -> Tables:
    """Return our tables as they are there, whatever their revision; another program's are left alone."""
    found = sa.MetaData()
    there = set(sa.inspect(connection).get_table_names())
    found.reflect(connection, only=sorted(there & set(Table.metadata.tables)))
    for table in found.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type.none_as_null = True
    return {table.name: table for table in found.sorted_tables}


def count(connection: sa.Connection, tables: Tables) -> int:
    """Return how many rows the tables hold."""
    return sum(_rows_of(connection, table) for table in tables.values())


def write_rows(connection: sa.Connection, archive: ArchiveWriter) -> None:
    """Write every row into an archive."""
    streaming = connection.execution_options(stream_results=True, yield_per=_BATCH)
    for name, table in tables_in(connection).items():
        with archive.table(name) as kept:
            for row in streaming.execute(sa.select(table)):
                values = zip(table.columns, row, strict=True)
                kept.add({column.name: as_json(value, column.type) for column, value in values})


def delete_rows(connection: sa.Connection, tables: Tables) -> None:
    """Delete every row, and keep others from writing until the transaction ends."""
    if connection.dialect.name == "postgresql" and tables:
        quoted = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in tables.values())
        connection.execute(sa.text(f"LOCK TABLE {quoted} IN EXCLUSIVE MODE"))
    for table in reversed(tables.values()):
        connection.execute(sa.delete(table))


def drop(connection: sa.Connection, tables: Tables) -> None:
    """Take the tables away, and the revision with them."""
    for table in reversed(tables.values()):
        table.drop(connection)
    sa.Table(REVISION_TABLE, sa.MetaData()).drop(connection, checkfirst=True)


def read_rows(connection: sa.Connection, archive: ArchiveReader) -> None:
    """Put every row of an archive into tables that are empty.

    Raises:
        RestoreDatabase: they do not fit. The text holds nothing of a row.
    """
    tables = tables_in(connection)
    for entry in archive.manifest.tables:
        table = tables.get(entry.name)
        if table is None:
            raise _unfit(entry, "there is no such table at its revision")
        try:
            for batch in _batches(archive.rows(entry)):
                connection.execute(sa.insert(table), [_values(row, table) for row in batch])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _unfit(entry, type(error).__name__) from None
        except (IntegrityError, DataError) as error:
            raise _unfit(entry, type(error).__name__) from None
        except StatementError as error:
            if error.orig is None or isinstance(error, sa.exc.DBAPIError):
                raise
            raise _unfit(entry, type(error.orig).__name__) from None
        if _rows_of(connection, table) != entry.rows:
            raise _unfit(entry, "not all of them arrived")
        _go_on_counting(connection, table)


def _rows_of(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _values(row: Row, table: sa.Table) -> Row:
    if set(row) != {column.name for column in table.columns}:
        raise ValueError("other columns")
    return {name: from_json(value, table.columns[name].type) for name, value in row.items()}


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None or not (column.server_default or column.identity):
        return
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
    connection.execute(sa.select(sa.func.setval(sequence, highest, sa.false())))


def _unfit(entry: TableEntry, how: str) -> RestoreDatabase:
    problem = f"the backup's rows of {entry.name} do not fit ({how}); nothing was changed"
    return RestoreDatabase(problem, "restore another backup")
