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
from bot.consult.notice import ModelNotice
from bot.consult.pipeline import Consultant
from bot.consult.ports import Writer
from bot.consult.record import record
from bot.llm.build import build_llm
from bot.safety.screening import Screens
from bot.settings import Settings
from bot.tracing import tracing
from tests.cli.process import Program
from tests.cogs.conftest import Room
from tests.cogs.people import manager_of
from tests.cogs.shown import labels_of, last_of
from tests.leak.conftest import Watcher, files_in
from tests.leak.planted import Question, found, questions
from tests.llm.server import ModelServer, model_server
from tests.rehearse.fakes import rehearsals_of

QUESTIONS = questions()
_WITH_A_THREAD = (1, 3)
_TOO_LONG = 20
"""Times that a question is repeated to be too long to be read for more than danger."""

_WITHIN = "ashamed, and I wanted to tell "

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


async def test_none_leaves_what_is_reflected_before_an_answer(
    screens: Screens,
    services: app.Services,
    watcher: Watcher,
    capfd: pytest.CaptureFixture[str],
    enter_room: "Callable[..., Any]",
    tmp_path: Path,
) -> None:
    room: Room
    async with model_server() as server:
        whole = _consultant(screens, services, _llm(server, tmp_path))
        async with enter_room(whole, services.composer()) as room:
            for typed in QUESTIONS[:8:2]:
                offer = await room.counselor.slash(room.channel, "consult", question=_CALM, reflect=True)
                if "Reflect first" not in labels_of(last_of(offer)):
                    continue  # after a crisis in this place only the steps are given
                form = await room.counselor.click(last_of(offer), label="Reflect first")
                await room.counselor.submit_modal(
                    form, {"between": typed.text[:550], "felt": _WITHIN + typed.planted[0]}
                )
                await room.counselor.slash(room.channel, "supervision note")
            sent = [json.dumps(entry.json, default=str) for entry in room.env.http_requests]
            errors = repr(room.env.errors)
        prompts = json.dumps(server.asked)
    printed = capfd.readouterr()
    assert "What may have happened between us" in prompts
    assert "[name]" in prompts
    assert any("Between us, I think" in each for each in sent)
    ours = [line for line in watcher.lines if "simcord" not in line]
    _nothing_in(
        {
            "sent": "\n".join(sent),
            "prompts": prompts,
            "errors": errors,
            "stdout": printed.out,
            "stderr": printed.err,
            "log": "\n".join(ours),
        }
    )
    _nothing_in({path.name: data.decode("utf-8", "replace") for path, data in files_in(tmp_path).items()})


async def test_none_leaves_a_field_that_is_typed_into_beside_a_question(
    screens: Screens,
    services: app.Services,
    watcher: Watcher,
    capfd: pytest.CaptureFixture[str],
    enter_room: "Callable[..., Any]",
    tmp_path: Path,
) -> None:
    """The note, a rehearsal with a model, and the scope card, with LangChain's tracing on."""
    notice = ModelNotice(configured=True)
    room: Room
    async with model_server() as server:
        server.answers.append({"sentences": []})
        settings = Settings(
            data_dir=tmp_path / "model", llm_model="openai:small", llm_base_url=server.url, llm_api_key=SecretStr("k")
        )
        writer = build_llm(settings, fallback=BuiltInWriter()).feedback
        rehearsals = rehearsals_of(services.corpus, writer)
        whole = _consultant(screens, services, BuiltInWriter())
        with _tracing():
            async with enter_room(whole, services.composer(), model=notice, rehearsals=rehearsals) as room:
                await room.store.servers.change(room.guild.id, open_channels=[room.channel.id])
                sent = await _type_into_every_field(room, QUESTIONS[0], QUESTIONS[6])
        prompts = json.dumps(server.asked)
    printed = capfd.readouterr()
    assert "You made room" in sent
    assert "<line>" in prompts
    _nothing_in(
        {
            "sent": sent,
            "prompts": prompts,
            "stdout": printed.out,
            "stderr": printed.err,
            "log": "\n".join(line for line in watcher.lines if "simcord" not in line),
        }
    )
    _nothing_in({path.name: data.decode("utf-8", "replace") for path, data in files_in(tmp_path).items()})


async def _type_into_every_field(room: Room, first: Question, second: Question) -> str:
    """Type planted identifiers into each form, and return everything that the bot sent."""
    person, channel = room.counselor, room.channel
    note = await person.slash(channel, "supervision note")
    form = await person.select(last_of(note), ["my_part"])
    await person.submit_modal(form, {"text": first.text})
    begun = await person.slash(channel, "rehearse", scenario="polite-since-late")
    form = await person.click(last_of(begun), label="Say a line")
    await person.submit_modal(form, {"text": f"asked. {second.text}"})
    manager = manager_of(room)
    form = await manager.slash(channel, "setup scope")
    await manager.submit_modal(
        form,
        dict.fromkeys(("setting", "licences", "on_call"), f"asked by {first.planted[0]}. email {first.planted[5]}"),
    )
    return "\n".join(json.dumps(entry.json, default=str) for entry in room.env.http_requests)


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
    reflected = program.run_alone(
        "ask", "--reflect", _CALM, stdin=f"{text}\n{_WITHIN}{text}\n".encode(), LOG_LEVEL="DEBUG"
    )
    assert (asked.status, screened.status, reflected.status) == (0, 0, 0)
    _nothing_in({"ask": asked.out + asked.err, "screen": screened.out + screened.err})
    _nothing_in({"reflect": reflected.out + reflected.err})
