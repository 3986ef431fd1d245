"""How well it is noticed who is made the explanation: `python -m bot.evals.reflecting FILE ...` prints rates, no line.

A line of a file: `{"between": "...", "felt": "...", "told": "client"}`; `told` is `client`, `self`, `both` or `none`.
Aimed at, for the client and for oneself: precision 0.92 and recall 0.75. Of the others nothing is said.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.consult.share import Told, whose_share
from bot.evals.rehearsal import rate

NAMED = (Told.CLIENT, Told.SELF)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A reflection, and whom a person reads in it as the whole explanation."""

    between: str
    felt: str
    told: Told


def read_reflections(path: Path) -> list[Labelled]:
    """Read a file of labelled reflections."""
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Labelled(item["between"], item["felt"], Told(item["told"])) for item in items]


def counts(reflections: Sequence[Labelled], told: Told) -> tuple[int, int, int]:
    """Return how many were rightly noticed, how many were noticed, and how many there are."""
    noticed = [whose_share(one.between, one.felt) is told for one in reflections]
    labelled = [one.told is told for one in reflections]
    return sum(map(all, zip(noticed, labelled, strict=True))), sum(noticed), sum(labelled)


def table(reflections: Sequence[Labelled]) -> str:
    """Return the rates as a Markdown table, with 95% intervals."""
    rows = ["| The whole explanation | Reflections | Precision | Recall |", "| --- | --- | --- | --- |"]
    for told in NAMED:
        right, noticed, there = counts(reflections, told)
        rows.append(f"| {told} | {there} | {rate(right, noticed)} | {rate(right, there)} |")
    return "\n".join(rows)


def main() -> None:
    """Score the files that are named, each by itself."""
    for name in sys.argv[1:]:
        print(f"{name}\n\n{table(read_reflections(Path(name)))}\n")


if __name__ == "__main__":
    main()
