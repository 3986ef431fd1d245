"""The table of faults: a row for each fault that a program of these made, with what it measured."""

from dataclasses import dataclass, field
from pathlib import Path

HEAD = ("Fault", "What people saw", "Back after", "Lost")


@dataclass(frozen=True)
class Row:
    """What a fault did.

    Attributes:
        fault: what was done to the program, with how often.
        saw: what people saw of it, counted.
        back: seconds until a question was answered again; None where that was never in question.
        lost: what is not there any more that somebody was told is there.
    """

    fault: str
    saw: str
    back: float | None
    lost: str


@dataclass
class Table:
    """The rows so far."""

    title: str
    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Take a row."""
        self.rows.append(row)

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [
            "| "
            + " | ".join((row.fault, row.saw, "at once" if row.back is None else f"{row.back:.1f} s", row.lost))
            + " |"
            for row in self.rows
        ]
        return "\n".join(["| " + " | ".join(HEAD) + " |", "| --- | --- | --- | --- |", *lines]) + "\n"

    def write(self, folder: Path) -> Path:
        """Write it into a folder, and return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.title}.md"
        path.write_text(self.markdown(), encoding="utf-8")
        return path
