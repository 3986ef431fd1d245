"""A learned part shipped as two files: `model.npz` holds its arrays, `model.json` its card with their sha256."""

import hashlib
import io
import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from knowledge.errors import ReinstallModel

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]

_Model = TypeVar("_Model")
_MEND = "install the program again"


def save_model(folder: Path, card: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write both files; the card's `sha256` is made here."""
    kept = io.BytesIO()
    np.savez_compressed(kept, **arrays)  # type: ignore[arg-type]  # names and arrays, as documented
    (folder / "model.npz").write_bytes(kept.getvalue())
    sealed = {**card, "sha256": hashlib.sha256(kept.getvalue()).hexdigest()}
    (folder / "model.json").write_text(json.dumps(sealed, indent=2) + "\n", encoding="utf-8")


def load_model(folder: Path, what: str, build: Callable[[dict[str, Any], Arrays], _Model]) -> _Model:
    """Read both files and build the model from card and arrays.

    Args:
        folder: where they are.
        what: whose model it is, for a sentence.
        build: makes the model; what it raises for a wrong shape or key means that the files cannot be read.

    Raises:
        ReinstallModel: a file is missing, altered, or not what `save_model` wrote.
    """
    try:
        data = (folder / "model.npz").read_bytes()
        card = dict(json.loads((folder / "model.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise ReinstallModel(f"the model of {what} is missing or cannot be read", _MEND) from None
    if hashlib.sha256(data).hexdigest() != card.get("sha256"):
        raise ReinstallModel(f"the model of {what} is not the one that its card names", _MEND)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            return build(card, dict(kept))
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, BadZipFile, zlib.error):
        raise ReinstallModel(f"the model of {what} cannot be read", _MEND) from None


def read_lessons(folder: Path, what: str) -> list[dict[str, Any]]:
    """Read the labelled lines that a part was learned from, `learn.jsonl` beside it.

    Args:
        folder: where they are.
        what: what they are, for a sentence.

    Raises:
        ReinstallModel: the file is missing or is no JSON lines.
    """
    try:
        return [json.loads(line) for line in (folder / "learn.jsonl").read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        raise ReinstallModel(f"the {what} cannot be read", "restore the file") from None


def digest_of_lessons(folder: Path) -> str:
    """Return the sha256 of the labelled lines that a part was learned from, in hexadecimal."""
    return hashlib.sha256((folder / "learn.jsonl").read_bytes()).hexdigest()
