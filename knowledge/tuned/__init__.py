"""MiniLM's last three layers, tuned on our own labelled lines, with what they read in a text; shipped, checked.

The first three layers stay as they are and run once; what they made of the word pieces is read here a second time, for
danger, scope, topics, identifiers and rehearsed lines. How it was fitted and what it is worth is in docs/screens.md.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge import layers
from knowledge.embedding import TokenStates
from knowledge.layers import Layer, Numbers
from knowledge.shipped import Arrays, load_model, save_model

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class TunedCard:
    """What the shipped file is and how its outputs are read.

    Attributes:
        sha256: of model.npz.
        lessons: sha256 over the texts and labels that it was fitted on.
        embedder: name of the model whose first layers it goes on from.
        outputs: names of what is read in a whole text, by group, in their order.
        types: names of what is read in a word piece, in their order.
    """

    sha256: str
    lessons: str
    embedder: str
    outputs: Mapping[str, tuple[str, ...]]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TunedReading:
    """What the tuned layers read in one text.

    Attributes:
        outputs: of the whole text, by group; each of the shape (names of the group,). Above 0 rather than not where a
            group's outputs stand alone; the greatest counts where they exclude each other.
        types: of each word piece; shape (pieces, types).
    """

    outputs: Mapping[str, Numbers]
    types: Numbers


class _Recent:
    """The last readings, by a hash of what was read: no text, and safe to use from several threads."""

    _MOST = 8

    def __init__(self) -> None:
        self._readings: dict[bytes, TunedReading] = {}
        self._lock = Lock()

    def get(self, key: bytes) -> TunedReading | None:
        """Return a reading that is still held."""
        return self._readings.get(key)

    def put(self, key: bytes, reading: TunedReading) -> None:
        """Hold a reading; the oldest makes room."""
        with self._lock:
            self._readings[key] = reading
            while len(self._readings) > self._MOST:
                del self._readings[next(iter(self._readings))]


@dataclass(frozen=True, slots=True)
class TunedModel:
    """The tuned layers and what is read from their last.

    Attributes:
        card: what they are.
        layers: in their order.
        whole: weights from the mean and the greatest of the word pieces to all outputs; shape (768, outputs).
        whole_bias: added; shape (outputs,).
        piece: weights from a word piece to its types; shape (384, types).
        piece_bias: added; shape (types,).
    """

    card: TunedCard
    layers: tuple[Layer, ...]
    whole: Numbers
    whole_bias: Numbers
    piece: Numbers
    piece_bias: Numbers
    _recent: "_Recent" = field(default_factory=_Recent, compare=False, repr=False)

    def read(self, text: TokenStates) -> TunedReading:
        """Return what the layers read in a text; the same text always brings the same reading."""
        # Three screens read a question one after the other, most often the same words.
        key = hashlib.blake2b(text.ids.tobytes()).digest()
        found = self._recent.get(key)
        if found is None:
            found = self._read(text)
            self._recent.put(key, found)
        return found

    def _read(self, text: TokenStates) -> TunedReading:
        states = layers.run(self.layers, text.lower)
        pooled = np.concatenate([states.mean(axis=0), states.max(axis=0)])
        found = pooled @ self.whole + self.whole_bias
        ends = np.cumsum([len(names) for names in self.card.outputs.values()])
        groups = dict(zip(self.card.outputs, np.split(found, ends[:-1]), strict=True))
        return TunedReading(groups, states @ self.piece + self.piece_bias)

    def save(self, folder: Path = FOLDER) -> None:
        """Write model.npz and model.json."""
        parts: dict[str, npt.NDArray[Any]] = {
            "whole": self.whole.astype(np.float16),
            "whole_bias": self.whole_bias,
            "piece": self.piece.astype(np.float16),
            "piece_bias": self.piece_bias,
        }
        save_model(folder, asdict(self.card), {**layers.packed(self.layers), **parts})


@cache
def load_tuned_model(folder: Path = FOLDER) -> TunedModel:
    """Read the shipped model, once for a process: its weights take 21 MB, and several read with them.

    Raises:
        ReinstallModel: a file is missing, altered, or not what `save` wrote.
    """
    return load_model(folder, "tuned layers", _build)


def _build(card: dict[str, Any], arrays: Arrays) -> TunedModel:
    outputs = {group: tuple(names) for group, names in card["outputs"].items()}
    whole, bias, piece, piece_bias = (
        arrays[name].astype(np.float32) for name in ("whole", "whole_bias", "piece", "piece_bias")
    )
    if whole.shape[1] != sum(map(len, outputs.values())) or piece.shape[1] != len(card["types"]):
        raise ValueError("the tuned layers and their card do not fit one another")
    read = TunedCard(**{**card, "outputs": outputs, "types": tuple(card["types"])})
    return TunedModel(read, layers.unpacked(arrays), whole, bias, piece, piece_bias)
