"""Questions as JSON lines: how they are read, and what becomes of a line that cannot be."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO

from bot.errors import FixInput
from knowledge.errors import FixCorpus

_MEND_LINE = 'write {"id": "...", "text": "..."}, with "thread" (a list of texts) and "region" if wanted'


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of input.

    Attributes:
        id: the line's own id.
        text: the question as typed.
        thread: the asker's earlier turns, oldest first.
        region: the region whose lines are wanted; None for that of the settings.
    """

    id: str
    text: str
    thread: tuple[str, ...]
    region: str | None


def answer_each(source: BinaryIO, sink: TextIO, answer: Callable[[Asked], Awaitable[dict[str, Any]]]) -> int:
    """Answer each JSON line of the source with one JSON line in the sink, in order.

    Args:
        source: lines of JSON; empty ones are passed over.
        sink: gets the answers, or `{line, id, error}` for a line that cannot be read.
        answer: makes an answer; a `FixCorpus` of its own stands for a region that is unknown.

    Returns:
        1 where any line could not be read, else 0.
    """
    unread = 0
    with asyncio.Runner() as runner:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            answered = runner.run(_answer_line(number, line, answer))
            unread += "error" in answered
            sink.write(json.dumps(answered) + "\n")
            sink.flush()
    return 1 if unread else 0


async def _answer_line(
    number: int, line: bytes, answer: Callable[[Asked], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    question_id: str | None = None
    try:
        item = _read_object(line)
        question_id = item["id"] if isinstance(item.get("id"), str) else None
        _check_keys(item)
        thread = tuple(item.get("thread") or ())
        return await answer(Asked(item["id"], item["text"], thread, item.get("region") or None))
    except (FixInput, FixCorpus) as error:
        return {"line": number, "id": question_id, "error": str(error)}


def _read_object(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise FixInput("the line is not UTF-8", _MEND_LINE) from None
    except (ValueError, RecursionError):
        raise FixInput("the line is not JSON", _MEND_LINE) from None
    if not isinstance(item, dict):
        raise FixInput("the line is no JSON object", _MEND_LINE)
    return item


def _check_keys(item: dict[str, Any]) -> None:
    for key in ("id", "text"):
        if not isinstance(item.get(key), str):
            raise FixInput(f'"{key}" is missing or no text', _MEND_LINE)
    thread = item.get("thread")
    if thread is not None and not (isinstance(thread, list) and all(isinstance(turn, str) for turn in thread)):
        raise FixInput('"thread" is no list of texts', _MEND_LINE)
    if not isinstance(item.get("region"), str | None):
        raise FixInput('"region" is no text', _MEND_LINE)
