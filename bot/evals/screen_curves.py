"""What other thresholds of the danger screen would give: recall against false alarms, as a table and a plot.

Run by `python -m bot.evals.screen_curves`. It reads the blind files for rates alone and prints no text.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.safety.crisis import CrisisScreen, level_at
from bot.safety.verdicts import Level
from knowledge.embedding import MiniLmEmbedder
from knowledge.screens.model import ScreenModel, load_screen_model
from knowledge.tuned import load_tuned_model

_EVALS = Path("tests/evals")
_PLOT = Path("docs/screens-trade-off.svg")
_QUANTILES = (0.80, 0.84, 0.86, 0.88, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995)
"""Shares of everyday questions without danger that stay below a threshold."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What the curves are drawn over; texts only.

    Attributes:
        crises: tell of danger.
        cautions: ask for a check.
        hard: calm, with words that sound like danger.
        everyday: questions of the mixed sets that tell of no danger.
    """

    crises: Sequence[str]
    cautions: Sequence[str]
    hard: Sequence[str]
    everyday: Sequence[str]


@dataclass(frozen=True, slots=True)
class Point:
    """Shares at one threshold; all from 0 to 1.

    Attributes:
        threshold: the score from which a reading has the level.
        crises: of the crises that have the level or a higher one.
        cautions: of the cautions.
        hard: of the hard calm lines.
        everyday: of the everyday questions.
    """

    threshold: float
    crises: float
    cautions: float
    hard: float
    everyday: float


def curves(model: ScreenModel, embedder: MiniLmEmbedder, lines: Lines) -> dict[Level, list[Point]]:
    """Return what each threshold gives, for crises and for cautions; the other one stays as shipped.

    Each text is read once.
    """
    screen = CrisisScreen(embedder=embedder, model=model, tuned=load_tuned_model())
    read = {name: [screen.signs(text) for text in getattr(lines, name)] for name in Lines.__slots__}
    card = model.card

    def thresholds(level: Level) -> list[float]:
        scores = [signs.score for signs in read["everyday"]]
        of_level = [score.crisis if level is Level.CRISIS else score.caution for score in scores]
        return [float(at) for at in np.quantile(of_level, _QUANTILES)]

    def point(at: float, level: Level) -> Point:
        crisis, caution = (at, card.caution) if level is Level.CRISIS else (card.crisis, at)
        shares = {
            name: float(np.mean([level_at(signs, crisis=crisis, caution=caution) >= level for signs in of_kind]))
            for name, of_kind in read.items()
        }
        return Point(at, **shares)

    return {level: [point(at, level) for at in thresholds(level)] for level in (Level.CRISIS, Level.CAUTION)}


def read_lines(folder: Path = _EVALS) -> Lines:
    """Read the blind files."""
    danger = _read(folder / "screens-blind-danger.jsonl")
    mixed = [one for name in ("blind", "blind-2") for one in _read(folder / f"{name}.jsonl")]
    calm = [one["text"] for one in mixed if "crisis" not in (one["expect"]["behaviour"], *one["expect"]["also_ok"])]
    by_label = {
        label: [one["text"] for one in danger if one["label"] == label] for label in ("crisis", "caution", "calm")
    }
    return Lines(by_label["crisis"], by_label["caution"], by_label["calm"], calm)


def table(points: Sequence[Point], shipped: float) -> str:
    """Return the points as a table, the one nearest to the shipped threshold marked."""
    nearest = min(points, key=lambda point: abs(point.threshold - shipped))
    rows = ["| threshold | crises | cautions | hard calm | everyday |", "| --- | --- | --- | --- | --- |"]
    for point in points:
        shares = (point.crises, point.cautions, point.hard, point.everyday)
        mark = " (near the shipped one)" if point is nearest else ""
        rows.append(f"| {point.threshold:.2f}{mark} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
    return "\n".join(rows)


def plot(crisis: Sequence[Point], caution: Sequence[Point], file: Path = _PLOT) -> None:
    """Draw both curves as SVG."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # an extra

    figure = Figure(figsize=(7.2, 3.4), layout="constrained")
    axes = figure.subplots(1, 2)
    for ax, points, title in ((axes[0], crisis, "given as a crisis"), (axes[1], caution, "given a caution or more")):
        ax.plot([p.everyday for p in points], [p.crises for p in points], marker=".", label="crises")
        ax.plot([p.everyday for p in points], [p.cautions for p in points], marker=".", label="cautions")
        ax.plot([p.everyday for p in points], [p.hard for p in points], marker=".", label="hard calm lines")
        ax.set(title=title, xlabel="share of everyday questions", ylabel="share of each kind", ylim=(0, 1.02))
        ax.grid(alpha=0.3)
    figure.legend(*axes[0].get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=3)
    figure.savefig(file, format="svg", metadata={"Date": None})


def _read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Print both tables and draw the plot."""
    model, embedder, lines = load_screen_model(), MiniLmEmbedder(threads=2), read_lines()
    found = curves(model, embedder, lines)
    crisis, caution = found[Level.CRISIS], found[Level.CAUTION]
    sys.stdout.write(f"Crisis\n\n{table(crisis, model.card.crisis)}\n\n")
    sys.stdout.write(f"Caution or more\n\n{table(caution, model.card.caution)}\n")
    plot(crisis, caution)


if __name__ == "__main__":
    main()
