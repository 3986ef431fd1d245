"""The tuned layers as shipped: they belong to their lines, say the same of the same text, and are checked."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.evals.tuned_lessons import OUTPUTS, digest
from knowledge.embedding import MiniLmEmbedder
from knowledge.errors import ReinstallModel
from knowledge.tuned import FOLDER, TunedModel, load_tuned_model

_DANGER = "she says she has counted the pills and nobody would miss her"
_CALM = "he was quiet after i misread his joke, how do i bring it up?"


@pytest.fixture(scope="module")
def tuned() -> TunedModel:
    return load_tuned_model()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("model.npz", "model.json"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def test_the_layers_were_tuned_on_these_lines(tuned: TunedModel) -> None:
    assert tuned.card.lessons == digest(), "run `make tuned`, then `make thresholds rehearsal`"
    assert tuned.card.outputs == OUTPUTS


def test_danger_and_scope_are_told_apart(tuned: TunedModel, embedder: MiniLmEmbedder) -> None:
    danger, calm, outside = (
        tuned.read(states).outputs for states in embedder.read([_DANGER, _CALM, "what cpt code for a 50 minute intake"])
    )

    assert danger["danger"].min() > 0 > calm["danger"].max()
    assert outside["scope"][0] > 0 > calm["scope"][0]
    assert OUTPUTS["kind"][int(danger["kind"].argmax())] == "suicide"


def test_a_text_reads_the_same_alone_and_among_others(tuned: TunedModel, embedder: MiniLmEmbedder) -> None:
    texts = [_DANGER, "", _CALM * 9]
    for text, among in zip(texts, embedder.read(texts), strict=True):
        (alone,) = embedder.read([text])
        one, other = tuned.read(alone), tuned.read(among)
        assert one.types.shape == (len(alone.ids), len(tuned.card.types))
        for group, outputs in one.outputs.items():
            np.testing.assert_allclose(outputs, other.outputs[group], atol=0.02)


def test_words_read_lately_are_not_read_again_and_only_few_are_held(
    tuned: TunedModel, embedder: MiniLmEmbedder
) -> None:
    first, *others = embedder.read([_CALM, *(f"{_CALM} {number}" for number in range(20))])

    once = tuned.read(first)
    assert tuned.read(first) is once
    for states in others:
        tuned.read(states)

    again = tuned.read(first)
    assert again is not once
    np.testing.assert_array_equal(again.types, once.types)


def test_what_was_saved_reads_as_before(tuned: TunedModel, embedder: MiniLmEmbedder, tmp_path: Path) -> None:
    tuned.save(tmp_path)
    (states,) = embedder.read([_CALM])

    again = load_tuned_model(tmp_path).read(states)

    for group, outputs in tuned.read(states).outputs.items():
        np.testing.assert_allclose(again.outputs[group], outputs, atol=1e-3)


def test_an_altered_file_is_refused(copied: Path) -> None:
    data = bytearray((copied / "model.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (copied / "model.npz").write_bytes(bytes(data))

    with pytest.raises(ReinstallModel, match="tuned layers"):
        load_tuned_model(copied)


def test_a_card_with_other_outputs_is_refused(copied: Path) -> None:
    card = json.loads((copied / "model.json").read_text(encoding="utf-8"))
    card["outputs"]["scope"].append("further")
    (copied / "model.json").write_text(json.dumps(card), encoding="utf-8")

    with pytest.raises(ReinstallModel, match="cannot be read"):
        load_tuned_model(copied)
