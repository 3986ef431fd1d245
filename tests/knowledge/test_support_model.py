"""The model that weighs statements: shipped, checked before use, and fitted from the committed pairs."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge.entry import Corpus
from knowledge.errors import ReinstallModel
from knowledge.support import FOLDER, load_support_model, pairs_digest, read_pairs
from knowledge.support.network import SupportNetwork


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model that a test may damage."""
    for name in ("model.npz", "model.json"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def _score(network: SupportNetwork, cues: int) -> float:
    rows = np.eye(384, dtype=np.float32)
    return network.score(rows[:5], rows[3:9], np.ones(cues, dtype=np.float32))


def test_a_saved_model_reads_back_with_the_same_score(tmp_path: Path) -> None:
    shipped = load_support_model()
    shipped.save(tmp_path)
    again = load_support_model(tmp_path)
    cues = len(shipped.card.cues)
    assert _score(again.network, cues) == _score(shipped.network, cues)


def test_the_shipped_model_was_fitted_on_the_committed_pairs() -> None:
    assert load_support_model().card.lines == pairs_digest(), "the pairs changed; run `make support`"


def test_at_least_six_hundred_pairs_over_eighty_cards_are_learned_from_and_none_stands_twice(corpus: Corpus) -> None:
    pairs = read_pairs()
    cited = [cite for one in pairs for cite in one["cites"]]
    assert len(pairs) >= 600
    assert len({one["statement"] for one in pairs}) == len(pairs)
    assert set(cited) <= set(corpus.units)
    assert len({cite.partition("#")[0] for cite in cited}) >= 80
    assert {one["label"] for one in pairs} == {"supported", "unsupported"}


def test_an_altered_model_is_refused(folder: Path) -> None:
    with (folder / "model.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ReinstallModel, match="not the one that its card names"):
        load_support_model(folder)


@pytest.mark.parametrize("name", ["model.npz", "model.json"])
def test_a_missing_file_is_told(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ReinstallModel, match="missing"):
        load_support_model(folder)


def test_missing_pairs_are_told(tmp_path: Path) -> None:
    with pytest.raises(ReinstallModel, match="learned from"):
        read_pairs(tmp_path)
