"""Fits the networks of `knowledge.network` by gradient descent, in numpy; the same seed gives the same weights.

Sizes, rates and shares left out were chosen by leaving each writer's lines out in turn (docs/screens.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.evals.adam import Adam
from knowledge.embedding import TokenStates
from knowledge.network import (
    NEIGHBOURS,
    VECTOR_SCALE,
    Numbers,
    PieceNumbers,
    TextNetwork,
    WordTagger,
    softmax,
    with_neighbours,
)

_PIECE, _READERS = 24, 8
_TEXT_FEATURES, _TEXT_HIDDEN = 128, 128
_WORD_FEATURES, _WORD_HIDDEN = 64, 64
_STATE_OUT, _TEXT_FEATURE_OUT, _WORD_FEATURE_OUT = 0.1, 0.4, 0.3
"""Shares of inputs and of features that are left out at random in each step."""

_TEXT_EPOCHS, _TEXT_BATCH, _TEXT_RATE, _TEXT_PIECES_OUT = 7, 64, 2e-3, 0.05
_WORD_EPOCHS, _WORD_BATCH, _WORD_RATE, _WORD_PIECES_OUT = 6, 32, 3e-3, 0.3
_MARKED_WEIGHT, _WORD_STEP = 2.0, 5.0
_NO_LOOK = np.float32(-1e4)

_Weights = dict[str, Numbers]
_Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TaggedText:
    """One text's words with their types.

    Attributes:
        states: what is known of each word; shape (words, features).
        ids: each word's first piece; shape (words,).
        types: the number of each word's type, 0 for none; shape (words,).
    """

    states: Numbers
    ids: npt.NDArray[np.int32]
    types: _Places


def fit_text_network(
    texts: Sequence[TokenStates], targets: Numbers, importance: Numbers, *, seed: int = 0
) -> TextNetwork:
    """Fit a network that scores texts.

    Args:
        texts: what is scored.
        targets: how likely each is of the learned kind, 0 to 1; shape (texts,).
        importance: how much each counts; shape (texts,).
        seed: of everything random.
    """
    rng = np.random.default_rng(seed)
    pieces = PieceNumbers.of([text.ids for text in texts])
    weights = _first_layer(rng, pieces, texts[0].states.shape[1], _TEXT_FEATURES)
    weights |= {
        "look": _start(rng, _TEXT_FEATURES, _READERS),
        "say": _start(rng, _TEXT_FEATURES, _READERS),
        "hidden": _start(rng, 2 * _TEXT_FEATURES + texts[0].states.shape[1], _TEXT_HIDDEN),
        "hidden_bias": np.zeros(_TEXT_HIDDEN, dtype=np.float32),
        "out": _start(rng, _TEXT_HIDDEN, 1),
        "out_bias": np.zeros(1, dtype=np.float32),
    }
    lengths = np.array([len(text.ids) for text in texts])
    adam = Adam(weights, steps=_TEXT_EPOCHS * (len(texts) // _TEXT_BATCH + 1), rate=_TEXT_RATE)
    for _ in range(_TEXT_EPOCHS):
        for rows in _alike(rng, lengths):
            batch = _TextStep(weights, rng, pieces, [texts[row] for row in rows])
            share = 1 / (1 + np.exp(-batch.scores))
            adam.step(batch.gradients((share - targets[rows]) * importance[rows] / len(rows)))
    return TextNetwork(pieces, weights)


def fit_word_tagger(texts: Sequence[TaggedText], types: int, *, seed: int = 0) -> WordTagger:
    """Fit a tagger of words.

    Args:
        texts: words with their types.
        types: how many types there are, none included.
        seed: of everything random.
    """
    rng = np.random.default_rng(seed)
    pieces = PieceNumbers.of([text.ids for text in texts])
    weights = _first_layer(rng, pieces, texts[0].states.shape[1], _WORD_FEATURES)
    weights |= {
        "hidden": _start(rng, _WORD_FEATURES * (2 * NEIGHBOURS + 1), _WORD_HIDDEN),
        "hidden_bias": np.zeros(_WORD_HIDDEN, dtype=np.float32),
        "out": _start(rng, _WORD_HIDDEN, types),
        "out_bias": np.zeros(types, dtype=np.float32),
    }
    adam = Adam(weights, steps=_WORD_EPOCHS * -(-len(texts) // _WORD_BATCH), rate=_WORD_RATE)
    for _ in range(_WORD_EPOCHS):
        order = rng.permutation(len(texts))
        for start in range(0, len(order), _WORD_BATCH):
            adam.step(_word_gradients(weights, rng, pieces, [texts[row] for row in order[start : start + _WORD_BATCH]]))
    return WordTagger(pieces, weights)


def _start(rng: np.random.Generator, rows: int, columns: int) -> Numbers:
    weights: Numbers = (rng.uniform(-1, 1, (rows, columns)) / np.sqrt(rows)).astype(np.float32)
    return weights


def _first_layer(rng: np.random.Generator, pieces: PieceNumbers, inputs: int, features: int) -> _Weights:
    return {
        "pieces": rng.normal(0, 0.1, (len(pieces), _PIECE)).astype(np.float32),
        "state": _start(rng, inputs, features),
        "piece": _start(rng, _PIECE, features),
        "bias": np.zeros(features, dtype=np.float32),
    }


def _alike(rng: np.random.Generator, lengths: _Places) -> Iterator[_Places]:
    """Yield batches in random order, each of texts of like length, so that little is padding."""
    order, stretch = rng.permutation(len(lengths)), 20 * _TEXT_BATCH
    for start in range(0, len(order), stretch):
        part = order[start : start + stretch]
        part = part[np.argsort(lengths[part], kind="stable")]
        batches = [part[first : first + _TEXT_BATCH] for first in range(0, len(part), _TEXT_BATCH)]
        for number in rng.permutation(len(batches)):
            yield batches[number]


def _keep(rng: np.random.Generator, shape: tuple[int, ...], out: float) -> Numbers:
    """Return a mask that leaves a share out and scales the rest, so that the mean stays."""
    return ((rng.random(shape, dtype=np.float32) >= out) / np.float32(1 - out)).astype(np.float32)


def _piece_gradients(rows: int, numbers: _Places, moved: Numbers) -> Numbers:
    total = np.zeros((rows, moved.shape[1]), dtype=np.float32)
    np.add.at(total, numbers, moved)
    return total


class _TextStep:
    """One batch, padded to its longest text: the scores forward, then the gradients back."""

    def __init__(
        self, weights: _Weights, rng: np.random.Generator, pieces: PieceNumbers, texts: Sequence[TokenStates]
    ) -> None:
        w = self._weights = weights
        longest = max(len(text.ids) for text in texts)
        states = np.zeros((len(texts), longest, texts[0].states.shape[1]), dtype=np.float32)
        numbers = np.zeros((len(texts), longest), dtype=np.int64)
        real = np.zeros((len(texts), longest, 1), dtype=np.float32)
        for row, text in enumerate(texts):
            states[row, : len(text.ids)] = text.states
            numbers[row, : len(text.ids)] = pieces.number(text.ids)
            real[row, : len(text.ids)] = 1
        self._numbers = np.where(rng.random(numbers.shape) < _TEXT_PIECES_OUT, 0, numbers)
        self._states = states * _keep(rng, states.shape, _STATE_OUT)
        self._own = w["pieces"][self._numbers]
        self._features = np.maximum(self._states @ w["state"] + self._own @ w["piece"] + w["bias"], 0) * real

        look = np.where(real > 0, self._features @ w["look"], _NO_LOOK)
        look = np.exp(look - look.max(axis=1, keepdims=True))
        self._look = look / look.sum(axis=1, keepdims=True)
        self._say = self._features @ w["say"]

        self._lengths = real.sum(axis=1)
        self._strongest = self._features.argmax(axis=1)[:, None]
        vectors = np.stack([text.vector.astype(np.float32) for text in texts]) * VECTOR_SCALE
        strongest = np.take_along_axis(self._features, self._strongest, 1)[:, 0]
        whole = np.concatenate([strongest, self._features.sum(axis=1) / self._lengths, vectors], axis=1)
        self._whole_kept = _keep(rng, whole.shape, _TEXT_FEATURE_OUT)
        self._whole = whole * self._whole_kept
        hidden = np.maximum(self._whole @ w["hidden"] + w["hidden_bias"], 0)
        self._hidden_kept = _keep(rng, hidden.shape, _TEXT_FEATURE_OUT) * (hidden > 0)
        self._hidden = hidden * self._hidden_kept
        self.scores = (self._hidden @ w["out"])[:, 0] + w["out_bias"][0] + (self._look * self._say).sum(axis=(1, 2))

    def gradients(self, of_scores: Numbers) -> _Weights:
        """Return the gradient of every weight, given the loss's gradient by score."""
        w, of_scores = self._weights, of_scores.astype(np.float32)
        of_hidden = of_scores[:, None] * w["out"][:, 0] * self._hidden_kept
        of_whole = (of_hidden @ w["hidden"].T) * self._whole_kept
        of_say = self._look * of_scores[:, None, None]
        of_look = self._say * of_scores[:, None, None]
        of_look = self._look * (of_look - (self._look * of_look).sum(axis=1, keepdims=True))

        mean = of_whole[:, _TEXT_FEATURES : 2 * _TEXT_FEATURES] / self._lengths
        of_features = np.broadcast_to(mean[:, None], self._features.shape).copy()
        strongest = np.take_along_axis(of_features, self._strongest, 1) + of_whole[:, None, :_TEXT_FEATURES]
        np.put_along_axis(of_features, self._strongest, strongest, 1)
        of_features += of_say @ w["say"].T + of_look @ w["look"].T
        flat = (of_features * (self._features > 0)).reshape(-1, _TEXT_FEATURES)
        features = self._features.reshape(-1, _TEXT_FEATURES)
        return {
            "out": self._hidden.T @ of_scores[:, None],
            "out_bias": of_scores.sum(keepdims=True),
            "hidden": self._whole.T @ of_hidden,
            "hidden_bias": of_hidden.sum(axis=0),
            "say": features.T @ of_say.reshape(-1, _READERS),
            "look": features.T @ of_look.reshape(-1, _READERS),
            "state": self._states.reshape(len(flat), -1).T @ flat,
            "bias": flat.sum(axis=0),
            "piece": self._own.reshape(len(flat), -1).T @ flat,
            "pieces": _piece_gradients(len(w["pieces"]), self._numbers.reshape(-1), flat @ w["piece"].T),
        }


