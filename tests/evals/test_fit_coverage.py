"""The fit of the coverage probability."""

import numpy as np
import pytest

from bot.evals import fit_coverage
from bot.evals.curves import calibrated
from bot.evals.plots import coverage_plot, standing_alone
from tests.conftest import REPOSITORY


def test_what_speaks_for_coverage_gets_a_weight_above_nought_and_noise_gets_little() -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((600, 2))
    covered = (rows[:, 0] + 0.3 * rng.standard_normal(600) > 0).astype(float)
    weights = fit_coverage.fit(rows, covered, np.ones(600))
    assert weights.of_evidence[0] > 1
    assert abs(weights.of_evidence[1]) < 0.2 * weights.of_evidence[0]
    assert ((weights.probabilities(rows) > 0.5) == (covered == 1)).mean() > 0.85


def test_evidence_that_never_changes_does_no_harm() -> None:
    rows = np.column_stack([np.ones(40), np.tile([0.0, 1.0], 20)])
    weights = fit_coverage.fit(rows, rows[:, 1], np.ones(40))
    assert np.isfinite(weights.probabilities(rows)).all()


def test_no_line_of_the_development_questions_is_among_the_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    lines = fit_coverage.read_lines()
    assert "dev" not in set(lines.group)
    assert {"tuning", "first"} <= set(lines.group)
    assert len(lines.texts) == len(lines.covered) == len(lines.group)


def test_the_drawing_stands_alone_with_colours_of_its_own() -> None:
    svg = standing_alone(coverage_plot(calibrated(np.array([0.1, 0.9]), np.array([0.0, 1.0]))).svg)
    assert svg.startswith("<svg")
    assert "--ink:" in svg
    assert svg.rstrip().endswith("</svg>")
