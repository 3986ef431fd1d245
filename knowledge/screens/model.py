"""The learned part of the screens: fitted once from the corpora beside it, shipped, and checked before every use."""

import hashlib
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from knowledge.errors import ReinstallModel
from knowledge.network import TextNetwork, WordTagger
from knowledge.ridge import TextRidge

_Arrays = dict[str, npt.NDArray[np.generic]]
_MEND = "install the program again; it never runs without its screens"

FOLDER = Path(__file__).parent
CORPORA = ("danger", "scope", "privacy")
"""Names of the learning corpora, each a folder of JSON lines in `corpora/`, a file for each writer or angle."""

FILES = ("words", "danger", "audience", "identifiers", "scope")
"""Names of the model's files: what reads words, the networks for danger and for whose it is, the taggers of
identifiers, the networks for scope."""

_PARTS = ("danger", "kinds", "scope", "fields")
_WORD_LISTS = ("vocabulary", "common")


Scale: TypeAlias = tuple[tuple[float, float], ...]
"""Mean and deviation of each of several readings, on everyday questions."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the shipped file is and how its scores are read.

    Attributes:
        sha256: of each of `FILES`, by name.
        corpora: sha256 over the learning corpora that it was fitted on.
        embedder: name of the vector space it reads.
        danger_scale: of the networks, the regression, and the tuned layers' two outputs.
        scope_scale: of the scope's network, the regression, and the tuned layers.
        crisis: a danger score from here up is a crisis.
        caution: a danger score from here up asks for caution.
        audience: what a danger is one's own by: the weights of the kinds' lead by words, of the networks' mean and of
            the kinds' lead by the tuned layers, and what is added; above 0 it is.
        identifier: how likely a word must be an identifier to be taken for one.
        kinds: names of the outputs of `kinds`, in their order.
        fields: names of the outputs of `fields`, in their order.
        types: names of the taggers' types, in their order.
    """

    sha256: dict[str, str]
    corpora: str
    embedder: str
    danger_scale: Scale
    scope_scale: Scale
    crisis: float
    caution: float
    audience: tuple[float, float, float, float]
    identifier: float
    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    types: tuple[str, ...]

    @classmethod
    def read(cls, values: dict[str, Any]) -> "ModelCard":
        """Make a card of what a file holds.

        Raises:
            KeyError: a part is missing.
            TypeError: a part is not of its kind.
            ValueError: a part is not of its kind.
        """
        listed = {name: tuple(values[name]) for name in ("kinds", "fields", "types")}
        scales = {name: _scale(values[name]) for name in ("danger_scale", "scope_scale")}
        lead, networks, tuned, added = values["audience"]
        read = {"audience": (lead, networks, tuned, added), "sha256": dict(values["sha256"])}
        return cls(**{**values, **listed, **scales, **read})


