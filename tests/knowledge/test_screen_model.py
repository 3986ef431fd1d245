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
    FILES,
    FOLDER,
    ScreenModel,
    corpora_digest,
    load_screen_model,
    read_corpus_lines,
)

_QUESTIONS = ["he walked out and I said nothing", "what dose of sertraline", "she wants to die tonight", ""]
_PARTS = ("danger", "kinds", "scope", "fields")
_FILES = (*(f"{name}.npz" for name in FILES), "model.json")


@pytest.fixture(scope="module")
def shipped() -> ScreenModel:
    """The shipped model."""
    return load_screen_model()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model that a test may damage."""
    for name in _FILES:
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
    read = embedder.read(_QUESTIONS)
    networks = zip(shipped.danger_networks, again.danger_networks, strict=True)
    assert all(np.array_equal(before.scores(read), after.scores(read)) for before, after in networks)
    taggers = zip(shipped.identifiers, again.identifiers, strict=True)
    words = np.zeros((3, shipped.identifiers[0].weights["state"].shape[0]), dtype=np.float32), read[0].ids[:3]
    assert all(np.array_equal(before.probabilities(*words), after.probabilities(*words)) for before, after in taggers)
    assert (again.vocabulary, again.common) == (shipped.vocabulary, shipped.common)
    assert again.card == shipped.card


def test_the_shipped_model_was_fitted_on_the_committed_corpora() -> None:
    assert load_screen_model().card.corpora == corpora_digest(), "a learning corpus changed; run `make screens`"


def test_the_digest_changes_with_every_corpus(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "corpora", tmp_path / "corpora")
    digests = {corpora_digest(tmp_path)}
    for name in CORPORA:
        with (tmp_path / "corpora" / name / "first.jsonl").open("a", encoding="utf-8") as corpus:
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


@pytest.mark.parametrize("name", _FILES)
def test_a_missing_file_asks_for_a_new_installation(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


@pytest.mark.parametrize("position", [0, 1000, -1])
@pytest.mark.parametrize("name", FILES)
def test_an_altered_model_asks_for_a_new_installation(folder: Path, name: str, position: int) -> None:
    data = bytearray((folder / f"{name}.npz").read_bytes())
    data[position] ^= 1
    (folder / f"{name}.npz").write_bytes(bytes(data))

    with pytest.raises(ReinstallModel, match="card"):
        load_screen_model(folder)


def test_a_card_with_another_digest_asks_for_a_new_installation(folder: Path) -> None:
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))

    for sums in ("0" * 64, {}, {**card["sha256"], "danger": "0" * 64}):
        (folder / "model.json").write_text(json.dumps({**card, "sha256": sums}), encoding="utf-8")
        with pytest.raises(ReinstallModel):
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
    data = (folder / "words.npz").read_bytes()

    _replace(folder, data[: int(len(data) * share)])

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


@pytest.mark.parametrize("position", [100, 5000, 100_000])
def test_a_damaged_model_that_its_card_names_asks_for_a_new_installation(folder: Path, position: int) -> None:
    data = bytearray((folder / "words.npz").read_bytes())
    data[position : position + 64] = bytes(64)

    _replace(folder, bytes(data))

    with pytest.raises(ReinstallModel):
        load_screen_model(folder)


@pytest.mark.parametrize(
    ("file", "left_out"),
    [
        ("words", "danger.weights"),
        ("words", "fields.terms"),
        ("words", "vocabulary"),
        ("words", "common"),
        ("danger", "0.pieces"),
        ("identifiers", "1.known"),
    ],
)
def test_a_model_without_a_part_asks_for_a_new_installation(folder: Path, file: str, left_out: str) -> None:
    with np.load(folder / f"{file}.npz", allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files if name != left_out}
    written = io.BytesIO()
    np.savez(written, **arrays)

    _replace(folder, written.getvalue(), file)

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
    assert all(line["text"] and line["hand"] and ("label" in line or "identifiers" in line) for line in lines)


def test_every_identifier_of_the_privacy_corpus_stands_in_its_line_and_has_a_type_of_the_tagger(
    shipped: ScreenModel,
) -> None:
    for line in read_corpus_lines("privacy"):
        for identifier in line["identifiers"]:
            assert identifier["text"] in line["text"]
            assert identifier["type"] in shipped.card.types[1:]


def test_a_learning_corpus_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReinstallModel, match="danger"):
        read_corpus_lines("danger", tmp_path)
    (tmp_path / "corpora" / "danger").mkdir(parents=True)
    (tmp_path / "corpora" / "danger" / "first.jsonl").write_text("no json\n", encoding="utf-8")
    with pytest.raises(ReinstallModel, match="danger"):
        read_corpus_lines("danger", tmp_path)


def _replace(folder: Path, data: bytes, name: str = "words") -> None:
    """Put other bytes in a file's place and make the card name them."""
    (folder / f"{name}.npz").write_bytes(data)
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    card["sha256"][name] = hashlib.sha256(data).hexdigest()
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
