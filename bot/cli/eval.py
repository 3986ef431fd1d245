"""`eval`: run labelled questions, measure what came of them, and compare two runs."""

import asyncio
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.cli.console import open_console
from bot.cli.progress import counted
from bot.cli.services import build_services, read_settings
from bot.errors import InstallExtra

if TYPE_CHECKING:
    from bot.evals.compare import Change, Comparison
    from bot.evals.questions import QuestionSet
    from bot.evals.report import GroundingLine, Report

_QUESTIONS = Path("tests/evals/tuning.jsonl")
_FOLDER = Path("reports")
_NEEDED = ("jinja2", "matplotlib")


def build_group() -> typer.Typer:
    """Return the command with its one inner command."""
    group = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
    group.callback()(evaluate)
    group.command("compare")(compare)
    return group


def evaluate(
    context: typer.Context,
    *,
    questions: Annotated[
        Path, typer.Option("--questions", help="Labelled questions, one JSON object a line.")
    ] = _QUESTIONS,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", help="Folder for the report; a run that was stopped goes on there.", show_default="reports/SET"
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away the run that lies in the folder.")] = False,
    misses: Annotated[bool, typer.Option("--misses", help="Name the questions that fell short, by id.")] = False,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Write report.html, with plots.")] = True,
) -> int:
    """Answer labelled questions, print the figures, and write a report."""
    if context.invoked_subcommand is not None:
        return 0
    if page:
        _require_plots()
    from bot.evals.questions import read_questions  # noqa: PLC0415  # the other commands do without all these
    from bot.evals.report import write_report  # noqa: PLC0415
    from bot.evals.run import claimed  # noqa: PLC0415
    from knowledge.loader import load_corpus  # noqa: PLC0415

    asked = read_questions(questions, load_corpus().topics)
    folder = report or _FOLDER / questions.stem
    with claimed(folder):
        made = _run(asked, folder, fresh=fresh)
        write_report(made, folder)
        if page:
            from bot.evals.page import write_page  # noqa: PLC0415  # matplotlib takes a second to import

            write_page(made, folder)
    _show(made, misses=misses)
    open_console(soft_wrap=True).print(f"Written: {folder / 'report.json'}", markup=False)
    return 0


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A report's folder.", show_default=False)],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another's, on the same questions.", show_default=False)],
) -> int:
    """Print what each figure gained or lost from report A to report B, and which questions changed."""
    from bot.evals import compare as comparing  # noqa: PLC0415  # numpy and the screens are not light
    from bot.evals.report import read_report  # noqa: PLC0415

    _show_comparison(comparing.compare(read_report(first), read_report(second)))
    return 0


def _require_plots() -> None:
    if any(find_spec(package) is None for package in _NEEDED):
        raise InstallExtra(
            "report.html needs matplotlib and jinja2, which are not installed",
            'install them: pip install "supervision-assistant[eval]", or leave the page out with --no-page',
        )


def _run(asked: "QuestionSet", folder: Path, *, fresh: bool) -> "Report":
    from bot.evals.configuration import describe  # noqa: PLC0415  # together with the heavy parts
    from bot.evals.report import make_report  # noqa: PLC0415
    from bot.evals.run import Answering, answer_all  # noqa: PLC0415

    settings = read_settings()
    services = build_services(settings)
    answering = Answering(
        consultant=services.consultant,
        composer=services.composer,
        region=settings.region,
        configuration=describe(settings),
    )
    with counted("Answering", "questions") as progress:
        answers = asyncio.run(answer_all(asked, answering, folder, fresh=fresh, progress=progress))
    return make_report(asked, answers, answering.configuration, datetime.now(UTC))


def _show(report: "Report", *, misses: bool) -> None:
    console = open_console()
    table = Table("Metric", box=None, pad_edge=False)
    for head in ("Value", "95% interval", "Questions"):
        table.add_column(head, justify="right", no_wrap=True)
    for name, line in report.metrics.items():
        better = " (lower is better)" if line.lower_is_better else ""
        table.add_row(name + better, f"{line.value:.3f}", f"{line.low:.3f} to {line.high:.3f}", str(line.questions))
    for stage, spread in report.latency.items():
        if stage == "total":
            table.add_row(
                "ms, median; 95% are under", f"{spread.median:.1f}", f"{spread.p95:.1f}", str(spread.questions)
            )
    console.print(table)
    plain = open_console(soft_wrap=True, markup=False)
    if len(report.writers) > 1:
        counts = ", ".join(f"{writer} {answers}" for writer, answers in report.writers.items())
        plain.print(f"Answers by: {counts}. A model that fails leaves its answer to the built-in writer.")
    if report.grounding:
        plain.print(_grounded(report.grounding))
    if misses:
        for name, rows in report.misses().items():
            plain.print(f"Missed {name}: {', '.join(f'{row.id} ({row.category})' for row in rows)}")


def _grounded(line: "GroundingLine") -> str:
    judged = ", ".join(f"{judge} {answers}" for judge, answers in line.judges.items())
    return (
        f"Answers by a model: {line.answers}. Grounded suggestions: {line.grounded}; "
        f"statements dropped: {line.dropped}, of them missing: {line.missing}; filled from the cards: {line.filled}. "
        + (f"Judged beside the code by: {judged}." if judged else "No model judged beside the code.")
    )


def _show_comparison(found: "Comparison") -> None:
    plain = open_console(soft_wrap=True, markup=False)
    plain.print(f"Questions in both: {found.questions}; only in A: {found.only_first}; only in B: {found.only_second}.")
    if not found.same_set:
        plain.print("The files of questions differ; a question counts as the same by its id.")
    for part, first, second in found.parts:
        plain.print(f"{part}: {first} -> {second}")
    table = Table("Metric", box=None, pad_edge=False)
    for head in ("A", "B", "B - A", "95% interval", ""):
        table.add_column(head, justify="left" if not head else "right", no_wrap=True)
    for change in found.changes:
        span = change.difference.interval
        figures = [f"{change.first:.3f}", f"{change.second:.3f}", f"{change.difference.value:+.3f}"]
        table.add_row(change.name, *figures, f"{span.low:+.3f} to {span.high:+.3f}", _verdict(change))
    table.add_row("ms, median", *(f"{time:.1f}" for time in found.milliseconds))
    open_console().print(table)
    for change in found.changes:
        for word, ids in (("better", change.gained), ("worse", change.lost), ("asked in one run only", change.asked)):
            if ids:
                plain.print(f"{change.name}, {word}: {', '.join(ids)}")
    for one in found.moved:
        plain.print(f"{one.id} ({one.category}): {one.first} -> {one.second}")


def _verdict(change: "Change") -> str:
    if not change.difference.certain:
        return ""
    return "better" if (change.difference.value > 0) != change.lower_is_better else "worse"
