"""The screens' model: shipped, checked before use, and fitted from the committed corpora."""

import hashlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import MiniLmEmbedder
from knowledge.errors import ReinstallModel
from knowledge.screens.model import (
    CORPORA,
    FOLDER,
    ScreenModel,
    corpora_digest,
    load_screen_model,
    read_corpus_lines,
)

_QUESTIONS = ["he walked out and I said nothing", "what dose of sertraline", "she wants to die tonight", ""]
_PARTS = ("danger", "kinds", "scope", "fields")


@pytest.fixture(scope="module")
def shipped() -> ScreenModel:
    """The shipped model."""
    return load_screen_model()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model that a test may damage."""
    for name in ("model.npz", "model.json"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def test_a_saved_model_reads_back_with_the_same_scores_card_and_words(
    shipped: ScreenModel, tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    shipped.save(tmp_path)

    again = load_screen_model(tmp_path)

    vectors = embedder.embed(_QUESTIONS)
    for part in _PARTS:
        before, after = (getattr(model, part).scores(_QUESTIONS, vectors) for model in (shipped, again))
        assert np.array_equal(before, after)
    assert (again.vocabulary, again.common) == (shipped.vocabulary, shipped.common)
    assert (again.card.kinds, again.card.fields) == (shipped.card.kinds, shipped.card.fields)
    assert (again.card.crisis, again.card.caution) == (shipped.card.crisis, shipped.card.caution)


def test_the_shipped_model_was_fitted_on_the_committed_corpora() -> None:
    assert load_screen_model().card.corpora == corpora_digest(), "a learning corpus changed; run `make screens`"


def test_the_digest_changes_with_every_corpus(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "corpora", tmp_path / "corpora")
    digests = {corpora_digest(tmp_path)}
    for name in CORPORA:
        with (tmp_path / "corpora" / f"{name}.jsonl").open("a", encoding="utf-8") as corpus:
            corpus.write("{}\n")
        digests.add(corpora_digest(tmp_path))

    assert len(digests) == 1 + len(CORPORA)
    assert corpora_digest() in digests


def test_the_shipped_model_reads_the_shipped_vectors_and_names_its_outputs(
    shipped: ScreenModel, embedder: MiniLmEmbedder
) -> None:
    card = shipped.card

    assert card.embedder == embedder.name
    assert card.caution < card.crisis
    assert (shipped.danger.outputs, shipped.scope.outputs) == (1, 1)
    assert (shipped.kinds.outputs, shipped.fields.outputs) == (len(card.kinds), len(card.fields))
    assert shipped.common <= shipped.vocabulary


@pytest.mark.parametrize("name", ["model.npz", "model.json"])
def test_a_missing_file_asks_for_a_new_installation(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


@pytest.mark.parametrize("position", [0, 1000, -1])
def test_an_altered_model_asks_for_a_new_installation(folder: Path, position: int) -> None:
    data = bytearray((folder / "model.npz").read_bytes())
    data[position] ^= 1
    (folder / "model.npz").write_bytes(bytes(data))

    with pytest.raises(ReinstallModel, match="card"):
        load_screen_model(folder)


def test_a_card_with_another_digest_asks_for_a_new_installation(folder: Path) -> None:
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**card, "sha256": "0" * 64}), encoding="utf-8")

    with pytest.raises(ReinstallModel, match="card"):
        load_screen_model(folder)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "3", "{}", '{"kinds": [], "fields": []}', '{"kinds": 1, "fields": 2}', "\x00"]
)
def test_a_card_that_is_none_asks_for_a_new_installation(folder: Path, content: str) -> None:
    (folder / "model.json").write_text(content, encoding="utf-8")

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


def test_a_card_that_is_no_text_asks_for_a_new_installation(folder: Path) -> None:
    (folder / "model.json").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_truncated_model_that_its_card_names_asks_for_a_new_installation(folder: Path, share: float) -> None:
    data = (folder / "model.npz").read_bytes()

    _replace(folder, data[: int(len(data) * share)])

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


@pytest.mark.parametrize("position", [100, 5000, 100_000])
def test_a_damaged_model_that_its_card_names_asks_for_a_new_installation(folder: Path, position: int) -> None:
    data = bytearray((folder / "model.npz").read_bytes())
    data[position : position + 64] = bytes(64)

    _replace(folder, bytes(data))

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


@pytest.mark.parametrize("left_out", ["danger.weights", "fields.terms", "vocabulary", "common"])
def test_a_model_without_a_part_asks_for_a_new_installation(folder: Path, left_out: str) -> None:
    with np.load(folder / "model.npz", allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files if name != left_out}
    written = io.BytesIO()
    np.savez(written, **arrays)

    _replace(folder, written.getvalue())

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


def test_a_single_array_in_place_of_the_model_asks_for_a_new_installation(folder: Path) -> None:
    written = io.BytesIO()
    np.save(written, np.zeros(3))

    _replace(folder, written.getvalue())

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


@pytest.mark.parametrize("name", CORPORA)
def test_every_line_of_a_learning_corpus_has_a_text_and_a_label(name: str) -> None:
    lines = read_corpus_lines(name)

    assert lines
    assert all(line["text"] and line["label"] for line in lines)


def test_a_learning_corpus_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReinstallModel, match="danger"):
        read_corpus_lines("danger", tmp_path)
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "danger.jsonl").write_text("no json\n", encoding="utf-8")
    with pytest.raises(ReinstallModel, match="danger"):
        read_corpus_lines("danger", tmp_path)


def _replace(folder: Path, data: bytes) -> None:
    """Put other bytes in the model's place and make the card name them."""
    (folder / "model.npz").write_bytes(data)
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    card["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
