"""`ask`: one question, or a stream of them as JSON lines."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import typer

from bot.cli.console import open_console
from bot.cli.services import build_services, read_settings
from bot.errors import FixInput
from knowledge.errors import FixCorpus

if TYPE_CHECKING:
    from bot.app import Services

QUESTION_VARIABLE = "SUPERVISION_QUESTION"
"""The environment variable that carries a question verbatim, past any shell."""

_MEND_LINE = 'write {"id": "...", "text": "..."}, with "thread" (a list of texts) and "region" if wanted'


def ask(
    question: Annotated[
        str | None, typer.Argument(envvar=QUESTION_VARIABLE, show_envvar=False, help="What you would ask a colleague.")
    ] = None,
    *,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help="Read questions as JSON lines from standard input, write answers as JSON lines."),
    ] = False,
) -> int:
    """Answer one question with cited suggestions, and end with a question for supervision."""
    if not jsonl and question is None:
        raise FixInput("there is no question", 'write it in quotes: supervision-bot ask "..."')
    if jsonl and question is not None:
        raise FixInput(
            "--jsonl reads its questions from standard input", "leave the question out, or leave --jsonl out"
        )
    services = build_services(read_settings())
    if jsonl:
        return answer_lines(services, sys.stdin.buffer, sys.stdout)
    from bot.cli.terminal import show  # noqa: PLC0415  # together with the heavy parts

    consultation = asyncio.run(services.consultant.answer(question or ""))
    show(services.composer().compose(consultation.outcome), open_console())
    return 0


def answer_lines(services: "Services", source: BinaryIO, sink: TextIO) -> int:
    """Answer each JSON line of the source with one JSON line in the sink, in order.

    Returns:
        1 where any line could not be read, else 0.
    """
    unread = 0
    with asyncio.Runner() as runner:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            answer = runner.run(_answer_line(services, number, line))
            unread += "error" in answer
            sink.write(json.dumps(answer) + "\n")
            sink.flush()
    return 1 if unread else 0


async def _answer_line(services: "Services", number: int, line: bytes) -> dict[str, Any]:
    from bot.consult.record import record  # noqa: PLC0415  # together with the heavy parts

    question_id: str | None = None
    try:
        item = _read_object(line)
        question_id = item["id"] if isinstance(item.get("id"), str) else None
        _check_keys(item)
        composer = services.composer(item.get("region"))
    except (FixInput, FixCorpus) as error:
        return {"line": number, "id": question_id, "error": str(error)}
    consultation = await services.consultant.answer(item["text"], item.get("thread") or ())
    region = item.get("region") or services.settings.region
    return record(item["id"], consultation, composer.compose(consultation.outcome), region)


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
