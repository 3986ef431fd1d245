"""The learned part of the screens: fitted once from the corpora beside it, shipped, and checked before every use."""

import hashlib
import io
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge.errors import ReinstallModel
from knowledge.ridge import TextRidge

FOLDER = Path(__file__).parent
CORPORA = ("danger", "scope")
"""Names of the learning corpora, each a file of JSON lines in `corpora/`."""

_PARTS = ("danger", "kinds", "scope", "fields")
_WORD_LISTS = ("vocabulary", "common")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the shipped file is and how its scores are read.

    Attributes:
        sha256: of model.npz.
        corpora: sha256 over the learning corpora that it was fitted on.
        embedder: name of the vector space it reads.
        crisis: a danger score from here up is a crisis.
        caution: a danger score from here up asks for caution.
        kinds: names of the outputs of `kinds`, in their order.
        fields: names of the outputs of `fields`, in their order.
    """

    sha256: str
    corpora: str
    embedder: str
    crisis: float
    caution: float
    kinds: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScreenModel:
    """The fitted regressions of the screens.

    Attributes:
        card: what they are and how their scores are read.
        danger: one output, how much a text is like one about present danger.
        kinds: one output for each kind of danger.
        scope: one output, how much a question is like one outside the tool's purpose.
        fields: one output for each field outside it.
        vocabulary: ordinary words, in lower case.
        common: those of them that stand often in counselors' questions.
    """

    card: ModelCard
    danger: TextRidge
    kinds: TextRidge
    scope: TextRidge
    fields: TextRidge
    vocabulary: frozenset[str]
    common: frozenset[str]

    def save(self, folder: Path = FOLDER) -> None:
        """Write model.npz and model.json."""
        parts = {part: getattr(self, part) for part in _PARTS}
        arrays = {f"{part}.{name}": array for part, ridge in parts.items() for name, array in ridge.arrays().items()}
        arrays |= {name: np.array(sorted(getattr(self, name))) for name in _WORD_LISTS}
        kept = io.BytesIO()
        np.savez_compressed(kept, **arrays)
        (folder / "model.npz").write_bytes(kept.getvalue())
        card = {**asdict(self.card), "sha256": hashlib.sha256(kept.getvalue()).hexdigest()}
        (folder / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def load_screen_model(folder: Path = FOLDER) -> ScreenModel:
    """Read the shipped model.

    Raises:
        ReinstallModel: a file is missing, altered, or not what `save` wrote; the program must not start without it.
    """
    mend = "install the program again; it never runs without its screens"
    try:
        data = (folder / "model.npz").read_bytes()
        values = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        card = ModelCard(**{**values, "kinds": tuple(values["kinds"]), "fields": tuple(values["fields"])})
    except (OSError, ValueError, KeyError, TypeError):
        raise ReinstallModel("the screens' model is missing or cannot be read", mend) from None
    if hashlib.sha256(data).hexdigest() != card.sha256:
        raise ReinstallModel("the screens' model is not the one that its card names", mend)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            arrays = dict(kept)
        parts = {
            part: TextRidge.from_arrays(
                {name.partition(".")[2]: array for name, array in arrays.items() if name.startswith(f"{part}.")}
            )
            for part in _PARTS
        }
        vocabulary, common = (frozenset(arrays[name].tolist()) for name in _WORD_LISTS)
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, BadZipFile, zlib.error):
        raise ReinstallModel("the screens' model cannot be read", mend) from None
    return ScreenModel(card, **parts, vocabulary=vocabulary, common=common)


def read_corpus_lines(name: str, folder: Path = FOLDER) -> list[dict[str, str | None]]:
    """Read one learning corpus; each line has `text`, `label`, and `kind` or `field` where its label has one.

    Raises:
        ReinstallModel: the file is missing or is no JSON lines.
    """
    try:
        lines = (folder / "corpora" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]
    except (OSError, ValueError):
        raise ReinstallModel(f"the learning corpus {name}.jsonl cannot be read", "restore the file") from None


def corpora_digest(folder: Path = FOLDER) -> str:
    """Return the sha256 over the learning corpora, in hexadecimal."""
    digest = hashlib.sha256()
    for name in CORPORA:
        digest.update((folder / "corpora" / f"{name}.jsonl").read_bytes())
    return digest.hexdigest()
