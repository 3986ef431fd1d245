"""Tunes MiniLM's last three layers on our lessons, by gradient descent with jax; run by `make tuned`.

The first three layers run once for every text, as shipped; what they make of it is kept, and only what stands above
them is learned: the three layers, and small readers of the mean and the greatest of their word pieces.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import optax

from bot.evals.fit_identifiers import TYPES
from bot.evals.minilm_layers import last_layers
from bot.evals.tuned_lessons import ALONE, OUTPUTS, Lesson, digest, read_lessons
from knowledge.embedding import MiniLmEmbedder, TokenStates
from knowledge.layers import HEADS, WIDTH, Layer
from knowledge.loader import load_corpus
from knowledge.tuned import TunedCard, TunedModel

_LOG = logging.getLogger(__name__)

_EPOCHS, _RATE, _READER_RATE, _DECAY, _WARM = 3, 1e-4, 1e-3, 0.01, 1 / 15
_PIECES_AT_ONCE, _MOST_AT_ONCE, _FEWEST_AT_ONCE = 1024, 64, 4
_LEFT_OUT = 0.1
"""Share of looks, of what layers add and of what is read from that is left out at random in each step."""

_CHOICE, _WORDS, _MARKED = 0.5, 3.0, 2.0
"""How much counts: which of a group is right, the types of words, and among these a word that has one."""

_READERS = ("whole", "whole_bias", "piece", "piece_bias")
_NEAR_FULL = -1e9
_START = 0.02
_UNLIKELY = -1.5
_NO_TYPE = 2.0
_LENGTHS = (16, 32, 48, 64, 128, 192, 256)
"""Texts are filled up to one of these; each length is compiled once."""

_Weights = Any
"""A tree of arrays, as jax takes it."""

_Step: TypeAlias = Callable[..., tuple[_Weights, optax.OptState, jax.Array]]
"""A compiled step: weights, state, batch and key to weights, state and loss."""

_Places = npt.NDArray[np.int64]


def main() -> None:
    """Tune; go through everything once more with what is presumed to be calm; and write the model."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    corpus, embedder = load_corpus(), MiniLmEmbedder(threads=2)
    model = tune(read_lessons(corpus), embedder)
    tune(read_lessons(corpus, presumed=True), embedder, epochs=1, start=model).save()


def tune(
    lessons: Sequence[Lesson],
    embedder: MiniLmEmbedder,
    *,
    epochs: int = _EPOCHS,
    seed: int = 0,
    start: TunedModel | None = None,
) -> TunedModel:
    """Tune the layers; the same lessons and seed give the same weights on the same machine.

    Args:
        lessons: what is learned.
        embedder: the shipped model, whose last three layers are where it begins.
        epochs: how often every lesson is gone through.
        seed: of everything random.
        start: what is gone on from, its layers at half the rate; the shipped layers where None.
    """
    lines = _Lines(lessons, embedder.read([lesson.text for lesson in lessons]))
    rng = np.random.default_rng(seed)
    weights = _again(start) if start else _start(last_layers(), jax.random.PRNGKey(seed))
    rate = _RATE / 2 if start else _RATE
    steps = epochs * len(list(lines.batches(rng)))
    pace = optax.warmup_cosine_decay_schedule(0.0, 1.0, int(steps * _WARM), steps)
    optimiser = optax.multi_transform(
        {
            "layers": optax.adamw(lambda step: rate * pace(step), weight_decay=_DECAY),
            "readers": optax.adam(lambda step: _READER_RATE * pace(step)),
        },
        {name: "layers" if name == "layers" else "readers" for name in weights},
    )
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optimiser)
    step = _step(optimiser, lines.groups)
    state, key = optimiser.init(weights), jax.random.PRNGKey(seed)
    for epoch in range(epochs):
        lost, times = 0.0, 0
        for batch in lines.batches(rng):
            key, now = jax.random.split(key)
            weights, state, loss = step(weights, state, batch, now)
            lost, times = lost + float(loss), times + 1
        _LOG.info("epoch %d of %d: loss %.4f", epoch + 1, epochs, lost / times)
    return _model(weights, digest(), embedder.name)


@dataclass(frozen=True, slots=True)
class _Group:
    """The outputs of one group, and where they stand among all."""

    start: int
    end: int
    alone: bool


