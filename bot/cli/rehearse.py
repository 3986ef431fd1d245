"""`rehearse`: a repair said to a simulated client, with feedback after each line; nothing of it is kept."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import typer

from bot.cli.console import open_console, read_line
from bot.cli.lines import Asked, answer_each
from bot.cli.services import build_services, read_settings
from bot.errors import FixInput

if TYPE_CHECKING:
    from rich.console import Console

    from bot.app import Services
    from bot.rehearse.reader import LineReader
    from bot.rehearse.session import Rehearsal
    from bot.safety.screening import Screens
    from knowledge.scenarios import Scenario

_WELCOME = (
    "You say three to five lines of a repair to an invented client, and read after each what I observed in it.\n"
    "No names, places or dates of real people, please. An empty line or Ctrl-D ends it; nothing is kept."
)
_MODEL = "A language model reads your lines, after identifying details were taken out, to word the feedback. {notice}"
_WITHHELD = "I could not be sure that every identifying detail was out of that line. Please say it in other words."
_ENOUGH = "That is enough to stop at; an empty line ends it with a summary."


def rehearse(
    scenario: Annotated[str | None, typer.Argument(help="A scenario's id; without it they are listed.")] = None,
    *,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help="Read lines as JSON lines from standard input, write what is observed in them."),
    ] = False,
) -> int:
    """Rehearse a repair with a simulated client; feedback names only what was observed in each line."""
    settings = read_settings()
    if jsonl:
        if scenario is not None:
            raise FixInput("--jsonl reads lines without a scenario", "leave the scenario out, or leave --jsonl out")
        return observe_lines(*_reading_parts(), sys.stdin.buffer, sys.stdout)
    from knowledge.loader import load_corpus  # noqa: PLC0415  # pydantic takes a while to import
    from knowledge.scenarios import load_scenarios  # noqa: PLC0415  # the same

    scenarios = {one.id: one for one in load_scenarios(load_corpus())}
    if scenario is None:
        return _list(scenarios)
    if scenario not in scenarios:
        raise FixInput(f"there is no scenario called {scenario}", "`supervision-bot rehearse` lists them")
    return Room(build_services(settings)).run(scenarios[scenario])


def observe_lines(screens: "Screens", reader: "LineReader", source: BinaryIO, sink: TextIO) -> int:
    """Read each JSON line of the source; one JSON line each in the sink, in order; danger is read first.

    Returns:
        1 where any line could not be read, else 0.
    """

    async def observe(asked: Asked) -> dict[str, Any]:
        screening = screens.read(asked.text, asked.thread)
        level = screening.alarm.level.name.lower()
        if level == "crisis" or screening.redaction is None:
            return {"id": asked.id, "level": level, "withheld": screening.redaction is None, "features": []}
        seen = reader.read(screening.redaction.text)
        return {
            "id": asked.id,
            "level": level,
            "withheld": False,
            "features": sorted(seen.features),
            "praised": sorted(seen.praised),
        }

    return answer_each(source, sink, observe)


def _list(scenarios: "dict[str, Scenario]") -> int:
    console = open_console(markup=False, soft_wrap=True)
    for scenario in scenarios.values():
        console.print(f"{scenario.id}: {scenario.title} ({scenario.marker}, {scenario.theme})")
    return 0


def _reading_parts() -> "tuple[Screens, LineReader]":
    from bot.rehearse.reader import LineReader  # noqa: PLC0415  # onnxruntime takes a while to import
    from bot.safety.screening import load_screens  # noqa: PLC0415  # the same
    from knowledge.embedding import MiniLmEmbedder  # noqa: PLC0415  # the same
    from knowledge.rehearsal import load_rehearsal_model  # noqa: PLC0415  # the same
    from knowledge.tuned import load_tuned_model  # noqa: PLC0415  # the same

    embedder = MiniLmEmbedder()
    return load_screens(embedder), LineReader(embedder, load_rehearsal_model(), load_tuned_model())


class Room:
    """Where one rehearsal takes place."""

    def __init__(self, services: "Services", console: "Console | None" = None) -> None:
        """Hold the services, and where it is printed and typed; the terminal where None."""
        self._services = services
        self._console = console or open_console()

    def run(self, scenario: "Scenario") -> int:
        """Let lines be typed until the rehearsal ends."""
        from bot.rehearse.feedback import feedback, summary  # noqa: PLC0415  # together with the heavy parts
        from bot.rehearse.session import FEWEST_LINES, Rehearsal  # noqa: PLC0415  # the same

        corpus, rehearsals = self._services.corpus, self._services.rehearsals
        rehearsal = Rehearsal(scenario)
        settings = self._services.settings
        notice = settings.llm_notice
        self._console.print(_WELCOME, style="dim")
        if settings.llm_model:
            self._console.print(_MODEL.format(notice=notice or "").rstrip(), style="dim", markup=False)
        self._tell(f"**{scenario.title}**\n{scenario.setting}\n{scenario.happened}", _says(rehearsal))
        with asyncio.Runner() as runner:
            while not rehearsal.is_over and (typed := read_line(self._console, "\n[bold]You: [/bold]")):
                line = self._screened(typed, runner)
                if line is None:
                    continue
                rehearsal = rehearsal.with_line(line, rehearsals.observe(line))
                enough = _ENOUGH if len(rehearsal.turns) == FEWEST_LINES else ""
                worded = runner.run(rehearsals.word(rehearsal))
                told = feedback(scenario, rehearsal.turns[-1].seen, corpus, worded.sentences)
                self._tell(*told, worded.told(notice), _says(rehearsal), enough)
        self._tell(*summary(rehearsal, corpus))
        return 0

    def _screened(self, typed: str, runner: asyncio.Runner) -> str | None:
        """Return a line without identifiers; None where the steps for a danger were shown, or it has to be reworded."""
        from bot.cli.terminal import show  # noqa: PLC0415  # together with the heavy parts

        consultant = self._services.consultant
        if referral := runner.run(consultant.danger(typed)):
            show(self._services.composer().compose(referral), self._console)
            return None
        redaction = runner.run(consultant.redact(typed))
        if redaction is None:
            self._tell(_WITHHELD)
        return redaction.text if redaction else None

    def _tell(self, *texts: str) -> None:
        from bot.cli.terminal import show  # noqa: PLC0415  # together with the heavy parts
        from bot.consult.reply import Part, Reply, Role  # noqa: PLC0415  # the same

        self._console.print()
        parts = tuple(Part(Role.TEXT, text) for text in texts if text)
        show(Reply(parts, self._services.composer().close()), self._console)


def _says(rehearsal: "Rehearsal") -> str:
    return f"**The client:** {rehearsal.client_says}"
