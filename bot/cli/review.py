"""`cards review`: walks a licensed reviewer through cards and crisis texts, by terminal or by sheet."""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from bot.cli.cardview import print_card
from bot.cli.console import open_console
from bot.errors import FixInput
from knowledge.entry import Corpus, Review
from knowledge.errors import FixReview
from knowledge.loader import PACKAGE_FOLDER, load_corpus
from knowledge.review import Reviewable, find_reviewables, require_writable, write_review
from knowledge.sheet import COLUMNS, Decision, Verdict, read_sheet, write_sheet

_NOTES = Path("review-notes.csv")
_PROMPT = "accept, skip, note or quit"
_QUIT = "quit"
_WORDS = {word[:length]: word for word in (*Decision, _QUIT) for length in (1, len(word))}
_ASKED = {
    "role": "Your role, such as clinical supervisor",
    "licence": "Your licence, such as LPC-S or LCSW",
    "jurisdiction": "Where it holds, such as Texas",
}
_DECLARATION = (
    "By accepting a text you say that you hold this licence, have read the whole text, and would stand by it."
    " Role, licence, jurisdiction and today's date are written into the file; your name is not asked for."
)


@dataclass(frozen=True)
class _Given:
    """What was told of the reviewer on the command line."""

    role: str | None
    licence: str | None
    jurisdiction: str | None


def review(  # noqa: PLR0913  # one parameter an option
    cards: Annotated[
        list[str] | None, typer.Argument(metavar="[CARD]...", help="Only these; without any, all that are unreviewed.")
    ] = None,
    *,
    folder: Annotated[
        Path,
        typer.Option("--folder", help="Folder with corpus/ and the rest.", show_default="the clone you run it from"),
    ] = PACKAGE_FOLDER,
    export: Annotated[Path | None, typer.Option("--export", help="Write a checklist sheet (CSV) and end.")] = None,
    import_: Annotated[Path | None, typer.Option("--import", help="Take back a sheet that was filled in.")] = None,
    role: Annotated[str | None, typer.Option("--role", help=f"{_ASKED['role']}.")] = None,
    licence: Annotated[str | None, typer.Option("--licence", help=f"{_ASKED['licence']}.")] = None,
    jurisdiction: Annotated[str | None, typer.Option("--jurisdiction", help=f"{_ASKED['jurisdiction']}.")] = None,
    notes: Annotated[Path, typer.Option("--notes", help="File (CSV) that notes are added to.")] = _NOTES,
) -> int:
    """Review cards and crisis texts as a licensed person, in the terminal or with a sheet."""
    if export is not None and import_ is not None:
        raise FixInput("a sheet cannot be exported and imported at once", "use one of --export and --import")
    corpus = load_corpus(folder)
    texts = find_reviewables(folder)
    chosen = _choose(texts, cards or [])
    console = open_console(markup=False, soft_wrap=True)
    if export is not None:
        return _export(export, chosen if cards else texts, console)
    require_writable(folder)
    given = _Given(role, licence, jurisdiction)
    if import_ is not None:
        return _import(import_, texts, given, console)
    if not chosen:
        console.print("Every text has been reviewed. Name a card to review it again.")
        return 0
    _check_notes(notes)
    return _Walk(_reviewer(given), corpus, notes, console).go(chosen)


def _choose(texts: Sequence[Reviewable], names: Sequence[str]) -> list[Reviewable]:
    known = {text.id: text for text in texts}
    for name in names:
        if name not in known:
            raise FixInput(f"there is no card called {name}", "`supervision-bot cards list` lists them")
    return [known[name] for name in names] if names else [text for text in texts if not text.reviewed]


def _reviewer(given: _Given) -> Review:
    """Ask what was not told, and refuse what is no answer.

    Raises:
        FixInput: a value told on the command line does not fit.
    """
    today = dt.datetime.now().astimezone().date()
    if _problem_with("date", today):
        raise FixInput(f"this machine says that today is {today}", "set its clock")
    told = {name: getattr(given, name) for name in _ASKED}
    for name, value in told.items():
        if value is not None and (problem := _problem_with(name, value)):
            raise FixInput(f"--{name} cannot be used", problem)
    return Review.model_validate(
        {"date": today, **{name: told[name] or _ask(name, question) for name, question in _ASKED.items()}}
    )


def _ask(name: str, question: str) -> str:
    while True:
        value = str(typer.prompt(question))
        problem = _problem_with(name, value)
        if problem is None:
            return value
        typer.echo(f"{problem[0].upper()}{problem[1:]}.")


