"""A column's values as JSON and back, the same on SQLite and PostgreSQL."""

import base64
import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Date, DateTime, LargeBinary, Uuid
from sqlalchemy.types import TypeEngine


def as_json(value: Any, kind: TypeEngine[Any]) -> Any:  # noqa: ANN401  # what drivers give
    """Return a value of a column of that kind as JSON has it.

    Raises:
        TypeError: no rule is known for it.
    """
    if value is None or isinstance(kind, JSON):
        return value
    match value:
        case bool() | int() | float() | str():
            return value
        case datetime():
            aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            return aware.isoformat()
        case date():
            return value.isoformat()
        case uuid.UUID():
            return value.hex
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode("ascii")
        case _:
            raise TypeError(f"a column of {kind!r} has no form in a backup")


def from_json(value: Any, kind: TypeEngine[Any]) -> Any:  # noqa: ANN401, PLR0911  # what drivers take, by kind
    """Return what a column of that kind takes.

    Args:
        value: as in the backup.
        kind: the column's, as reflected from the database.

    Raises:
        ValueError: the value is of no use there.
    """
    if value is None:
        return None
    match kind:
        case JSON():
            return value
        case DateTime():
            when = datetime.fromisoformat(value)
            return when if kind.timezone else when.astimezone(UTC).replace(tzinfo=None)
        case Date():
            return date.fromisoformat(value)
        case Uuid():
            return uuid.UUID(value)
        case LargeBinary():
            return base64.b64decode(value, validate=True)
        case _:
            return value