class _Lines:
    """The lessons as arrays, with what the first layers made of them."""

    def __init__(self, lessons: Sequence[Lesson], read: Sequence[TokenStates]) -> None:
        names = [name for group in OUTPUTS.values() for name in group]
        ends = np.cumsum([len(group) for group in OUTPUTS.values()]).tolist()
        starts = [0, *ends[:-1]]
        self.groups = [
            _Group(start, end, group in ALONE) for group, start, end in zip(OUTPUTS, starts, ends, strict=True)
        ]
        self._lower = [text.lower.astype(np.float16) for text in read]
        self._shares = np.zeros((len(lessons), len(names)), dtype=np.float32)
        self._counts = np.zeros_like(self._shares)
        self._chosen = np.full((len(lessons), len(OUTPUTS)), -1, dtype=np.int32)
        alone = {name: number for number, name in enumerate(names)}
        for row, lesson in enumerate(lessons):
            for name, share in lesson.shares.items():
                self._shares[row, alone[name]], self._counts[row, alone[name]] = share, lesson.counts[name]
            for place, (group, known) in enumerate(OUTPUTS.items()):
                if lesson.chosen.get(group) in known:
                    self._chosen[row, place] = known.index(lesson.chosen[group])
        self._types = [_types(lesson, text) for lesson, text in zip(lessons, read, strict=True)]
        self._length_of = np.array([next(n for n in _LENGTHS if n >= len(text)) for text in self._lower])

    def batches(self, rng: np.random.Generator) -> Iterator[dict[str, npt.NDArray[Any]]]:
        """Yield all lessons once in groups of like length, in a random order."""
        rows: list[_Places] = []
        for length in _LENGTHS:
            here = rng.permutation(np.flatnonzero(self._length_of == length))
            size = self._size(length)
            rows += [here[start : start + size] for start in range(0, len(here), size)]
        for place in rng.permutation(len(rows)):
            yield self._batch(rows[place])

    @staticmethod
    def _size(length: int) -> int:
        return max(_FEWEST_AT_ONCE, min(_MOST_AT_ONCE, _PIECES_AT_ONCE // length))

    def _batch(self, rows: _Places) -> dict[str, npt.NDArray[Any]]:
        length = int(self._length_of[rows[0]])
        size, own = self._size(length), slice(0, len(rows))
        states = np.zeros((size, length, WIDTH), dtype=np.float16)
        there = np.zeros((size, length), dtype=np.float32)
        types = np.full((size, length), -1, dtype=np.int32)
        shares, counts = np.zeros((2, size, self._shares.shape[1]), dtype=np.float32)
        chosen = np.full((size, self._chosen.shape[1]), -1, dtype=np.int32)
        there[:, 0] = 1.0
        for place, row in enumerate(rows):
            pieces = len(self._lower[row])
            states[place, :pieces], there[place, :pieces] = self._lower[row], 1.0
            types[place, :pieces] = self._types[row]
        shares[own], counts[own], chosen[own] = self._shares[rows], self._counts[rows], self._chosen[rows]
        return {
            "states": states, "there": there, "types": types, "shares": shares, "counts": counts, "chosen": chosen
        }  # fmt: skip


def _types(lesson: Lesson, text: TokenStates) -> npt.NDArray[np.int32]:
    """Return the type of each word piece, -1 where none is learned; shape (pieces,)."""
    found = np.full(len(text.ids), -1, dtype=np.int32)
    if not lesson.words:
        return found
    starts, ends, kinds = np.array(lesson.words).T
    for place, (start, end) in enumerate(text.spans.tolist()):
        word = int(np.searchsorted(ends, start, side="right"))
        if start < end and word < len(ends) and starts[word] < end:
            found[place] = kinds[word]
    return found


def _start(layers: Sequence[Layer], key: jax.Array) -> _Weights:
    whole, piece = jax.random.split(key)
    outputs = sum(map(len, OUTPUTS.values()))
    return {
        "layers": _trees(layers),
        "whole": jax.random.normal(whole, (2 * WIDTH, outputs)) * _START,
        "whole_bias": jnp.full(outputs, _UNLIKELY),
        "piece": jax.random.normal(piece, (WIDTH, len(TYPES))) * _START,
        "piece_bias": jnp.zeros(len(TYPES)).at[0].set(_NO_TYPE),
    }


def _again(model: TunedModel) -> _Weights:
    readers = {name: jnp.asarray(getattr(model, name)) for name in _READERS}
    return {"layers": _trees(model.layers), **readers}


def _trees(layers: Sequence[Layer]) -> list[dict[str, jax.Array]]:
    return [{name: jnp.asarray(array) for name, array in layer.weights.items()} for layer in layers]


def _step(optimiser: optax.GradientTransformation, groups: Sequence[_Group]) -> _Step:
    def loss(weights: _Weights, batch: dict[str, jax.Array], key: jax.Array) -> jax.Array:
        whole, pieces = _read(weights, batch["states"].astype(jnp.float32), batch["there"], key)
        size, lost = whole.shape[0], jnp.zeros(())
        for place, group in enumerate(groups):
            own = whole[:, group.start : group.end]
            if group.alone:
                part = slice(group.start, group.end)
                shares, counts = batch["shares"][:, part], batch["counts"][:, part]
                lost += (counts * optax.sigmoid_binary_cross_entropy(own, shares)).sum() / size
            else:
                lost += _CHOICE * _of_right(own, batch["chosen"][:, place]).sum() / size
        types = batch["types"]
        known = jnp.maximum((types >= 0).sum(axis=1), 1)
        of_words = _of_right(pieces, types) * jnp.where(types > 0, _MARKED, 1.0)
        return lost + _WORDS * (of_words.sum(axis=1) / known).sum() / size

    @jax.jit
    def step(
        weights: _Weights, state: optax.OptState, batch: dict[str, jax.Array], key: jax.Array
    ) -> tuple[_Weights, optax.OptState, jax.Array]:
        lost, gradients = jax.value_and_grad(loss)(weights, batch, key)
        updates, state = optimiser.update(gradients, state, weights)
        return optax.apply_updates(weights, updates), state, lost

    return step


def _of_right(scores: jax.Array, right: jax.Array) -> jax.Array:
    """Return the log loss of each row whose right answer is known, 0 of the others."""
    logs = jnp.take_along_axis(jax.nn.log_softmax(scores), jnp.maximum(right, 0)[..., None], axis=-1)[..., 0]
    return jnp.where(right >= 0, -logs, 0.0)


def _read(weights: _Weights, states: jax.Array, there: jax.Array, key: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return what is read of texts and of word pieces, with much left out at random."""
    *of_layers, of_whole, of_pieces = jax.random.split(key, len(weights["layers"]) + 2)
    for layer, own in zip(weights["layers"], of_layers, strict=True):
        states = _layer(layer, states, there, own)
    mean = (states * there[..., None]).sum(axis=1) / there.sum(axis=1, keepdims=True)
    most = jnp.where(there[..., None] > 0, states, _NEAR_FULL).max(axis=1)
    pooled = _some(jnp.concatenate([mean, most], axis=-1), of_whole)
    pieces = _some(states, of_pieces)
    return pooled @ weights["whole"] + weights["whole_bias"], pieces @ weights["piece"] + weights["piece_bias"]


def _layer(w: dict[str, jax.Array], states: jax.Array, there: jax.Array, key: jax.Array) -> jax.Array:
    """Return what `knowledge.layers.Layer` makes of a batch of texts."""
    of_looks, of_attended, of_narrow = jax.random.split(key, 3)
    size, length, _ = states.shape

    def dense(name: str, given: jax.Array) -> jax.Array:
        return given @ w[name] + w[f"{name}_bias"]

    query, key_, value = (
        dense(name, states).reshape(size, length, HEADS, -1).transpose(0, 2, 1, 3) for name in ("query", "key", "value")
    )
    looks = query @ key_.transpose(0, 1, 3, 2) / np.sqrt(WIDTH // HEADS) + (1 - there[:, None, None, :]) * _NEAR_FULL
    looks = _some(jax.nn.softmax(looks), of_looks)
    attended = (looks @ value).transpose(0, 2, 1, 3).reshape(states.shape)
    states = _normalised(w, "attended", states + _some(dense("attended", attended), of_attended))
    wide = jax.nn.gelu(dense("wide", states), approximate=True)
    return _normalised(w, "narrow", states + _some(dense("narrow", wide), of_narrow))


def _normalised(w: dict[str, jax.Array], name: str, states: jax.Array) -> jax.Array:
    return jax.nn.standardize(states, epsilon=1e-12) * w[f"{name}_scale"] + w[f"{name}_shift"]


def _some(states: jax.Array, key: jax.Array) -> jax.Array:
    return jnp.where(jax.random.bernoulli(key, 1 - _LEFT_OUT, states.shape), states / (1 - _LEFT_OUT), 0.0)


def _model(weights: _Weights, lessons: str, embedder: str) -> TunedModel:
    whole, whole_bias, piece, piece_bias = (np.asarray(weights[name]) for name in _READERS)
    layers = tuple(Layer({name: np.asarray(array) for name, array in layer.items()}) for layer in weights["layers"])
    return TunedModel(TunedCard("", lessons, embedder, OUTPUTS, TYPES), layers, whole, whole_bias, piece, piece_bias)


if __name__ == "__main__":
    main()
