"""The shipped embedding model: its files, its vectors, and what is said where they are damaged."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from knowledge import embedding
from knowledge.embedding import Embedder, MiniLmEmbedder
from knowledge.errors import ReinstallModel
from tests.knowledge.small import HashedWords


def test_every_vector_has_384_dimensions_and_unit_length(embedder: MiniLmEmbedder) -> None:
    vectors = embedder.embed(["My client went quiet.", "", "word " * 2000, "\N{THUMBS UP SIGN}"])

    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_no_texts_give_no_rows(embedder: MiniLmEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_rows_come_back_in_the_order_of_the_texts_whatever_their_lengths(embedder: MiniLmEmbedder) -> None:
    texts = [
        f"My client talked about {'the long road home and ' * (number % 7)}number {number}" for number in range(40)
    ]

    together = embedder.embed(texts)

    for number in (0, 6, 17, 39):
        alone = embedder.embed([texts[number]])[0]
        assert float(together[number] @ alone) > 0.98
        assert int(np.argmax(together @ alone)) == number


def test_threads_change_no_vector_and_no_word_piece(embedder: MiniLmEmbedder) -> None:
    texts = [f"My client came late {'again and ' * (number % 9)}for the {number}th time" for number in range(40)]
    alone = MiniLmEmbedder(threads=1)

    assert (embedder.embed(texts) == alone.embed(texts)).all()
    for first, second in zip(embedder.read(texts), alone.read(texts), strict=True):
        assert (first.states == second.states).all()
        assert (first.spans == second.spans).all()


def test_a_question_is_nearer_to_its_paraphrase_than_to_something_else(embedder: MiniLmEmbedder) -> None:
    asked, paraphrase, other = embedder.embed(
        ["my client stopped talking to me", "the client went silent in the session", "how do I bill an insurer"]
    )

    assert float(asked @ paraphrase) > float(asked @ other) + 0.2


def test_texts_beyond_256_word_pieces_are_cut(embedder: MiniLmEmbedder) -> None:
    long = "quiet " * 300
    first, second = embedder.embed([long, long + "and then a fight about money"])

    assert first == pytest.approx(second, abs=1e-5)


def test_the_same_text_always_has_the_same_vector(embedder: MiniLmEmbedder) -> None:
    assert (embedder.embed(["quiet"]) == embedder.embed(["quiet"])).all()


def test_both_embedders_hold_to_the_protocol(embedder: MiniLmEmbedder) -> None:
    each: Iterator[Embedder] = iter((embedder, HashedWords()))

    assert [one.embed(["quiet"]).shape[0] for one in each] == [1, 1]
    assert embedder.name == "all-MiniLM-L6-v2-onnx-int8"


@pytest.mark.parametrize("package", ["no_such_package_here", "this"])
def test_a_missing_model_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setattr(embedding, "_MODEL", (package, "model.onnx", "0"))

    with pytest.raises(ReinstallModel, match=f"{package} is not installed; install the program again"):
        MiniLmEmbedder()


def test_a_missing_model_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_MODEL", ("knowledge", "gone.onnx", "0"))

    with pytest.raises(ReinstallModel, match=r"gone\.onnx of knowledge cannot be read"):
        MiniLmEmbedder()


def test_a_model_file_that_is_not_the_pinned_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    package, name, _ = embedding._MODEL
    monkeypatch.setattr(embedding, "_MODEL", (package, name, "0" * 64))

    with pytest.raises(ReinstallModel, match="is not the one we pin"):
        MiniLmEmbedder()


def test_a_damaged_tokenizer_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "halfmodel").mkdir()
    (tmp_path / "halfmodel" / "__init__.py").touch()
    (tmp_path / "halfmodel" / "tokenizer.json").write_text("{", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(embedding, "_TOKENIZER", ("halfmodel", "tokenizer.json", embedding._TOKENIZER[2]))

    with pytest.raises(ReinstallModel, match=r"tokenizer\.json of halfmodel is not the one we pin"):
        MiniLmEmbedder()
