"""The checklist sheet of a review: one row a text, in CSV, filled in anywhere and taken back."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.errors import FixReview
from knowledge.review import Reviewable

COLUMNS = ("id", "kind", "title", "hash", "decision", "note")
_SEPARATORS = ",;\t"


class Decision(StrEnum):
    """What a reviewer decides about one text."""

    ACCEPT = "accept"
    SKIP = "skip"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One filled-in row.

    Attributes:
        text: what it is about.
        decision: what was decided.
        note: what the reviewer wrote beside it, or nothing.
    """

    text: Reviewable
    decision: Decision
    note: str = ""


def write_sheet(texts: Sequence[Reviewable], verdicts: Sequence[Verdict] = (), *, header: bool = True) -> str:
    """Return a sheet: empty rows for texts, and filled-in rows for verdicts."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    if header:
        writer.writerow(COLUMNS)
    writer.writerows((text.id, text.kind, text.title, text.digest, "", "") for text in texts)
    for verdict in verdicts:
        text = verdict.text
        writer.writerow((text.id, text.kind, text.title, text.digest, verdict.decision.value, verdict.note))
    return sheet.getvalue()


def read_sheet(data: bytes, texts: Sequence[Reviewable]) -> tuple[list[Verdict], list[str]]:
    """Read a sheet that was filled in; rows without a decision are left out.

    Args:
        data: the file as a spreadsheet program saves it: UTF-8, with commas, semicolons or tabs.
        texts: the texts as they are now.

    Returns:
        The verdicts, and one sentence for each row that cannot be taken.

    Raises:
        FixReview: it is no such sheet at all.
    """
    known = {text.id: text for text in texts}
    verdicts: list[Verdict] = []
    problems: list[str] = []
    seen: set[str] = set()
    for line, row in _rows(data):
        name = row["id"]
        if name in seen:
            problems.append(f"line {line}: {name} stands twice; remove one of its rows.")
            continue
        seen.add(name)
        try:
            verdict = _verdict(row, known)
        except FixReview as error:
            problems.append(f"line {line}: {error}")
            continue
        verdicts += [verdict] if verdict else []
    return verdicts, problems


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FixReview("the sheet is not UTF-8", 'save it as "CSV UTF-8"') from None
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] = []
    try:
        for row in reader:
            if not header:
                header = [cell.strip().casefold() for cell in row]
                _check_header(header)
            elif any(cell.strip() for cell in row):
                cells = [cell.strip() for cell in row]
                yield reader.line_num, dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
    except csv.Error:
        problem = f"line {reader.line_num} of the sheet is not CSV"
        raise FixReview(problem, "close its quotation marks, or export the sheet again") from None
    if not header:
        raise FixReview("the sheet is empty", "export it again")


def _check_header(header: Sequence[str]) -> None:
    wanted = f"its first line is {','.join(COLUMNS)}"
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise FixReview(f"the sheet has no column {', '.join(missing)}", f"{wanted}; export it again")
    unknown = [column for column in header if column and column not in COLUMNS]
    if unknown or len([column for column in header if column]) > len(COLUMNS):
        raise FixReview(f"the sheet has a column that is not known: {', '.join(unknown) or 'one twice'}", wanted)


def _verdict(row: dict[str, str], known: dict[str, Reviewable]) -> Verdict | None:
    name, word, note = row["id"], row["decision"].casefold(), row["note"]
    text = known.get(name)
    if text is None:
        raise FixReview(
            f"there is no card or crisis text called {name or '(nothing)'}", "restore the id, or remove the row"
        )
    if not word and not note:
        return None
    if word and word not in set(Decision):
        words = ", ".join(Decision)
        raise FixReview(f"{name}: the decision {row['decision']} is not known", f"write one of {words}, or nothing")
    decision = Decision(word or Decision.NOTE)
    if decision is Decision.NOTE and not note:
        raise FixReview(f"{name}: there is no note", "write one beside the decision `note`, or empty the decision")
    if decision is not Decision.SKIP and row["hash"] != text.digest:
        raise FixReview(f"{name} has changed since the sheet was made", "read it again, or empty its decision and note")
    return Verdict(text, decision, note)
