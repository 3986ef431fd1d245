"""The learned part of grounding: fitted once from the pairs beside it and shipped; checked before use."""

import hashlib
import io
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from knowledge.errors import ReinstallModel
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
        kept = io.BytesIO()
        np.savez_compressed(kept, **self.network.arrays())  # type: ignore[arg-type]  # names and arrays, as documented
        (folder / "model.npz").write_bytes(kept.getvalue())
        card = {**asdict(self.card), "sha256": hashlib.sha256(kept.getvalue()).hexdigest()}
        (folder / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def load_support_model(folder: Path = FOLDER) -> SupportModel:
    """Read the shipped model.

    Raises:
        ReinstallModel: a file is missing, altered, or not what `save` wrote.
    """
    mend = "install the program again"
    try:
        data = (folder / "model.npz").read_bytes()
        values = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        card = SupportCard(**{**values, "cues": tuple(values["cues"])})
    except (OSError, ValueError, KeyError, TypeError):
        raise ReinstallModel("the model of grounding is missing or cannot be read", mend) from None
    if hashlib.sha256(data).hexdigest() != card.sha256:
        raise ReinstallModel("the model of grounding is not the one that its card names", mend)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            return SupportModel(card, SupportNetwork.from_arrays(dict(kept)))
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, BadZipFile, zlib.error):
        raise ReinstallModel("the model of grounding cannot be read", mend) from None


def read_pairs(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Read the learning pairs; each has `statement`, `cites`, `label` and `kind`.

    Raises:
        ReinstallModel: the file is missing or is no JSON lines.
    """
    try:
        return [json.loads(line) for line in (folder / "learn.jsonl").read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        raise ReinstallModel("the pairs that grounding is learned from cannot be read", "restore the file") from None


def pairs_digest(folder: Path = FOLDER) -> str:
    """Return the sha256 of the learning pairs, in hexadecimal."""
    return hashlib.sha256((folder / "learn.jsonl").read_bytes()).hexdigest()
