"""Reads the last three layers of the shipped MiniLM out of its ONNX file, as weights to go on learning from."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from knowledge.embedding import model_file
from knowledge.layers import MATRICES, Layer, Numbers

_FIRST, _LAST = 3, 6
_BIASES = (
    "attention.self.query.bias",
    "attention.self.key.bias",
    "attention.self.value.bias",
    "attention.output.dense.bias",
    "intermediate.dense.bias",
    "output.dense.bias",
)
"""In the order of `MATRICES`."""

_NORMS = {"attended": "attention.output.LayerNorm", "narrow": "output.LayerNorm"}
_MATRIX = re.compile(r"val_(\d+)_q")
"""How the file names a matrix in whole numbers; they stand in the order in which they are used."""


def last_layers() -> tuple[Layer, ...]:
    """Return the fourth, fifth and sixth layer of the shipped model.

    Raises:
        ReinstallModel: the file is missing or not the pinned one.
    """
    arrays = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(model_file())).graph.initializer}
    matrices = sorted((int(match[1]), name) for name in arrays if (match := _MATRIX.fullmatch(name)))
    names = [name for _, name in matrices]
    return tuple(_layer(arrays, number, names) for number in range(_FIRST, _LAST))


def _layer(arrays: Mapping[str, npt.NDArray[Any]], number: int, names: Sequence[str]) -> Layer:
    of_layer = f"inner.encoder.layer.{number}."
    weights: dict[str, Numbers] = {}
    first = number * len(MATRICES)
    for name, matrix, bias in zip(MATRICES, names[first : first + len(MATRICES)], _BIASES, strict=True):
        step = arrays[f"{matrix.removesuffix('_q')}_scale"].astype(np.float32)
        weights[name] = (arrays[matrix].astype(np.float32) * step).astype(np.float32)
        weights[f"{name}_bias"] = arrays[of_layer + bias].astype(np.float32)
    for name, norm in _NORMS.items():
        weights[f"{name}_scale"] = arrays[f"{of_layer}{norm}.weight"].astype(np.float32)
        weights[f"{name}_shift"] = arrays[f"{of_layer}{norm}.bias"].astype(np.float32)
    return Layer(weights)
