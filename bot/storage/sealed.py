"""Columns whose texts are encrypted at rest where DATA_KEY is set; what the program reads and writes is plain."""

import json
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Dialect, Text, TypeDecorator, cast, not_, type_coerce
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.keyring import PLAIN, SEALED, KeyRing
from bot.storage.tables import Table

_KEYS = "supervision_keys"


def give_keys(engine: AsyncEngine, keys: KeyRing) -> None:
    """Let an engine's columns be sealed and opened with these keys; its dialect carries them to each column."""
    setattr(engine.sync_engine.dialect, _KEYS, keys)


def _keys_of(dialect: Dialect) -> KeyRing:
    keys: KeyRing = getattr(dialect, _KEYS, PLAIN)
    return keys


class SealedText(TypeDecorator[str]):
    """A text; it cannot be searched or sorted by in SQL, since equal texts are kept as different ones."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it is kept."""
        return None if value is None else _keys_of(dialect).seal(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401  # as the base
        """Return the text.

        Raises:
            FixSettings: the key that sealed it is not in DATA_KEY.
            RestoreDatabase: it was altered.
        """
        return None if value is None else _keys_of(dialect).open(value)


class SealedJson(TypeDecorator[dict[str, Any]]):
    """An object; sealed, it is kept as one JSON string."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | str | None:
        """Return the object as it is kept."""
        keys = _keys_of(dialect)
        return value if value is None or keys.first is None else keys.seal(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ANN401  # as the base
        """Return the object.

        Raises:
            FixSettings: the key that sealed it is not in DATA_KEY.
            RestoreDatabase: it was altered.
        """
        found: dict[str, Any] | None = json.loads(_keys_of(dialect).open(value)) if isinstance(value, str) else value
        return found


def sealed_columns() -> dict[type[Table], list[Column[Any]]]:
    """Return every column that is sealed, by its table's class."""
    found: dict[type[Table], list[Column[Any]]] = {}
    for mapper in Table.registry.mappers:
        table: Any = mapper.local_table
        columns = [column for column in table.columns if isinstance(column.type, SealedText | SealedJson)]
        if columns:
            found[mapper.class_] = columns
    return dict(sorted(found.items(), key=lambda item: item[0].__tablename__))


def kept_under(column: Column[Any], key: str) -> ColumnElement[bool]:
    """Return the condition that a column is sealed under the key of a name, or under any where that is empty."""
    begins = f"{SEALED}{key}:" if key else SEALED
    return _as_kept(column).startswith(f'"{begins}' if isinstance(column.type, SealedJson) else begins, autoescape=True)


def kept_otherwise(column: Column[Any], key: str) -> ColumnElement[bool]:
    """Return the condition that a column holds something that is plain or sealed under another key."""
    return column.is_not(None) & not_(kept_under(column, key))


def _as_kept(column: Column[Any]) -> ColumnElement[str]:
    kind = JSON if isinstance(column.type, SealedJson) else Text
    return type_coerce(cast(type_coerce(column, kind), Text), Text)
