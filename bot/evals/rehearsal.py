"""How well features are observed in labelled lines: `python -m bot.evals.rehearsal FILE ...` prints rates, no line.

A line of a file: `{"line": "...", "situation": "...", "features": ["asked", ...]}`. Targets are the issue's: each
feature's precision 0.92 and recall 0.75, and a defensive line praised in 2% at most.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.evals.intervals import wilson
from bot.rehearse.reader import LineReader
from bot.rehearse.seen import Feature, ReadsLines, Seen
from knowledge.embedding import MiniLmEmbedder
from knowledge.rehearsal import load_rehearsal_model
from knowledge.tuned import load_tuned_model


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line and what a person observed in it."""

    line: str
    features: frozenset[Feature]


def read_labelled(path: Path) -> list[Labelled]:
    """Read a file of labelled lines."""
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Labelled(item["line"], frozenset(map(Feature, item["features"]))) for item in items]


def file_digest(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def table(lines: Sequence[Labelled], seen: Sequence[Seen]) -> str:
    """Return the rates as a Markdown table, with 95% intervals, and the line about praise."""
    rows = ["| Feature | Lines with it | Precision | Recall |", "| --- | --- | --- | --- |"]
    for feature in Feature:
        labelled = [feature in line.features for line in lines]
        named = [feature in one.features for one in seen]
        right = sum(both for both in map(all, zip(labelled, named, strict=True)))
        rows.append(f"| {feature} | {sum(labelled)} | {rate(right, sum(named))} | {rate(right, sum(labelled))} |")
    defensive = [one for line, one in zip(lines, seen, strict=True) if Feature.DEFENDED in line.features]
    silent = sum(not one.features for one in seen)
    praised = sum(bool(one.praised) for one in defensive)
    told = f"Defensive lines praised: {rate(praised, len(defensive))}. Lines without a word: {rate(silent, len(seen))}."
    return "\n".join([*rows, "", told])


def score(path: Path, reader: ReadsLines) -> str:
    """Return the table of one file."""
    lines = read_labelled(path)
    return table(lines, [reader.read(line.line) for line in lines])


def rate(part: int, whole: int) -> str:
    """Return a share with its 95% interval and its counts."""
    if not whole:
        return "none"
    within = wilson(part / whole, whole)
    return f"{part / whole:.3f} ({within.low:.2f} to {within.high:.2f}; {part} of {whole})"


def main() -> None:
    """Score the files that are named, each by itself."""
    reader = LineReader(MiniLmEmbedder(), load_rehearsal_model(), load_tuned_model())
    for name in sys.argv[1:]:
        print(f"{name}\n\n{score(Path(name), reader)}\n")


if __name__ == "__main__":
    main()
