"""The learned part of reading a question for strain: fitted once from the lines beside it, shipped, checked."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.ridge import Numbers, TextRidge
from knowledge.shipped import Arrays, digest_of_lessons, load_model, read_lessons, save_model

FOLDER = Path(__file__).parent
_FLAG_WEIGHT = np.float32(1.0)
"""Length that one flag is given beside a text's vector, which has length 1."""


@dataclass(frozen=True, slots=True)
class ReadingCard:
    """What the shipped file is and how its scores are read.

    Attributes:
        sha256: of model.npz.
        lines: sha256 of learn.jsonl, which it was fitted on.
        embedder: name of the vector space it reads.
        outputs: names of the scores, in their order.
        flags: how many flags it reads beside the text and the vector.
        speaks: a marker's score from here up may be told.
        silent: the other marker's score must be below this, where one is told alone.
    """

    sha256: str
    lines: str
    embedder: str
    outputs: tuple[str, ...]
    flags: int
    speaks: float
    silent: float


@dataclass(frozen=True, slots=True)
class ReadingModel:
    """A fitted regression over a question's words, its vector, and flags for the plain signs in it."""

    card: ReadingCard
    ridge: TextRidge

    def scores(
        self, question: str, vector: npt.NDArray[np.float32], flags: npt.NDArray[np.float32]
    ) -> dict[str, float]:
        """Return the scores of one question by name.

        Args:
            question: plain text.
            vector: its vector; shape (dimensions,).
            flags: 0 or 1 for each plain sign; shape (flags,).
        """
        scored = self.ridge.scores([question], with_flags(vector[None, :], flags[None, :]))[0]
        return dict(zip(self.card.outputs, scored.tolist(), strict=True))

    def save(self, folder: Path = FOLDER) -> None:
        """Write model.npz and model.json."""
        save_model(folder, asdict(self.card), self.ridge.arrays())


def with_flags(vectors: Numbers, flags: Numbers) -> Numbers:
    """Return rows of vectors and flags side by side; shape (texts, dimensions + flags)."""
    rows: Numbers = np.hstack([vectors, flags * _FLAG_WEIGHT]).astype(np.float32)
    return rows


def load_reading_model(folder: Path = FOLDER) -> ReadingModel:
    """Read the shipped model.

    Raises:
        ReinstallModel: a file is missing, altered, or not what `save` wrote.
    """
    return load_model(folder, "the readings", _model)


def _model(card: dict[str, Any], arrays: Arrays) -> ReadingModel:
    return ReadingModel(ReadingCard(**{**card, "outputs": tuple(card["outputs"])}), TextRidge.from_arrays(arrays))


def read_lines(folder: Path = FOLDER) -> list[dict[str, str | list[str]]]:
    """Read the learning lines; each has `text`, `marker`, `moved` and `tried`.

    Raises:
        ReinstallModel: the file is missing or is no JSON lines.
    """
    return read_lessons(folder, "lines that readings are learned from")


def lines_digest(folder: Path = FOLDER) -> str:
    """Return the sha256 of the learning lines, in hexadecimal."""
    return digest_of_lessons(folder)
