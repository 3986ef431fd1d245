"""Words in common between a question and the cards."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import RebuildIndex
from knowledge.lexical import LexicalIndex

_TEXTS = [
    "my client went quiet",
    "a quiet room again",
    "she shouts at me",
    "shouting about fees",
    "he arrives late",
    "late and no call",
]
_CARDS = [0, 0, 1, 1, 3, 3]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.fit(_TEXTS, _CARDS, 4)


@pytest.fixture
def saved(tmp_path: Path, index: LexicalIndex) -> Path:
    index.save(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("question", "card"), [("so quiet", 0), ("SHOUTS!", 1), ("late again, ct's late", 3)])
def test_the_card_that_shares_the_askers_words_scores_highest(index: LexicalIndex, question: str, card: int) -> None:
    assert int(np.argmax(index.scores(question))) == card


def test_a_card_that_shares_no_word_scores_zero(index: LexicalIndex) -> None:
    scores = index.scores("quiet")

    assert scores[0] > 0
    assert list(scores[1:]) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("question", ["", "zebra", "?!"])
def test_a_question_without_known_words_scores_every_card_zero(index: LexicalIndex, question: str) -> None:
    assert list(index.scores(question)) == [0.0] * 4


def test_an_abbreviation_finds_the_word_it_stands_for(index: LexicalIndex) -> None:
    assert list(index.scores("clt")) == list(index.scores("client"))
    assert index.scores("clt").any()


@given(st.lists(st.sampled_from(["quiet", "late", "fees", "zebra", "ct", "me", "?"]), max_size=8).map(" ".join))
def test_scores_are_never_below_zero_and_more_of_the_question_never_lowers_them(question: str) -> None:
    index = LexicalIndex.fit(_TEXTS, _CARDS, 4)
    scores = index.scores(question)

    assert scores.shape == (4,)
    assert (scores >= 0).all()
    assert (index.scores(question + " quiet") >= scores).all()


def test_a_saved_index_scores_the_same_when_it_is_loaded(saved: Path, index: LexicalIndex) -> None:
    loaded = LexicalIndex.load(saved, 4)

    assert list(loaded.scores("my quiet client is late")) == list(index.scores("my quiet client is late"))


_FILES = (
    "cards.npy",
    "data.csc.index.npy",
    "indices.csc.index.npy",
    "indptr.csc.index.npy",
    "params.index.json",
    "vocab.index.json",
)


def test_the_files_that_can_be_damaged_are_all_known(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == list(_FILES)


@pytest.mark.parametrize("damage", ["emptied", "halved", "random", "gone", "a list"])
@pytest.mark.parametrize("name", _FILES)
def test_a_damaged_file_asks_for_a_rebuild(saved: Path, name: str, damage: str) -> None:
    file = saved / name
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        left = {"emptied": b"", "halved": data[: len(data) // 2], "random": bytes(range(7, 200)), "a list": b"[]"}
        file.write_bytes(left[damage])

    with pytest.raises(RebuildIndex, match="the lexical index cannot be read"):
        LexicalIndex.load(saved, 4)
