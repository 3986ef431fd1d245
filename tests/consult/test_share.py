"""Who is made the whole explanation of a strain: noticed rarely wrong, and in silence where both are told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.share import Told, names_trait, whose_share
from bot.evals.reflecting import NAMED, counts, read_reflections, table
from tests.conftest import REPOSITORY

_FOLDER = REPOSITORY / "tests" / "evals"
_FILES = [_FOLDER / name for name in ("reflect-tuning.jsonl", "reflect-blind.jsonl", "reflect-blind-2.jsonl")]


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("told", NAMED)
def test_what_is_noticed_is_right_and_most_is_noticed(path: Path, told: Told) -> None:
    right, noticed, there = counts(read_reflections(path), told)
    assert right >= 0.92 * noticed
    assert right >= 0.75 * there


def test_a_hundred_and_sixty_reflections_are_labelled_and_half_of_them_were_written_first() -> None:
    tuning, *blind = (len(read_reflections(path)) for path in _FILES)
    assert tuning + sum(blind) >= 160
    assert sum(blind) >= tuning


@pytest.mark.parametrize(
    ("between", "felt", "told"),
    [
        ("she's just resistant", "annoyed", Told.CLIENT),
        ("he has BPD so it was bound to happen", "", Told.CLIENT),
        ("I did nothing wrong, she overreacted", "", Told.CLIENT),
        ("I think my client is manipulative", "", Told.CLIENT),
        ("I talked too much", "guilty", Told.SELF),
        ("Me. I was late.", "", Told.SELF),
        ("I misjudged how ready she was", "", Told.SELF),
        ("I cut her off and she went quiet", "", Told.BOTH),
        ("he is stubborn", "stung, but he's right", Told.BOTH),
        ("he is stubborn", "disappointed in myself", Told.BOTH),
        ("she was cold", "sorry, I was defensive", Told.BOTH),
        ("something went wrong between us", "", Told.BOTH),
        ("what did I do that made him leave?", "", Told.BOTH),
        ("I don't know", "", Told.NONE),
        ("the wifi dropped", "", Told.NONE),
        ("", "sad", Told.NONE),
    ],
)
def test_whom_somebody_makes_the_explanation(between: str, felt: str, told: Told) -> None:
    assert whose_share(between, felt) is told


def test_a_trait_is_told_from_a_deed() -> None:
    assert names_trait("She is resistant")
    assert not names_trait("She came late")


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read(between: str, felt: str) -> None:
    assert whose_share(between, felt) in set(Told)


def test_the_table_names_rates_and_no_line() -> None:
    reflections = read_reflections(_FILES[0])
    printed = table(reflections)
    assert printed.count("\n") == 1 + len(NAMED)
    assert all(one.between not in printed for one in reflections if len(one.between) > 8)
