"""Draws what supervisors see of their server's last days; needs matplotlib, and is called in a thread.

The figure is made without pyplot, which keeps figures for the whole process. One drawing at a time: matplotlib's caches
are no thread's own.
"""

import io
import textwrap
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bot.curation.insights import OUTCOMES, Overview, marks_of, work_of

_GROUND, _INK, _FAINT = "#1e1f22", "#f2f3f5", "#a6a9b0"
"""A ground of its own, so that the picture reads the same in Discord's dark and light themes."""

_COLOURS = {
    "answered": "#56b4e9",
    "abstained": "#e69f00",
    "out_of_scope": "#8c8f96",
    "crisis": "#d55e00",
    "withheld": "#cc79a7",
    "unavailable": "#f0e442",
}
"""Okabe and Ito's colours, which people with any colour vision tell apart; each is named in the picture too."""

_LACKING, _WORK = _COLOURS["abstained"], "#009e73"
_MARKS = {"helpful": _COLOURS["answered"], "not helpful": _COLOURS["abstained"]}
_WIDTH, _LABELS, _RIGHT = 6.4, 2.05, 0.5
"""Inches; Discord shows a picture about 550 points wide, so the letters are large for its size."""

_BAR, _TITLE, _BELOW, _LEGEND = 0.36, 0.42, 0.16, 0.27
_DOTS_AN_INCH = 150
_LETTERS_IN_A_LABEL = 22
_LEGEND_COLUMNS = 3
_ROOM_FOR_A_NUMBER = 0.07
"""Of the longest bar; narrower parts of a bar carry no number of their own."""

_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Panel:
    """Bars under a title; each bar has a name, and lengths with their colours."""

    title: str
    bars: Sequence[tuple[str, Sequence[tuple[int, str]]]]
    legend: Sequence[str] = ()

    @property
    def height(self) -> float:
        """Inches of the bars alone."""
        return _BAR * len(self.bars)

    @property
    def legend_height(self) -> float:
        """Inches of the legend."""
        return _LEGEND * -(-len(self.legend) // _LEGEND_COLUMNS)


def draw(seen: Overview) -> bytes | None:
    """Return a PNG of the numbers; None where there is none to draw."""
    panels = [panel for panel in _panels(seen) if panel.bars]
    if not panels:
        return None
    with _turn:
        return _drawn(panels)


def _panels(seen: Overview) -> list[_Panel]:
    by_topic = [(bar.name, [(count, _COLOURS[outcome]) for outcome, count in bar.outcomes]) for bar in seen.topics]
    there = {outcome for bar in seen.topics for outcome, _ in bar.outcomes}
    return [
        _Panel(f"Questions by topic, last {seen.days} days", by_topic, [one for one in OUTCOMES if one in there]),
        _plain("Found nothing, by the nearest topic", [(gap.topic, gap.questions) for gap in seen.gaps], _LACKING),
        _plain("How answers were marked", marks_of(seen), _FAINT),
        _plain("Waiting for supervisors now", work_of(seen), _WORK),
    ]


def _plain(title: str, named: Sequence[tuple[str, int]], colour: str) -> _Panel:
    return _Panel(title, [(name, [(count, _MARKS.get(name, colour))]) for name, count in named])


def _drawn(panels: Sequence[_Panel]) -> bytes:
    height = sum(_TITLE + panel.legend_height + panel.height + _BELOW for panel in panels)
    figure = Figure(figsize=(_WIDTH, height), dpi=_DOTS_AN_INCH, facecolor=_GROUND)
    FigureCanvasAgg(figure)  # the figure draws on it from here on
    top = height
    for panel in panels:
        top -= _TITLE
        figure.text(0.15 / _WIDTH, (top + 0.1) / height, panel.title, color=_INK, size=12, weight="bold", va="bottom")
        _legend(figure, panel, top / height)
        top -= panel.legend_height + panel.height
        width = _WIDTH - _LABELS - _RIGHT
        axes = figure.add_axes((_LABELS / _WIDTH, top / height, width / _WIDTH, panel.height / height))
        _bars(axes, panel)
        top -= _BELOW
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return drawn.getvalue()


def _legend(figure: Figure, panel: _Panel, top: float) -> None:
    if not panel.legend:
        return
    patches = [Patch(facecolor=_COLOURS[one], label=OUTCOMES[one]) for one in panel.legend]
    figure.legend(
        handles=patches,
        loc="upper left",
        bbox_to_anchor=(0.08 / _WIDTH, top),
        ncols=_LEGEND_COLUMNS,
        frameon=False,
        labelcolor=_INK,
        fontsize=9.5,
        borderaxespad=0,
        handlelength=1.1,
        columnspacing=1.4,
    )


def _bars(axes: Axes, panel: _Panel) -> None:
    axes.set_facecolor(_GROUND)
    longest = max(sum(count for count, _ in parts) for _, parts in panel.bars)
    for place, (_, parts) in enumerate(panel.bars):
        start = 0
        for count, colour in parts:
            axes.barh(place, count, left=start, height=0.66, color=colour, edgecolor=_GROUND, linewidth=1.5)
            if len(parts) > 1 and count >= longest * _ROOM_FOR_A_NUMBER:
                axes.text(start + count / 2, place, f"{count:,}", color=_GROUND, size=9, ha="center", va="center")
            start += count
        axes.text(start + longest * 0.015, place, f"{start:,}", color=_INK, size=10, va="center")
    labels = [textwrap.fill(name, _LETTERS_IN_A_LABEL) for name, _ in panel.bars]
    axes.set_yticks(range(len(labels)), labels, color=_INK, size=9.5, linespacing=1.0)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, longest * 1.02)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.spines["left"].set(visible=True, color=_FAINT, linewidth=0.8)
