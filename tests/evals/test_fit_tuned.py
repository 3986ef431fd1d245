"""Tuning the layers: a plain rule of each kind is learned, and the same seed gives the same weights."""

import numpy as np
import pytest

from bot.evals import fit_tuned
from bot.evals.fit_tuned import tune
from bot.evals.tuned_lessons import OUTPUTS, Lesson
from knowledge.embedding import MiniLmEmbedder
from knowledge.tuned import TunedModel

_RED, _BLUE = "the red one, please", "rather the blue one"
_NAMED, _PLAIN = "so jasmine went quiet", "so everyone went quiet"
_LESSONS = [
    Lesson(_RED, {"crisis": 1.0, "outside": 0.0}, {"crisis": 1.0, "outside": 1.0}, {"kind": "abuse"}),
    Lesson(_BLUE, {"crisis": 0.0, "outside": 1.0}, {"crisis": 1.0, "outside": 1.0}, {"kind": "violence"}),
    Lesson(_NAMED, words=[(0, 2, 0), (3, 10, 1), (11, 15, 0), (16, 21, 0)]),
    Lesson(_PLAIN, words=[(0, 2, 0), (3, 11, 0), (12, 16, 0), (17, 22, 0)]),
]


@pytest.fixture(scope="module")
def learned(embedder: MiniLmEmbedder) -> TunedModel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit_tuned, "_READER_RATE", 1e-2)
        return tune(_LESSONS, embedder, epochs=40)


def test_outputs_that_stand_alone_are_learned(learned: TunedModel, embedder: MiniLmEmbedder) -> None:
    red, blue = (learned.read(states).outputs for states in embedder.read([_RED, _BLUE]))

    assert red["danger"][0] > 0 > blue["danger"][0]
    assert blue["scope"][0] > 0 > red["scope"][0]


def test_the_right_one_of_a_group_is_learned(learned: TunedModel, embedder: MiniLmEmbedder) -> None:
    kinds = [OUTPUTS["kind"][int(learned.read(one).outputs["kind"].argmax())] for one in embedder.read([_RED, _BLUE])]

    assert kinds == ["abuse", "violence"]


def test_the_types_of_words_are_learned(learned: TunedModel, embedder: MiniLmEmbedder) -> None:
    named, plain = (learned.read(states).types.argmax(axis=1) for states in embedder.read([_NAMED, _PLAIN]))

    assert learned.card.types[int(named[2])] == "name"
    assert not plain[1:-1].any()


def test_the_same_seed_gives_the_same_weights(embedder: MiniLmEmbedder) -> None:
    one, other = (tune(_LESSONS, embedder, epochs=1) for _ in range(2))

    np.testing.assert_allclose(one.whole, other.whole, atol=1e-6)