def _word_gradients(
    w: _Weights, rng: np.random.Generator, pieces: PieceNumbers, texts: Sequence[TaggedText]
) -> _Weights:
    gap = NEIGHBOURS
    states = np.concatenate([np.pad(text.states, ((0, gap), (0, 0))) for text in texts]).astype(np.float32)
    numbers = np.concatenate([np.pad(pieces.number(text.ids), (0, gap)) for text in texts])
    types = np.concatenate([np.pad(text.types, (0, gap)) for text in texts])
    real = np.concatenate([np.pad(np.ones(len(text.ids), dtype=np.float32), (0, gap)) for text in texts])

    numbers = np.where(rng.random(numbers.shape) < _WORD_PIECES_OUT, 0, numbers)
    states = states * _keep(rng, states.shape, _STATE_OUT)
    own = w["pieces"][numbers]
    features = np.maximum(states @ w["state"] + own @ w["piece"] + w["bias"], 0) * real[:, None]
    near_kept = _keep(rng, (len(features), features.shape[1] * (2 * gap + 1)), _WORD_FEATURE_OUT)
    near = with_neighbours(features) * near_kept
    hidden = np.maximum(near @ w["hidden"] + w["hidden_bias"], 0)
    hidden_kept = _keep(rng, hidden.shape, _WORD_FEATURE_OUT) * (hidden > 0)
    hidden = hidden * hidden_kept

    of_scores = softmax(hidden @ w["out"] + w["out_bias"])
    of_scores[np.arange(len(types)), types] -= 1
    of_scores *= (real * np.where(types > 0, _MARKED_WEIGHT, 1.0) * _WORD_STEP / len(types)).astype(np.float32)[:, None]
    of_hidden = (of_scores @ w["out"].T) * hidden_kept
    of_near = (of_hidden @ w["hidden"].T) * near_kept
    padded = np.zeros((len(features) + 2 * gap, _WORD_FEATURES), dtype=np.float32)
    for step in range(2 * gap + 1):
        padded[step : step + len(features)] += of_near[:, step * _WORD_FEATURES : (step + 1) * _WORD_FEATURES]
    of_features = padded[gap:-gap] * (features > 0)
    return {
        "out": hidden.T @ of_scores,
        "out_bias": of_scores.sum(axis=0),
        "hidden": near.T @ of_hidden,
        "hidden_bias": of_hidden.sum(axis=0),
        "state": states.T @ of_features,
        "bias": of_features.sum(axis=0),
        "piece": own.T @ of_features,
        "pieces": _piece_gradients(len(w["pieces"]), numbers, of_features @ w["piece"].T),
    }
