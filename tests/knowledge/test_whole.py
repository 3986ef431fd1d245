"""Words and pairs of words in common between a question and whole cards."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import RebuildIndex
from knowledge.whole import WholeIndex

_TEXTS = ["my client went quiet", "a quiet room again", "she shouts at me", "he arrives late", "late and no call"]
_CARDS = [0, 0, 1, 3, 3]


@pytest.fixture(scope="module")
def index() -> WholeIndex:
    return WholeIndex.fit(_TEXTS, _CARDS, 4)


@pytest.mark.parametrize(
    ("question", "card"), [("so quiet", 0), ("SHOUTS!", 1), ("late, ct", 3), ("a room, went there", 0)]
)
def test_the_card_that_shares_most_with_the_question_scores_highest(
    index: WholeIndex, question: str, card: int
) -> None:
    assert int(np.argmax(index.scores(question))) == card


def test_what_is_spread_over_a_cards_rows_counts_together(index: WholeIndex) -> None:
    together, apart = index.scores("he arrives, no call"), index.scores("he arrives")
    assert together[3] > apart[3] > 0


def test_two_words_in_their_order_count_more_than_the_same_words_apart(index: WholeIndex) -> None:
    assert index.scores("went quiet")[0] > index.scores("quiet went")[0]


def test_a_word_that_is_said_twice_counts_once(index: WholeIndex) -> None:
    assert index.scores("late")[3] == index.scores("late? late.")[3]


@pytest.mark.parametrize("question", ["", "zebra", "?!"])
def test_a_question_without_known_words_scores_every_card_zero(index: WholeIndex, question: str) -> None:
    assert list(index.scores(question)) == [0.0] * 4


@given(st.lists(st.sampled_from(["quiet", "late", "zebra", "ct", "me", "?"]), max_size=8).map(" ".join))
def test_scores_are_never_below_zero_and_more_of_the_question_never_lowers_them(question: str) -> None:
    index = WholeIndex.fit(_TEXTS, _CARDS, 4)
    scores = index.scores(question)
    assert scores.shape == (4,)
    assert (scores >= 0).all()
    assert (index.scores(question + " quiet") >= scores).all()


@pytest.mark.parametrize(("texts", "cards"), [([], 0), ([], 3), (["?"], 1)])
def test_cards_without_words_are_indexed_too(texts: list[str], cards: int) -> None:
    assert list(WholeIndex.fit(texts, [0] * len(texts), cards).scores("late")) == [0.0] * cards


def test_a_saved_index_scores_the_same_when_it_is_loaded(tmp_path: Path, index: WholeIndex) -> None:
    index.save(tmp_path / "whole.npz")
    loaded = WholeIndex.load(tmp_path / "whole.npz", 4)
    assert list(loaded.scores("my quiet client is late")) == list(index.scores("my quiet client is late"))


@pytest.mark.parametrize("damage", ["emptied", "halved", "random", "gone", "fewer cards"])
def test_a_damaged_file_asks_for_a_rebuild(tmp_path: Path, index: WholeIndex, damage: str) -> None:
    file = tmp_path / "whole.npz"
    index.save(file)
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "fewer cards":
        WholeIndex.fit([*_TEXTS, "one more"], [*_CARDS, 4], 5).save(file)
    else:
        file.write_bytes({"emptied": b"", "halved": data[: len(data) // 2], "random": bytes(range(7, 200))}[damage])
    with pytest.raises(RebuildIndex, match="the index of whole cards cannot be read"):
        WholeIndex.load(file, 4)
