"""Transformer layers in numpy: MiniLM's last three, as tuned on our own lines, run on what the first three made.

The layer is BERT's (Devlin et al., 2019): attention, then a wider layer, each added to its input and normalised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]
Arrays = Mapping[str, npt.NDArray[np.generic]]

WIDTH, HEADS = 384, 12
_HEAD = WIDTH // HEADS
_SMALL = np.float32(1e-12)
_STEPS = np.float32(127)
_GELU, _GELU_CUBE = np.float32(np.sqrt(2 / np.pi)), np.float32(0.044715)

MATRICES = ("query", "key", "value", "attended", "wide", "narrow")
"""Names of a layer's matrices; each has a bias of its name with `_bias`."""

NORMS = ("attended", "narrow")
"""After which of them a layer is normalised, by `_scale` and `_shift`."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer's weights.

    Attributes:
        weights: a matrix and a bias for each of `MATRICES`; scale and shift for each of `NORMS`.
    """

    weights: Mapping[str, Numbers]

    def run(self, states: Numbers) -> Numbers:
        """Return what the layer makes of a text's word pieces; shape (pieces, 384), as it came."""
        w = self.weights
        added = self._dense("attended", self._attended(states))
        states = _normalised(states + added, w["attended_scale"], w["attended_shift"])
        added = self._dense("narrow", _gelu(self._dense("wide", states)))
        return _normalised(states + added, w["narrow_scale"], w["narrow_shift"])

    def _attended(self, states: Numbers) -> Numbers:
        query, key, value = (
            self._dense(name, states).reshape(len(states), HEADS, _HEAD).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        looks = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(_HEAD))
        looks = np.exp(looks - looks.max(axis=-1, keepdims=True))
        looks /= looks.sum(axis=-1, keepdims=True)
        found: Numbers = (looks @ value).transpose(1, 0, 2).reshape(states.shape)
        return found

    def _dense(self, name: str, states: Numbers) -> Numbers:
        found: Numbers = states @ self.weights[name] + self.weights[f"{name}_bias"]
        return found


def run(layers: Sequence[Layer], states: Numbers) -> Numbers:
    """Return what layers, one after the other, make of a text's word pieces; shape (pieces, 384)."""
    for layer in layers:
        states = layer.run(states)
    return states


def packed(layers: Sequence[Layer]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the layers as they are shipped: matrices as whole numbers up to 127, with a step for each column."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for number, layer in enumerate(layers):
        for name, array in layer.weights.items():
            if name in MATRICES:
                step = np.maximum(np.abs(array).max(axis=0), _SMALL) / _STEPS
                arrays[f"{number}.{name}"] = np.round(array / step).astype(np.int8)
                arrays[f"{number}.{name}_step"] = step.astype(np.float32)
            else:
                arrays[f"{number}.{name}"] = array.astype(np.float32)
    return arrays


def unpacked(arrays: Arrays) -> tuple[Layer, ...]:
    """Return the layers of what `packed` gave; names without a number and a dot are passed over.

    Raises:
        KeyError: a part is missing.
    """
    found: list[Layer] = []
    names = [name for matrix in MATRICES for name in (matrix, f"{matrix}_bias")]
    names += [f"{norm}_{part}" for norm in NORMS for part in ("scale", "shift")]
    for number in sorted({name.partition(".")[0] for name in arrays if name.partition(".")[1]}):
        weights = {}
        for name in names:
            array = arrays[f"{number}.{name}"].astype(np.float32)
            step = arrays[f"{number}.{name}_step"].astype(np.float32) if name in MATRICES else np.float32(1)
            weights[name] = array * step
        found.append(Layer(weights))
    return tuple(found)


def _gelu(states: Numbers) -> Numbers:
    found: Numbers = np.float32(0.5) * states * (1 + np.tanh(_GELU * (states + _GELU_CUBE * states * states * states)))
    return found


def _normalised(states: Numbers, scale: Numbers, shift: Numbers) -> Numbers:
    centred = states - states.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _SMALL)
    found: Numbers = centred / spread * scale + shift
    return found
