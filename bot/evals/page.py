"""A report as one page that needs nothing beside it: no network, no script, its plots inside."""

from pathlib import Path

import jinja2

from bot.evals.metrics import METRICS
from bot.evals.plots import draw
from bot.evals.report import Report
from bot.evals.run import PAGE

_TEMPLATE = "report.html.j2"


def write_page(report: Report, folder: Path) -> Path:
    """Write report.html, whole or not at all, and return its path."""
    path = folder / PAGE
    new = path.with_suffix(".new")
    new.write_text(render_page(report), encoding="utf-8")
    new.replace(path)
    return path


def render_page(report: Report) -> str:
    """Return a report as HTML; it holds ids and figures, never the text of a question or a reply."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE).render(
        report=report,
        meanings={metric.name: metric.meaning for metric in METRICS},
        plots=draw(report),
        misses=report.misses(),
    )
