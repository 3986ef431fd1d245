"""Three hundred planted identifiers, every outcome forced, the log at DEBUG, tracing on: none is found anywhere."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from langchain_core.globals import set_debug
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr
from simcord.results import ResponseMessage

from bot import app
from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.pipeline import Consultant
from bot.consult.ports import Writer
from bot.consult.record import record
from bot.llm.build import build_llm
from bot.safety.screening import Screens
from bot.settings import Settings
from bot.tracing import tracing
from tests.cli.process import Program
from tests.cogs.conftest import Room
from tests.cogs.shown import labels_of, last_of
from tests.leak.conftest import Watcher, files_in
from tests.leak.planted import found, questions
from tests.llm.server import ModelServer, model_server

QUESTIONS = questions()
_WITH_A_THREAD = (1, 3)
_TOO_LONG = 20
"""Times that a question is repeated to be too long to be read for more than danger."""

_CALM = "she went quiet after i cut her off last week and i do not know how to repair it. "


class _Breaks:
    """A part that fails with the text that it was given in its exception."""

    reads_thread = False

    def read(self, text: str, thread: Sequence[str] = ()) -> Any:  # noqa: ANN401, ARG002
        raise RuntimeError(text)

    def redact(self, text: str) -> Any:  # noqa: ANN401
        raise RuntimeError(text)

    def retrieve(self, text: str) -> Any:  # noqa: ANN401
        raise RuntimeError(text)

    async def write(self, text: str, *_: object) -> Any:  # noqa: ANN401
        raise RuntimeError(text)


def _consultant(screens: Screens, services: app.Services, built_with: Writer, **broken: Any) -> Consultant:  # noqa: ANN401
    parts: dict[str, Any] = {
        "crisis": screens.crisis,
        "language": screens.language,
        "privacy": screens.privacy,
        "scope": screens.scope,
        "retriever": services.retriever,
        "writer": built_with,
    }
    return Consultant(**{**parts, **broken})


def _llm(server: ModelServer, folder: Path) -> Writer:
    server.answers.extend({"reading": None, "suggestions": []} for _ in range(2 * len(QUESTIONS)))
    key = SecretStr("planted-key")
    settings = Settings(
        data_dir=folder, llm_model="openai:small", llm_base_url=server.url, llm_api_key=key, llm_timeout=20.0
    )
    return build_llm(settings, fallback=BuiltInWriter()).writer


@contextmanager
def _tracing() -> Iterator[None]:
    """Let LangChain print whatever passes through it."""
    set_debug(True)
    try:
        yield
    finally:
        set_debug(False)


def _nothing_in(places: dict[str, str]) -> None:
    leaks = {place: len(found(text)) for place, text in places.items() if found(text)}
    assert leaks == {}, "planted identifiers were found (counts by place, never the values)"


def test_three_hundred_different_identifiers_are_planted_and_the_search_finds_each() -> None:
    planted = [identifier for question in QUESTIONS for identifier in question.planted]
    assert len(set(planted)) == 300
    assert all(found(f"x {identifier} x") for identifier in planted)


async def test_none_leaves_the_real_path_with_a_model_whatever_the_outcome(
    screens: Screens, services: app.Services, watcher: Watcher, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    outcomes, said, spans = set[str](), list[str](), InMemorySpanExporter()
    async with model_server() as server:
        writer = _llm(server, tmp_path)
        whole = _consultant(screens, services, writer)
        broken = [
            _consultant(screens, services, writer, **{stage: _Breaks()})
            for stage in ("crisis", "language", "privacy", "scope", "retriever", "writer")
        ]
        with _tracing(), tracing(Settings(data_dir=tmp_path), spans) as observer:
            for number, question in enumerate(QUESTIONS):
                thread = [QUESTIONS[number - 1].text] if number in _WITH_A_THREAD else []
                tries = [(whole, question.text)]
                tries += [(each, _CALM + question.text) for each in broken if number == 0]
                tries += [(whole, question.text * _TOO_LONG) for _ in range(number == 1)]
                for consultant, text in tries:
                    consultation = await consultant.answer(text, thread if consultant is whole else [])
                    line = record("q", consultation, services.composer().compose(consultation.outcome), "us")
                    outcomes.add(line["outcome"])
                    observer.consulted(consultation)
                    said.append(json.dumps(line) + repr(consultation))
        prompts = json.dumps(server.asked)
    printed = capfd.readouterr()
    assert outcomes == {"answered", "abstained", "out_of_scope", "crisis", "withheld", "unavailable"}
    assert "[name]" in prompts
    assert "[name]" in printed.out
    assert len(watcher.lines) > len(QUESTIONS)
    _nothing_in(
        {
            "answers": "\n".join(said),
            "prompts": prompts,
            "stdout": printed.out,
            "stderr": printed.err,
            "log": "\n".join(watcher.lines),
            "spans": "\n".join(span.to_json() for span in spans.get_finished_spans()),
        }
    )
    assert len(spans.get_finished_spans()) > len(QUESTIONS)


async def test_none_leaves_the_discord_command(
    screens: Screens,
    services: app.Services,
    watcher: Watcher,
    capfd: pytest.CaptureFixture[str],
    enter_room: "Callable[..., Any]",
    tmp_path: Path,
) -> None:
    whole = _consultant(screens, services, BuiltInWriter())
    room: Room
    async with enter_room(whole, services.composer()) as room:
        await room.store.servers.change(room.guild.id, open_channels=[room.channel.id])
        for number, question in enumerate(QUESTIONS[::3]):
            if number % 2:
                result = await room.counselor.slash(room.channel, "consult", question=question.text)
            else:
                form = await room.counselor.slash(room.channel, "consult")
                result = await room.counselor.submit_modal(form, {"happened": question.text})
            await _press_all(room, last_of(result))
        sent = [json.dumps(entry.json, default=str) for entry in room.env.http_requests]
        errors = repr(room.env.errors)
    printed = capfd.readouterr()
    ours = [line for line in watcher.lines if "simcord" not in line]
    assert len(sent) > len(QUESTIONS[::3])
    _nothing_in(
        {
            "sent": "\n".join(sent),
            "errors": errors,
            "stdout": printed.out,
            "stderr": printed.err,
            "log": "\n".join(ours),
        }
    )
    _nothing_in({path.name: data.decode("utf-8", "replace") for path, data in files_in(tmp_path).items()})


async def _press_all(room: Room, answer: ResponseMessage) -> None:
    """Press whatever stands under an answer, and post it where it can be."""
    for label in labels_of(answer):
        pressed = await room.counselor.click(answer, label=label)
        if label == "Share with the channel":
            await room.counselor.click(last_of(pressed), label="Post it here")


@pytest.mark.parametrize("words", [("ask", "--jsonl"), ("screen", "--jsonl")])
def test_none_leaves_the_command_line_or_lands_in_the_data_folder(
    words: tuple[str, ...], data_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_folder, folder)
    before = files_in(folder)
    lines = [json.dumps({"id": f"q{number}", "text": each.text}) for number, each in enumerate(QUESTIONS)]
    torn = [line[:-2] for line in lines[:3]]  # a line that is no JSON must not be echoed either
    ran = Program(tmp_path, folder).run_alone(
        *words, stdin="\n".join([*lines, *torn]).encode(), LOG_LEVEL="DEBUG", PYTHONASYNCIODEBUG="1"
    )
    changed = {path: data for path, data in files_in(tmp_path).items() if before.get(path) != data}
    assert ran.status == 1
    assert len(ran.out.splitlines()) == len(QUESTIONS) + 3
    _nothing_in({"stdout": ran.out, "stderr": ran.err})
    _nothing_in({path.name: data.decode("utf-8", "replace") for path, data in changed.items()})


def test_none_leaves_a_single_question_in_the_terminal(data_folder: Path, tmp_path: Path) -> None:
    text = QUESTIONS[0].text
    program = Program(tmp_path, data_folder)
    asked = program.run_alone("ask", SUPERVISION_QUESTION=text, LOG_LEVEL="DEBUG")
    screened = program.run_alone("screen", text, LOG_LEVEL="DEBUG")
    assert (asked.status, screened.status) == (0, 0)
    _nothing_in({"ask": asked.out + asked.err, "screen": screened.out + screened.err})