def _problem_with(name: str, value: object) -> str | None:
    """Say how to mend one of the reviewer's details, or return None where it is well."""
    sound = {"role": "sound", "licence": "sound", "jurisdiction": "sound", "date": dt.date(2026, 1, 1)}
    try:
        Review.model_validate({**sound, name: value})
    except ValidationError as error:
        detail = error.errors(include_input=False, include_url=False)[0]
        if detail["type"] == "value_error":
            return str(detail["ctx"]["error"])
        return "write 2 to 80 letters and digits; it begins with a letter"
    return None


@dataclass
class _Walk:
    """One reviewer's way through some texts."""

    reviewer: Review
    corpus: Corpus
    notes: Path
    console: Console
    counts: dict[Decision, int] = field(default_factory=lambda: dict.fromkeys(Decision, 0))

    def go(self, texts: Sequence[Reviewable]) -> int:
        """Show one text after the other and do as the reviewer decides."""
        self.console.print(f"\n{_DECLARATION}")
        for number, text in enumerate(texts, 1):
            self.console.print(f"\n--- {number} of {len(texts)}: {text.kind} ---\n")
            self._show(text)
            word = _ask_decision()
            if word == _QUIT:
                break
            self._decide(text, Decision(word))
        self.console.print(
            f"\n{self.counts[Decision.ACCEPT]} accepted, {self.counts[Decision.SKIP]} skipped,"
            f" {self.counts[Decision.NOTE]} noted{f' in {self.notes}' if self.counts[Decision.NOTE] else ''}."
        )
        return 0

    def _show(self, text: Reviewable) -> None:
        card = self.corpus.by_id.get(text.id)
        if card is not None:
            print_card(card, self.corpus, self.console, all_asks=True)
        else:
            self.console.print(text.path.read_text(encoding="utf-8"))

    def _decide(self, text: Reviewable, decision: Decision) -> None:
        if decision is Decision.ACCEPT:
            write_review(text, self.reviewer)
        elif decision is Decision.NOTE:
            note = str(typer.prompt("Your note, for those who write the cards")).encode("utf-8", "replace").decode()
            _add_note(self.notes, Verdict(text, decision, note))
        self.counts[decision] += 1


def _ask_decision() -> str:
    while True:
        typed = str(typer.prompt(f"\n{_PROMPT}")).strip().casefold()
        if typed in _WORDS:
            return str(_WORDS[typed])
        typer.echo(f"Type {_PROMPT}, or its first letter.")


def _check_notes(path: Path) -> None:
    """Refuse to add notes to a file that is no sheet of ours or cannot be written, before any note is typed."""
    try:
        first = (
            path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].rstrip("\r") if path.exists() else ""
        )
    except OSError as error:
        raise _unusable(path, error) from None
    if path.exists() and first != ",".join(COLUMNS):
        raise FixInput(f"{path} is not a sheet of notes", "name another file with --notes")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise FixInput(f"notes cannot be written to {path}", "name another file with --notes")


def _add_note(path: Path, verdict: Verdict) -> None:
    try:
        header = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(write_sheet([], [verdict], header=header))
    except OSError as error:
        raise _unusable(path, error) from None


def _export(path: Path, texts: Sequence[Reviewable], console: Console) -> int:
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(write_sheet(texts))
    except FileExistsError:
        raise FixInput(f"{path} is there already", "name a new file, so that no sheet is lost") from None
    except OSError as error:
        raise _unusable(path, error) from None
    console.print(
        f"{len(texts)} rows in {path}. Write accept, skip or note in the column `decision`, and take it back"
        f" with `supervision-bot cards review --import {path}`."
    )
    return 0


def _import(path: Path, texts: Sequence[Reviewable], given: _Given, console: Console) -> int:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unusable(path, error) from None
    verdicts, problems = read_sheet(data, texts)
    if problems:
        for problem in problems:
            console.print(problem)
        count = len(problems)
        raise FixReview(f"rows of {path} that cannot be taken: {count}", "mend them; nothing was written")
    accepted = [verdict.text for verdict in verdicts if verdict.decision is Decision.ACCEPT]
    if accepted:
        reviewer = _reviewer(given)
        for text in accepted:
            write_review(text, reviewer)
    for verdict in verdicts:
        if verdict.note:
            console.print(f"Note on {verdict.text.id}: {verdict.note}")
    skipped = sum(verdict.decision is Decision.SKIP for verdict in verdicts)
    console.print(f"{len(accepted)} accepted, {skipped} skipped, {len(texts) - len(verdicts)} without a decision.")
    return 0


def _unusable(path: Path, error: OSError) -> FixInput:
    reason = os.strerror(error.errno).lower() if error.errno else "no reason was given"
    return FixInput(f"{path} cannot be used ({reason})", "name another file")
