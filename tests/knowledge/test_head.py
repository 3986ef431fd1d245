"""The learned head: from a question's vector and words to topics."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import head as head_module
from knowledge import ridge as ridge_module
from knowledge.errors import RebuildIndex
from knowledge.head import Head
from tests.knowledge.small import TOPICS, HashedWords, asks_of

_EMBEDDER = HashedWords()
_TEXTS = [ask for topic in TOPICS for ask in asks_of(topic, 30)]
_TOPIC_OF_ROW = [number for number in range(len(TOPICS)) for _ in range(30)]


def _fit() -> Head:
    return Head.fit(_TEXTS, _EMBEDDER.embed(_TEXTS), _TOPIC_OF_ROW, len(TOPICS))


@pytest.fixture(scope="module")
def head() -> Head:
    return _fit()


def _scores(head: Head, question: str) -> list[float]:
    return [float(score) for score in head.scores(question, _EMBEDDER.embed([question])[0])]


@pytest.mark.parametrize(
    ("question", "topic"),
    [("she looks at the floor, quiet", "silence"), ("why does he shout", "anger"), ("late again", "lateness")],
)
def test_a_new_question_scores_its_own_topic_highest(head: Head, question: str, topic: str) -> None:
    scores = _scores(head, question.replace("shout", "shouts about the waiting room"))

    assert int(np.argmax(scores)) == TOPICS.index(topic)


def test_fitting_twice_gives_the_same_scores(head: Head) -> None:
    assert _scores(_fit(), "quiet again") == pytest.approx(_scores(head, "quiet again"), abs=1e-5)


@given(st.text(max_size=80))
def test_any_question_gets_one_finite_score_a_topic(question: str) -> None:
    scores = _scores(_SHARED, question)

    assert len(scores) == len(TOPICS)
    assert np.isfinite(scores).all()


_SHARED = _fit()


def test_a_head_fitted_on_texts_without_words_still_scores_by_vector() -> None:
    vectors = np.eye(4, dtype=np.float32)
    head = Head.fit(["?", "!", "...", "-"], vectors, [0, 0, 1, 1], 2)

    assert int(np.argmax(head.scores("", vectors[0]))) == 0
    assert int(np.argmax(head.scores("", vectors[3]))) == 1


def test_no_more_terms_count_than_the_limit_and_the_commonest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_module, "_MOST_TERMS", 5)

    head = _fit()

    assert len(head._ridge._columns) == 5
    assert "client" in head._ridge._columns


def test_a_fit_in_small_chunks_equals_a_fit_in_one(monkeypatch: pytest.MonkeyPatch, head: Head) -> None:
    monkeypatch.setattr(ridge_module, "_CHUNK", 7)

    assert _scores(_fit(), "quiet on the phone") == pytest.approx(_scores(head, "quiet on the phone"), abs=1e-3)


def test_a_saved_head_scores_the_same_when_it_is_loaded(tmp_path: Path, head: Head) -> None:
    head.save(tmp_path / "head.npz")

    assert _scores(Head.load(tmp_path / "head.npz"), "late and quiet") == _scores(head, "late and quiet")


@pytest.mark.parametrize("damage", ["emptied", "halved", "random", "gone", "a bare array", "other arrays"])
def test_a_damaged_file_asks_for_a_rebuild(tmp_path: Path, head: Head, damage: str) -> None:
    file = tmp_path / "head.npz"
    head.save(file)
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "a bare array":
        with file.open("wb") as handle:
            np.save(handle, np.zeros(3))
    elif damage == "other arrays":
        np.savez(file, terms=np.array(["a"]))
    else:
        file.write_bytes({"emptied": b"", "halved": data[: len(data) // 2], "random": bytes(range(256))}[damage])

    with pytest.raises(RebuildIndex, match="the learned head cannot be read"):
        Head.load(file)


def test_a_flipped_byte_in_the_weights_asks_for_a_rebuild(tmp_path: Path, head: Head) -> None:
    file = tmp_path / "head.npz"
    head.save(file)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)

    with pytest.raises(RebuildIndex, match="the learned head cannot be read"):
        Head.load(file)
