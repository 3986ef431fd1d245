"""The page of a report: whole in itself, readable without sight, and without a word of a question."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from markupsafe import escape

from bot.evals.curves import by_rank, calibration, confusion
from bot.evals.metrics import METRICS
from bot.evals.page import render_page
from bot.evals.plots import draw
from bot.evals.questions import Question
from bot.evals.report import Report
from tests.evals.made import RUNS, report_of, small_run

_VOID = frozenset({"meta", "br", "link", "img"})


class _Reader(HTMLParser):
    """Reads a page and keeps what matters; an element that is not closed in its place is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def _mixed() -> Report:
    run = small_run(*["answered"] * 5, "abstained", "out_of_scope")
    report = report_of(run)
    shares = (0.9, 0.95, 0.7, 0.99, 0.3, 0.05, 0.4)
    kinds = ["answerable"] * 5 + ["out-of-kb"] * 2
    rows = [
        row.model_copy(update={"coverage": share, "category": kind})
        for row, share, kind in zip(report.rows, shares, kinds, strict=True)
    ]
    return report.model_copy(update={"rows": tuple(rows)})


def test_a_page_needs_nothing_beside_it() -> None:
    page = render_page(_mixed())
    reader = _read(page)
    assert {"script", "link", "img", "iframe", "object", "image"}.isdisjoint(tag for tag, _ in reader.seen)
    targets = [value or "" for _, attributes in reader.seen for name, value in attributes.items() if "href" in name]
    assert targets
    assert [target for target in targets if not target.startswith("#") or target[1:] not in reader.ids] == []
    assert "@import" not in page
    assert [found for found in re.findall(r"url\(([^)]*)\)", page) if not found.startswith("#")] == []
    assert "default-src 'none'" in page


def test_every_plot_has_a_text_in_its_place_and_colours_of_the_page() -> None:
    page = render_page(_mixed())
    plots = draw(_mixed())
    assert [plot.name for plot in plots] == ["rank", "outcomes", "coverage", "latency"]
    images = [attributes for _, attributes in _read(page).seen if attributes.get("role") == "img"]
    assert [image["aria-label"] for image in images] == [plot.alt for plot in plots]
    assert all(re.search(r"\d", plot.alt) for plot in plots)
    drawn = "".join(plot.svg for plot in plots)
    assert set(re.findall(r"#[0-9a-f]{6}\b", drawn)) <= {"#ffffff"}
    assert set(re.findall(r"var\(--(\w+)\)", drawn)) == {"ink", "faint", "main", "other"}
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_no_id_stands_twice_on_a_page() -> None:
    ids = _read(render_page(_mixed())).ids
    assert sorted(ids) == sorted(set(ids))


def test_the_figures_and_the_misses_stand_on_the_page() -> None:
    page = render_page(_mixed())
    for name, line in _mixed().metrics.items():
        assert name in page
        assert f"{line.value:.3f}" in page
    assert "q5 (out-of-kb)" in page
    assert [
        metric.meaning for metric in METRICS if metric.name in _mixed().metrics and escape(metric.meaning) not in page
    ] == []


def test_an_id_cannot_put_markup_on_the_page() -> None:
    report = _mixed()
    rows = tuple(row.model_copy(update={"id": f"<script>{row.id}</script>"}) for row in report.rows)
    page = render_page(report.model_copy(update={"rows": rows}))
    assert "<script>" not in page
    assert "&lt;script&gt;q5" in page


@pytest.mark.parametrize("outcome", ["crisis", "unavailable"])
def test_a_set_of_one_kind_still_makes_a_page(outcome: str) -> None:
    page = render_page(report_of(small_run(outcome, category="crisis")))
    assert 'id="outcomes"' in page
    assert 'id="rank"' not in page
    assert 'id="coverage"' not in page


@given(RUNS)
@settings(max_examples=3, deadline=None)
def test_any_run_makes_a_whole_page_without_its_questions(run: list[tuple[Question, dict[str, Any]]]) -> None:
    page = render_page(report_of(run, coverage=0.5))
    _read(page)
    assert "teapot" not in page
    assert "555-0134" not in page


@given(RUNS)
@settings(max_examples=25, deadline=None)
def test_what_is_plotted_adds_up(run: list[tuple[Question, dict[str, Any]]]) -> None:
    report = report_of(run, coverage=0.42)
    points = by_rank(report.rows)
    shares = [point.share for point in points]
    assert shares == sorted(shares)
    assert not points or points[0].share == report.metrics["hit@1"].value
    table = confusion(report.rows)
    assert sum(map(sum, table.counts)) == len(run)
    amiss = sum(map(sum, table.refused))
    assert 1 - amiss / len(run) == pytest.approx(report.metrics["behaves_as_labelled"].value)
    found = calibration(report.rows)
    known = [row for row in report.rows if row.category in {"answerable", "out-of-kb"}]
    assert sum(one.questions for one in found.bins) == len(known) if found else not known


def test_a_calibration_that_is_perfect_has_no_error_and_a_threshold_without_cost() -> None:
    report = _mixed()
    rows = [row.model_copy(update={"coverage": float(row.category == "answerable")}) for row in report.rows]
    found = calibration(rows)
    assert found is not None
    assert (found.brier, found.error, found.skipped) == (0, 0, 0)
    assert min(one.false_refusals + one.false_answers for one in found.trade) == 0
    assert (found.trade[0].false_refusals, found.trade[0].false_answers) == (0, 1)


def test_questions_decided_before_the_probability_was_asked_are_counted() -> None:
    report = _mixed()
    rows = [row.model_copy(update={"coverage": None}) if row.id == "q6" else row for row in report.rows]
    found = calibration(rows)
    assert found is not None
    assert found.skipped == 1
    assert calibration([row.model_copy(update={"coverage": None}) for row in rows]) is None
