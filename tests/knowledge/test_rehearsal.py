"""The files of the rehearsal's model are refused where they are not the shipped ones."""

from pathlib import Path

import pytest

from knowledge.errors import ReinstallModel
from knowledge.rehearsal import load_rehearsal_model, read_clauses


def test_the_shipped_clauses_can_be_read() -> None:
    assert all(set(clause) == {"line", "features"} for clause in read_clauses())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReinstallModel, match="rehearsals"):
        load_rehearsal_model(tmp_path)
    with pytest.raises(ReinstallModel, match="learned from"):
        read_clauses(tmp_path)


def test_the_model_can_be_written_and_read_again(tmp_path: Path) -> None:
    model = load_rehearsal_model()
    model.save(tmp_path)
    assert load_rehearsal_model(tmp_path).card == model.card
