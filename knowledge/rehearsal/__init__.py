"""The learned part of observing features in a rehearsed line: fitted once, shipped, checked before use."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import ReinstallModel
from knowledge.ridge import TextRidge
from knowledge.shipped import Arrays, load_model, read_lessons, save_model

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class RehearsalCard:
    """What the shipped file is and how its scores are read.

    Attributes:
        sha256: of model.npz.
        lines: sha256 of the labelled lines that it was fitted on, file by file.
        embedder: name of the vector space it reads.
        outputs: names of the features, in the order of their scores.
        tuned: how much the tuned layers' reading counts beside the regression's, by feature.
        sure: a feature is named from this score up.
        guarded: nothing is called good in a line whose score for a defense is this or more.
    """

    sha256: str
    lines: tuple[str, ...]
    embedder: str
    outputs: tuple[str, ...]
    tuned: tuple[float, ...]
    sure: tuple[float, ...]
    guarded: float


@dataclass(frozen=True, slots=True)
class RehearsalModel:
    """A fitted regression over the words, vector and flags of a line or a sentence."""

    card: RehearsalCard
    ridge: TextRidge

    def save(self, folder: Path = FOLDER) -> None:
        """Write model.npz and model.json."""
        save_model(folder, asdict(self.card), self.ridge.arrays())


def read_clauses(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Read the learning clauses; each has `line` and `features`.

    Raises:
        ReinstallModel: the file is missing or is no JSON lines.
    """
    return read_lessons(folder, "clauses that rehearsals are learned from")


def read_left_out(folder: Path = FOLDER) -> dict[str, Any]:
    """Read what the tuned layers said of lines that they were not tuned on.

    Returns:
        `lines`, the sha256 of their file, and `scores`, a row for each line with an output for each feature.

    Raises:
        ReinstallModel: the file is missing or no JSON.
    """
    try:
        return dict(json.loads((folder / "left-out.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        raise ReinstallModel("the scores of lines left out cannot be read", "restore the file") from None


def load_rehearsal_model(folder: Path = FOLDER) -> RehearsalModel:
    """Read the shipped model.

    Raises:
        ReinstallModel: a file is missing, altered, or not what `save` wrote.
    """
    return load_model(folder, "the rehearsals", _model)


def _model(card: dict[str, Any], arrays: Arrays) -> RehearsalModel:
    lists = {name: tuple(card[name]) for name in ("lines", "outputs", "tuned", "sure")}
    return RehearsalModel(RehearsalCard(**{**card, **lists}), TextRidge.from_arrays(arrays))
