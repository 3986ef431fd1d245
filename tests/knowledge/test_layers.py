"""The layers in numpy: with the shipped weights they make what the shipped model makes; packed, nearly the same."""

import numpy as np
import pytest

from bot.evals.minilm_layers import last_layers
from knowledge import layers
from knowledge.embedding import MiniLmEmbedder
from knowledge.layers import MATRICES, Layer

_TEXTS = ["She said I never listen, and now she won't look at me.", "im done", "", "\N{SNOWMAN} " * 200]


@pytest.fixture(scope="module")
def shipped() -> tuple[Layer, ...]:
    return last_layers()


@pytest.mark.parametrize("text", _TEXTS)
def test_on_what_the_lower_layers_made_the_last_three_make_what_the_model_makes(
    shipped: tuple[Layer, ...], embedder: MiniLmEmbedder, text: str
) -> None:
    (read,) = embedder.read([text])

    np.testing.assert_allclose(layers.run(shipped, read.lower), read.states, atol=0.02)


def test_what_the_lower_layers_make_stays_what_it_is_in_any_company(embedder: MiniLmEmbedder) -> None:
    together = embedder.read(_TEXTS)

    for text, among in zip(_TEXTS, together, strict=True):
        (alone,) = embedder.read([text])
        np.testing.assert_allclose(alone.lower, among.lower, atol=1e-4)


def test_packed_layers_come_back_within_half_a_step(shipped: tuple[Layer, ...]) -> None:
    for before, after in zip(shipped, layers.unpacked(layers.packed(shipped)), strict=True):
        for name, array in before.weights.items():
            step = np.abs(array).max(axis=0) / 127 if name in MATRICES else 0.0
            assert (np.abs(after.weights[name] - array) <= step / 2 + 1e-6).all()


def test_a_missing_part_is_named(shipped: tuple[Layer, ...]) -> None:
    arrays = layers.packed(shipped)
    del arrays["1.wide_bias"]

    with pytest.raises(KeyError, match=r"1\.wide_bias"):
        layers.unpacked(arrays)
