"""The fits by gradient: the gradients are those of the loss, and a plain rule is learned, the same by the same seed."""

import numpy as np
import pytest

from bot.evals import fit_networks
from bot.evals.adam import Adam
from bot.evals.fit_networks import TaggedText, _TextStep, _word_gradients, fit_text_network, fit_word_tagger
from knowledge.embedding import TokenStates
from knowledge.network import NEIGHBOURS, Numbers, PieceNumbers, WordTagger

_SIZE = 12


def _text(rng: np.random.Generator, *, marked: bool) -> TokenStates:
    length = int(rng.integers(3, 9))
    states = rng.normal(size=(length, _SIZE)).astype(np.float32)
    if marked:
        states[int(rng.integers(length))] += 3
    ids = rng.integers(0, 6, length).astype(np.int32)
    return TokenStates(states, ids, np.zeros((length, 2), dtype=np.int32), lower=states)


def _texts(count: int) -> tuple[list[TokenStates], Numbers]:
    rng = np.random.default_rng(3)
    kinds = np.arange(count) % 2
    return [_text(rng, marked=bool(kind)) for kind in kinds], kinds.astype(np.float32)


def _tagged(count: int) -> list[TaggedText]:
    texts, _ = _texts(count)
    return [TaggedText(text.states, text.ids, (text.states.mean(axis=1) > 1).astype(np.int64)) for text in texts]


@pytest.fixture
def nothing_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_STATE_OUT", "_TEXT_FEATURE_OUT", "_WORD_FEATURE_OUT", "_TEXT_PIECES_OUT", "_WORD_PIECES_OUT"):
        monkeypatch.setattr(fit_networks, name, 0.0)


@pytest.mark.usefixtures("nothing_left_out")
def test_the_gradients_of_a_text_network_are_those_of_its_loss() -> None:
    texts, targets = _texts(6)
    network = fit_text_network(texts, targets, np.ones(6, dtype=np.float32))
    weights = {name: array.astype(np.float32) for name, array in network.weights.items()}

    def loss() -> float:
        scores = _TextStep(weights, np.random.default_rng(0), network.pieces, texts).scores.astype(np.float64)
        return float(np.mean(np.logaddexp(0, scores) - targets * scores))

    step = _TextStep(weights, np.random.default_rng(0), network.pieces, texts)
    gradients = step.gradients((1 / (1 + np.exp(-step.scores)) - targets) / 6)
    _agree(weights, gradients, loss)


@pytest.mark.usefixtures("nothing_left_out")
def test_the_gradients_of_a_tagger_are_those_of_its_loss() -> None:
    texts = _tagged(5)
    tagger = fit_word_tagger(texts, 2)
    weights = {name: array.astype(np.float32) for name, array in tagger.weights.items()}
    rows = sum(len(text.ids) + NEIGHBOURS for text in texts)

    def loss() -> float:
        total = 0.0
        for text in texts:
            shares = WordTagger(tagger.pieces, weights).probabilities(text.states, text.ids).astype(np.float64)
            of_words = -np.log(shares[np.arange(len(text.ids)), text.types])
            total += float((of_words * np.where(text.types > 0, fit_networks._MARKED_WEIGHT, 1.0)).sum())
        return total * fit_networks._WORD_STEP / rows

    _agree(weights, _word_gradients(weights, np.random.default_rng(0), tagger.pieces, texts), loss)


def test_a_text_network_learns_one_strong_word_among_weak_ones_and_the_same_seed_the_same_weights() -> None:
    texts, targets = _texts(400)
    ones = np.ones(400, dtype=np.float32)
    network, again = (fit_text_network(texts, targets, ones, seed=7) for _ in range(2))

    assert ((network.scores(texts) > 0) == (targets > 0)).mean() > 0.9
    assert all(np.array_equal(network.weights[name], again.weights[name]) for name in network.weights)


def test_a_tagger_learns_which_words_are_marked() -> None:
    texts = _tagged(400)
    tagger = fit_word_tagger(texts, 2)

    right = [(tagger.probabilities(text.states, text.ids).argmax(axis=1) == text.types).mean() for text in texts]
    assert sum(right) > 0.95 * len(right)


def test_adam_finds_the_bottom_of_a_bowl() -> None:
    weights = {"x": np.array([4.0, -3.0], dtype=np.float32)}
    adam = Adam(weights, steps=400, rate=0.1, decay=0.0)

    for _ in range(400):
        adam.step({"x": 2 * weights["x"]})

    assert np.allclose(weights["x"], 0, atol=0.05)


def _agree(weights: dict[str, Numbers], gradients: dict[str, Numbers], loss: object) -> None:
    """Compare a few entries of every gradient with the change of the loss."""
    assert callable(loss)
    rng = np.random.default_rng(1)
    for name, array in weights.items():
        for _ in range(4):
            place = tuple(int(rng.integers(size)) for size in array.shape)
            kept, width = float(array[place]), 1e-2
            array[place] = kept + width
            above = loss()
            array[place] = kept - width
            below = loss()
            array[place] = kept
            assert gradients[name][place] == pytest.approx((above - below) / (2 * width), abs=3e-3), name


def test_pieces_are_learned_from_the_texts() -> None:
    texts, targets = _texts(40)
    network = fit_text_network(texts, targets, np.ones(40, dtype=np.float32))

    assert isinstance(network.pieces, PieceNumbers)
    assert len(network.pieces) == len(network.weights["pieces"])
