"""Reading a question for strain: what there may be, who moved, what was tried, and when to be silent."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.consult.reading import UNREAD, Marker, Mover, Reading, RuptureReader, Tried
from knowledge.embedding import MiniLmEmbedder
from knowledge.readings import load_reading_model

BLIND = Path(__file__).parents[1] / "evals" / "reading-blind.jsonl"


@pytest.fixture(scope="module")
def reader() -> RuptureReader:
    """The reader over the shipped model."""
    return RuptureReader(load_reading_model())


def _read(reader: RuptureReader, embedder: MiniLmEmbedder, question: str) -> Reading:
    return reader.read(question, embedder.embed([question])[0])


@pytest.mark.parametrize(
    ("question", "marker", "sign"),
    [
        ("she just says fine and changes the subject since i cut her off last week", Marker.WITHDRAWAL, "says fine"),
        ("he's gone all one-word answers on me, shrug, dunno", Marker.WITHDRAWAL, "one-word answers"),
        ("my client told me this is a waste of time and yelled at me", Marker.CONFRONTATION, "waste of time"),
    ],
)
def test_a_plain_sign_is_read_and_told_in_the_askers_words(
    reader: RuptureReader, embedder: MiniLmEmbedder, question: str, marker: Marker, sign: str
) -> None:
    reading = _read(reader, embedder, question)
    assert (reading.marker, reading.signs) == (marker, (sign,))


@pytest.mark.parametrize(
    "question",
    [
        "what is a withdrawal rupture",
        "client is furious at her boss, how do i support her",
        "i went quiet when she cried and i regret it",
        "my client is naturally quiet and we do well together",
        "when somebody yells at you, what should you listen for",
        "",
    ],
)
def test_where_it_is_not_clear_it_says_nothing(reader: RuptureReader, embedder: MiniLmEmbedder, question: str) -> None:
    reading = _read(reader, embedder, question)
    assert (reading.marker, reading.signs) == (Marker.NONE, ())


def test_who_moved_and_what_was_tried_are_read_without_a_marker(
    reader: RuptureReader, embedder: MiniLmEmbedder
) -> None:
    reading = _read(reader, embedder, "since i forgot her appointment she is short with me. apologised, told my sup")
    assert reading.moved is Mover.COUNSELOR
    assert reading.tried == {Tried.APOLOGISED, Tried.SUPERVISOR}


def test_without_a_model_no_marker_is_told(embedder: MiniLmEmbedder) -> None:
    reading = _read(RuptureReader(None), embedder, "since i snapped at him he gives one word answers. i apologised")
    assert reading == Reading(moved=Mover.COUNSELOR, tried=frozenset({Tried.APOLOGISED}))


def test_a_general_question_is_unread(reader: RuptureReader, embedder: MiniLmEmbedder) -> None:
    assert _read(reader, embedder, "how common are ruptures") == UNREAD


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_signs_stand_in_the_question_whatever_is_typed(text: str) -> None:
    reading = RuptureReader(load_reading_model()).read(text, np.zeros(384, dtype=np.float32))
    assert all(sign in " ".join(text.split()) for sign in reading.signs)
    assert (reading.marker is Marker.NONE) == (not reading.signs)


def test_on_blind_questions_nine_of_ten_readings_are_right(reader: RuptureReader, embedder: MiniLmEmbedder) -> None:
    lines = [json.loads(line) for line in BLIND.read_text(encoding="utf-8").splitlines()]
    vectors = embedder.embed([line["text"] for line in lines])
    readings = [reader.read(line["text"], vector) for line, vector in zip(lines, vectors, strict=True)]
    told = [reading.marker == line["marker"] for reading, line in zip(readings, lines, strict=True) if reading.signs]
    assert len(told) >= 40
    assert sum(told) / len(told) >= 0.9
