"""Draws a report's plots with matplotlib, as SVG that takes its colours from the page."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter, StrMethodFormatter

from bot.consult.coverage import LEAST_PROBABILITY
from bot.evals import curves
from bot.evals.report import Report, Row

_INK, _FAINT, _MAIN, _OTHER = "#010203", "#040506", "#070809", "#0a0b0c"
_PAGE_COLOURS = {_INK: "var(--ink)", _FAINT: "var(--faint)", _MAIN: "var(--main)", _OTHER: "var(--other)"}
"""Stand-ins, as matplotlib takes no names of a page's variables; so one drawing serves light, dark and print."""

_ID = re.compile(r' id="([^"]+)"')
_REFERENCE = re.compile(r'(?:url\(|href=")#([^")]+)')
_WIDTH = 7.2
_STRONGEST = 0.5
"""How opaque the fullest cell is; its number has to stay readable on a light page and a dark one."""

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",  # comes with matplotlib, wider than most; the page puts its own in
    "font.size": 10.0,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.0,
    "xtick.color": _FAINT,
    "ytick.color": _FAINT,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "grid.color": _FAINT,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True)
class Plot:
    """One drawing.

    Attributes:
        name: unique on a page.
        title: what it shows.
        alt: what is to be seen in it, in words and figures.
        note: how to read it.
        svg: an `svg` element to stand in a page that sets the variables ink, faint, main and other.
    """

    name: str
    title: str
    alt: str
    note: str
    svg: str


def draw(report: Report) -> list[Plot]:
    """Draw every plot that the questions tell something for."""
    with mpl.rc_context(_STYLE):
        found = curves.calibration(report.rows)
        coverage = _calibration(found) if found else None
        plots = (_rank(report.rows), _confusion(report.rows), coverage, _latency(report))
    return [plot for plot in plots if plot is not None]


def _rank(rows: Sequence[Row]) -> Plot | None:
    points = curves.by_rank(rows)
    if not points:
        return None
    figure = Figure(figsize=(_WIDTH, 3.2), layout="constrained")
    axes = figure.subplots()
    places = [point.places for point in points]
    shares = [point.share for point in points]
    low, high = [point.interval.low for point in points], [point.interval.high for point in points]
    axes.fill_between(places, low, high, color=_MAIN, alpha=0.18, linewidth=0)
    axes.plot(places, shares, color=_MAIN, marker="o", linewidth=1.8)
    for point in points:
        axes.annotate(
            f"{point.share:.0%}", (point.places, point.share), (0, -15), textcoords="offset points", ha="center"
        )
    axes.set_xlabel("Cards looked at, best first")
    axes.set_ylabel("On topic")
    axes.set_xticks(places)
    axes.set_xlim(places[0] - 0.4, places[-1] + 0.4)
    axes.set_ylim(max(0.0, min(low) - 0.12), 1.02)
    _percent(axes)
    told = ", ".join(f"{point.share:.1%} within {point.places}" for point in points if point.places in {1, 3, 5, 8})
    return Plot(
        "rank",
        "Retrieval by rank",
        f"Rising line: share of answerable questions with a card on topic. {told}.",
        "Share of answerable questions with a card on topic among the first cards; the band is the 95% interval.",
        _svg(figure, "rank"),
    )


def _confusion(rows: Sequence[Row]) -> Plot:
    table = curves.confusion(rows)
    height = 0.42 * len(table.categories) + 1.0
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.subplots()
    for down, counts in enumerate(table.counts):
        for across, count in enumerate(counts):
            refused = table.refused[down][across]
            place = (across - 0.5, down - 0.5)
            colour = _OTHER if refused * 2 > count else _MAIN
            axes.add_patch(Rectangle(place, 1, 1, color=colour, alpha=_STRONGEST * count / sum(counts), linewidth=0))
            if count:
                label = f"{count} ({refused} amiss)" if refused else str(count)
                axes.text(across, down, label, ha="center", va="center")
    axes.set_xlim(-0.5, len(table.outcomes) - 0.5)
    axes.set_ylim(len(table.categories) - 0.5, -0.5)
    axes.set_xticks(range(len(table.outcomes)), [name.replace("_", " ") for name in table.outcomes])
    axes.set_yticks(range(len(table.categories)), table.categories)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    amiss = sum(map(sum, table.refused))
    lines = [_in_words(name, table, down) for down, name in enumerate(table.categories)]
    return Plot(
        "outcomes",
        "Outcomes by category",
        f"Table of counts. {'; '.join(lines)}. {amiss} of {len(rows)} are amiss.",
        "How many questions of each category came to each outcome; amiss is what the labels do not accept.",
        _svg(figure, "outcomes"),
    )


def _in_words(category: str, table: curves.Confusion, row: int) -> str:
    counts = zip(table.outcomes, table.counts[row], strict=True)
    return f"{category}: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts if count)


def coverage_plot(found: curves.Calibration) -> Plot:
    """Draw how far the coverage probability can be trusted, outside a report."""
    with mpl.rc_context(_STYLE):
        return _calibration(found)


def standing_alone(svg: str) -> str:
    """Return a drawing as a file of its own, readable on a light page and on a dark one."""
    colours = "svg { --ink: #777; --faint: #999; --main: #2f7fc1; --other: #c1662f; font-family: sans-serif }"
    head, end, rest = svg.partition(">")
    return f"{head}{end}\n<style>{colours}</style>{rest}"


