"""The reader with the shipped model: plain cases are named, nothing is named of nothing, and it is always the same."""

import hashlib

import numpy as np
import pytest

from bot.evals.rehearsal import read_labelled, table
from bot.rehearse.reader import LineReader, line_scores
from bot.rehearse.seen import Feature
from knowledge.embedding import MiniLmEmbedder
from knowledge.rehearsal import FOLDER, load_rehearsal_model
from knowledge.tuned import load_tuned_model
from tests.conftest import REPOSITORY

_FILES = [
    *(REPOSITORY / "tests" / "evals" / f"rehearsal-{name}.jsonl" for name in ("tuning", "learn")),
    FOLDER / "learn.jsonl",
]


@pytest.fixture(scope="module")
def reader(embedder: MiniLmEmbedder) -> LineReader:
    return LineReader(embedder, load_rehearsal_model(), load_tuned_model())


@pytest.mark.parametrize(
    ("line", "features"),
    [
        ("I noticed you went quiet after I came in late.", {Feature.NAMED_SHIFT}),
        ("I interrupted you, and that's on me.", {Feature.OWNED_PART}),
        ("What was that like for you?", {Feature.ASKED}),
        ("The reason I asked is that the form wants it.", {Feature.EXPLAINED_FIRST}),
        ("I never said that. You're taking it personally.", {Feature.DEFENDED}),
        ("I'm so sorry, I'm so, so sorry, I feel terrible, please forgive me.", {Feature.OVER_APOLOGISED}),
        ("So, page three of the workbook.", set()),
    ],
)
def test_a_plain_line_is_named_for_what_it_is(reader: LineReader, line: str, features: set[Feature]) -> None:
    seen = reader.read(line)
    assert seen.features == features
    assert seen.praised == features & {Feature.NAMED_SHIFT, Feature.OWNED_PART, Feature.ASKED}


def test_nothing_is_seen_in_nothing(reader: LineReader) -> None:
    assert not reader.read("  ").features


def test_a_line_has_the_same_scores_in_any_company(embedder: MiniLmEmbedder) -> None:
    ridge = load_rehearsal_model().ridge
    lines = ["I cut you off. How was it?", "Mm", "I never said that."]
    together = line_scores(ridge, embedder, lines)
    alone = np.concatenate([line_scores(ridge, embedder, [line]) for line in lines])
    np.testing.assert_allclose(together, alone, atol=0.05)


def test_the_model_was_fitted_on_these_lines() -> None:
    digests = tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in _FILES)
    assert load_rehearsal_model().card.lines == digests, "run `make rehearsal`"


def test_the_model_is_small() -> None:
    assert (FOLDER / "model.npz").stat().st_size < 1_000_000


def test_the_table_of_rates_tells_no_line(reader: LineReader) -> None:
    lines = read_labelled(_FILES[0])[:12]
    told = table(lines, [reader.read(line.line) for line in lines])
    assert "| asked |" in told
    assert not any(line.line in told for line in lines)
