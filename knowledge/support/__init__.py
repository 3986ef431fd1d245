"""The learned part of grounding: fitted once from the pairs beside it and shipped; checked before use."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.shipped import Arrays, digest_of_lessons, load_model, read_lessons, save_model
from knowledge.support.network import SupportNetwork

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SupportCard:
    """What the shipped file is and how its scores are read.

    Attributes:
        sha256: of model.npz.
        lines: sha256 of learn.jsonl, which it was fitted on.
        embedder: name of the model whose words it reads.
        cues: names of what it reads beside the words, in their order.
        stands: a statement whose score is lower does not stand.
    """

    sha256: str
    lines: str
    embedder: str
    cues: tuple[str, ...]
    stands: float


@dataclass(frozen=True, slots=True)
class SupportModel:
    """A fitted network and its card."""

    card: SupportCard
    network: SupportNetwork

    def save(self, folder: Path = FOLDER) -> None:
        """Write model.npz and model.json."""
        save_model(folder, asdict(self.card), self.network.arrays())


def load_support_model(folder: Path = FOLDER) -> SupportModel:
    """Read the shipped model.

    Raises:
        ReinstallModel: a file is missing, altered, or not what `save` wrote.
    """
    return load_model(folder, "grounding", _model)


def _model(card: dict[str, Any], arrays: Arrays) -> SupportModel:
    return SupportModel(SupportCard(**{**card, "cues": tuple(card["cues"])}), SupportNetwork.from_arrays(arrays))


def read_pairs(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Read the learning pairs; each has `statement`, `cites`, `label` and `kind`.

    Raises:
        ReinstallModel: the file is missing or is no JSON lines.
    """
    return read_lessons(folder, "pairs that grounding is learned from")


def pairs_digest(folder: Path = FOLDER) -> str:
    """Return the sha256 of the learning pairs, in hexadecimal."""
    return digest_of_lessons(folder)