def _calibration(found: curves.Calibration) -> Plot:
    figure = Figure(figsize=(_WIDTH, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    _reliability(left, found)
    _trade(right, found)
    bins = "; ".join(f"{one.observed:.0%} of {one.questions} at {one.predicted:.2f}" for one in found.bins)
    skipped = f" {found.skipped} were decided before it was asked." if found.skipped else ""
    return Plot(
        "coverage",
        "Calibration of coverage",
        f"Left: share covered against the probability given: {bins}. {_trade_in_words(found)}",
        "Left: of the questions given a probability, how many the cards do cover, with 95% intervals and the number of "
        "questions; on the diagonal the probability can be taken at its word. Right: what each threshold would cost. "
        f"Brier score {found.brier:.3f}, mean distance from the diagonal {found.error:.3f}.{skipped}",
        _svg(figure, "coverage"),
    )


def _reliability(axes: Axes, found: curves.Calibration) -> None:
    predicted = [one.predicted for one in found.bins]
    observed = [one.observed for one in found.bins]
    below = [one.observed - one.interval.low for one in found.bins]
    above = [one.interval.high - one.observed for one in found.bins]
    axes.plot([0, 1], [0, 1], color=_FAINT, linewidth=1, linestyle="--")
    errors = [below, above]
    axes.errorbar(predicted, observed, errors, color=_MAIN, linestyle="none", marker="o", elinewidth=1, capsize=3)
    for one in found.bins:
        place = (6, 4) if one.observed < 1 else (6, -12)
        told = (one.predicted, one.observed)
        axes.annotate(str(one.questions), told, place, textcoords="offset points", fontsize=8.5)
    axes.set_xlabel("Probability given")
    axes.set_ylabel("Covered")
    axes.set_xlim(-0.03, 1.12)
    axes.set_ylim(-0.03, 1.05)
    _percent(axes)


def _trade(axes: Axes, found: curves.Calibration) -> None:
    if not found.trade:
        axes.set_axis_off()
        return
    thresholds = [one.threshold for one in found.trade]
    axes.plot(
        thresholds, [one.false_refusals for one in found.trade], color=_MAIN, linewidth=1.8, label="false refusals"
    )
    axes.plot(
        thresholds,
        [one.false_answers for one in found.trade],
        color=_OTHER,
        linewidth=1.8,
        linestyle=(0, (4, 2)),
        label="false answers",
    )
    axes.axvline(LEAST_PROBABILITY, color=_FAINT, linewidth=1, linestyle=":")
    axes.annotate("shipped", (LEAST_PROBABILITY, 0.98), (4, 0), textcoords="offset points", fontsize=8.5, va="top")
    axes.set_xlabel("Threshold")
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.03, 1.05)
    _percent(axes)
    axes.legend(loc="center right", fontsize=9)


def _trade_in_words(found: curves.Calibration) -> str:
    if not found.trade:
        return "Right: empty, as one kind of question is missing."
    near = min(found.trade, key=lambda one: abs(one.threshold - LEAST_PROBABILITY))
    costs = f"{near.false_refusals:.1%} false refusals and {near.false_answers:.1%} false answers"
    return f"Right: false refusals rise and false answers fall with the threshold; at {LEAST_PROBABILITY:g}, {costs}."


def _latency(report: Report) -> Plot:
    stages = list(report.latency)
    times = [[row.ms[stage] for row in report.rows if stage in row.ms] for stage in stages]
    figure = Figure(figsize=(_WIDTH, 0.4 * len(stages) + 0.9), layout="constrained")
    axes = figure.subplots()
    line = {"color": _INK, "linewidth": 1}
    axes.boxplot(
        times,
        orientation="horizontal",
        whis=(5, 95),
        showfliers=False,
        patch_artist=True,
        boxprops={"facecolor": _MAIN, "alpha": 0.35, "linewidth": 0},
        medianprops={"color": _MAIN, "linewidth": 2.2},
        whiskerprops=line,
        capprops=line,
    )
    axes.set_yticks(range(1, len(stages) + 1), stages)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.grid(visible=True, axis="x")
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Milliseconds, each step ten times the one before")
    told = "; ".join(f"{name} {spread.median:.1f}, {spread.p95:.1f}" for name, spread in report.latency.items())
    return Plot(
        "latency",
        "Latency by stage",
        f"Box plot in milliseconds; median and 95th percentile: {told}.",
        "The box holds the middle half, the line is the median, the whiskers end at 5% and 95%.",
        _svg(figure, "latency"),
    )


def _percent(axes: Axes) -> None:
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.grid(visible=True, axis="y")
    axes.set_axisbelow(True)


def _svg(figure: Figure, name: str) -> str:
    """Return the figure as an element whose ids are its own on the page."""
    written = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(
            written,
            format="svg",
            transparent=True,
            metadata={"Date": None, "Creator": None, "Type": None, "Format": None},
        )
    text = written.getvalue()
    text = text[text.index("<svg") :]
    meant = set(_REFERENCE.findall(text))
    text = _ID.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in meant else "", text)
    text = _REFERENCE.sub(lambda found: found[0].replace("#", f"#{name}-"), text)
    for stand_in, colour in _PAGE_COLOURS.items():
        text = text.replace(stand_in, colour)
    return text