@dataclass(frozen=True, slots=True)
class ScreenModel:
    """The fitted parts of the screens.

    Attributes:
        card: what they are and how their scores are read.
        danger: one output, how much a text is like one about present danger, by its words.
        danger_networks: the same, by its word pieces in their sentences; the mean of them counts.
        audience_networks: whether a danger is the asker's own, by the word pieces; the mean of them counts.
        identifiers: mark the words that identify someone; the mean of them counts.
        kinds: one output for each kind of danger.
        scope: one output, how much a question is like one outside the tool's purpose.
        scope_networks: the same, by its word pieces; the mean of them counts.
        fields: one output for each field outside it.
        vocabulary: ordinary words, in lower case.
        common: those of them that stand often in counselors' questions.
    """

    card: ModelCard
    danger: TextRidge
    danger_networks: tuple[TextNetwork, ...]
    audience_networks: tuple[TextNetwork, ...]
    identifiers: tuple[WordTagger, ...]
    kinds: TextRidge
    scope: TextRidge
    scope_networks: tuple[TextNetwork, ...]
    fields: TextRidge
    vocabulary: frozenset[str]
    common: frozenset[str]

    def save(self, folder: Path = FOLDER) -> None:
        """Write model.json and the files that it names."""
        parts = {part: getattr(self, part) for part in _PARTS}
        words = {f"{part}.{name}": array for part, ridge in parts.items() for name, array in ridge.arrays().items()}
        words |= {name: np.array(sorted(getattr(self, name))) for name in _WORD_LISTS}
        arrays = {
            "words": words,
            "danger": _numbered(self.danger_networks),
            "audience": _numbered(self.audience_networks),
            "identifiers": _numbered(self.identifiers),
            "scope": _numbered(self.scope_networks),
        }
        sums = {}
        for name in FILES:
            kept = io.BytesIO()
            np.savez_compressed(kept, **arrays[name])
            (folder / f"{name}.npz").write_bytes(kept.getvalue())
            sums[name] = hashlib.sha256(kept.getvalue()).hexdigest()
        card = {**asdict(self.card), "sha256": sums}
        (folder / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def load_screen_model(folder: Path = FOLDER) -> ScreenModel:
    """Read the shipped model.

    Raises:
        ReinstallModel: a file is missing, altered, or not what `save` wrote; the program must not start without it.
    """
    try:
        card = ModelCard.read(json.loads((folder / "model.json").read_text(encoding="utf-8")))
        files = {name: (folder / f"{name}.npz").read_bytes() for name in FILES}
    except (OSError, ValueError, KeyError, TypeError):
        raise ReinstallModel("the screens' model is missing or cannot be read", _MEND) from None
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != card.sha256.get(name):
            raise ReinstallModel(f"the screens' model {name}.npz is not the one that its card names", _MEND)
    try:
        arrays = {name: _arrays(data) for name, data in files.items()}
        words = arrays["words"]
        parts = {part: TextRidge.from_arrays(_under(part, words)) for part in _PARTS}
        vocabulary, common = (frozenset(words[name].tolist()) for name in _WORD_LISTS)
        danger, audience, scope = (_networks(arrays[name]) for name in ("danger", "audience", "scope"))
        tagged = arrays["identifiers"]
        taggers = tuple(WordTagger.from_arrays(_under(seed, tagged)) for seed in _seeds(tagged))
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, BadZipFile, zlib.error):
        raise ReinstallModel("the screens' model cannot be read", _MEND) from None
    return ScreenModel(
        card,
        **parts,
        danger_networks=danger,
        audience_networks=audience,
        scope_networks=scope,
        identifiers=taggers,
        vocabulary=vocabulary,
        common=common,
    )


def _numbered(networks: Sequence[TextNetwork] | Sequence[WordTagger]) -> _Arrays:
    numbered = enumerate(one.arrays() for one in networks)
    return {f"{seed}.{name}": array for seed, arrays in numbered for name, array in arrays.items()}


def _networks(arrays: _Arrays) -> tuple[TextNetwork, ...]:
    return tuple(TextNetwork.from_arrays(_under(seed, arrays)) for seed in _seeds(arrays))


def _scale(values: Sequence[Sequence[float]]) -> Scale:
    return tuple((mean, spread) for mean, spread in values)


def _arrays(data: bytes) -> _Arrays:
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        return dict(kept)


def _under(part: str, arrays: _Arrays) -> _Arrays:
    return {name.partition(".")[2]: array for name, array in arrays.items() if name.startswith(f"{part}.")}


def _seeds(arrays: _Arrays) -> list[str]:
    return sorted({name.partition(".")[0] for name in arrays})


def read_corpus_lines(name: str, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Read one learning corpus, its files in the order of their names.

    Each line has `text`, and `label` with `kind` or `field` where its label has one, or `identifiers`; `hand` says who
    wrote it.

    Raises:
        ReinstallModel: the folder is empty, or a file is no JSON lines.
    """
    try:
        files = _corpus_files(name, folder)
        return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        raise ReinstallModel(f"the learning corpus {name} cannot be read", "restore its files") from None


def corpora_digest(folder: Path = FOLDER) -> str:
    """Return the sha256 over the learning corpora, in hexadecimal."""
    digest = hashlib.sha256()
    for name in CORPORA:
        for file in _corpus_files(name, folder):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _corpus_files(name: str, folder: Path) -> list[Path]:
    files = sorted((folder / "corpora" / name).glob("*.jsonl"))
    if not files:
        raise FileNotFoundError(name)
    return files
