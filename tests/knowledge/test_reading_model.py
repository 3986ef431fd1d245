"""The model that reads for ruptures: shipped, checked before use, and fitted from the committed lines."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import ReinstallModel
from knowledge.readings import FOLDER, lines_digest, load_reading_model, read_lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model that a test may damage."""
    for name in ("model.npz", "model.json"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def test_a_saved_model_reads_back_with_the_same_scores(tmp_path: Path) -> None:
    shipped = load_reading_model()
    shipped.save(tmp_path)
    again = load_reading_model(tmp_path)
    vector, flags = np.ones(384, dtype=np.float32), np.ones(shipped.card.flags, dtype=np.float32)
    assert again.scores("she went quiet", vector, flags) == shipped.scores("she went quiet", vector, flags)


def test_the_shipped_model_was_fitted_on_the_committed_lines() -> None:
    assert load_reading_model().card.lines == lines_digest(), "the lines changed; run `make reading`"


def test_at_least_three_hundred_lines_are_learned_from_and_none_stands_twice() -> None:
    texts = [line["text"] for line in read_lines()]
    assert len(texts) >= 300
    assert len(set(map(str, texts))) == len(texts)


def test_an_altered_model_is_refused(folder: Path) -> None:
    with (folder / "model.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ReinstallModel, match="not the one that its card names"):
        load_reading_model(folder)


@pytest.mark.parametrize("name", ["model.npz", "model.json"])
def test_a_missing_file_is_told(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ReinstallModel, match="missing"):
        load_reading_model(folder)


def test_missing_lines_are_told(tmp_path: Path) -> None:
    with pytest.raises(ReinstallModel, match="learned from"):
        read_lines(tmp_path)
