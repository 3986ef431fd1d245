"""Structured logs: event names, ids, stages, outcomes and times; never what a person wrote."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

_ALLOWED = frozenset(
    {"stage", "outcome", "error", "milliseconds", "writer", "model", "state", "rows", "command", "shard", "guilds"}
)


def configure(level: str, form: Literal["text", "json"]) -> None:
    """Send the program's log lines to stderr, and quieten the libraries, whose lines may hold content."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(form))
    logger = logging.getLogger("bot")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False
    for library in (
        "aiosqlite",
        "alembic",
        "asyncpg",
        "chromadb",
        "discord",
        "httpx",
        "langchain",
        "openai",
        "opentelemetry",
        "sqlalchemy",
    ):
        logging.getLogger(library).setLevel(logging.CRITICAL)


def event(name: str, *, level: int = logging.INFO, **fields: str | float | None) -> None:
    """Log one event.

    Args:
        name: what happened, a fixed phrase.
        level: a level of the logging module.
        fields: facts about it, from a closed list of names, so that no content slips in.

    Raises:
        ValueError: a field's name is not on the list.
    """
    unknown = set(fields) - _ALLOWED
    if unknown:
        raise ValueError(f"log fields {sorted(unknown)} are not on the list of content-free fields")
    logging.getLogger("bot").log(level, name, extra={"fields": fields})


class _Formatter(logging.Formatter):
    def __init__(self, form: Literal["text", "json"]) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": when, "level": record.levelname, "event": record.getMessage(), **getattr(record, "fields", {})}
        if self._form == "json":
            return json.dumps(line)
        facts = " ".join(f"{name}={value}" for name, value in line.items() if name not in {"time", "level", "event"})
        return f"{line['time']} {line['level']} {line['event']} {facts}".rstrip()
