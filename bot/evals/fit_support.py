"""Fits the network that weighs statements against their sources; run by `make support` after its pairs or cues changed.

The learning pairs and the tuning half of the written completions count; the latter more, as they are fewer. `--check`
prints, in place of fitting, how well it does on cards that it was not fitted on.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.consult.grounding import Grounder
from bot.consult.meaning import Meaning, SourceReader
from bot.evals.adam import Adam
from bot.evals.grounding import build_grounder, labelled
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.loader import load_corpus
from knowledge.support import SupportCard, SupportModel, pairs_digest, read_pairs
from knowledge.support.network import SIDES, Numbers, SupportNetwork

_DIRECTIONS, _FEATURES, _HIDDEN, _MEMBERS = 64, 24, 24, 4
_EPOCHS, _BATCH, _RATE, _DECAY = 12, 48, 3e-3, 0.05
_INPUT_OUT, _FEATURE_OUT, _CUE_OUT = 0.1, 0.4, 0.15
"""Shares of inputs, features and cues that are left out at random in each step."""

_TUNING_WEIGHT = 2.0
_FOLDS = 5
_STANDS = 1.2
"""Chosen by cross-validation over cards (docs/grounding.md), for few let through before few dropped."""

_LEAST_SPREAD = 1e-2

_Weights = dict[str, Numbers]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One statement that passes every other check, and what was measured of it.

    Attributes:
        group: the card that it cites first.
        source: `pairs` or `tuning`.
        supported: the label given by hand.
        meaning: None where another check drops it already; it counts, and nothing is learned from it.
    """

    group: str
    source: str
    supported: bool
    meaning: Meaning | None


def lessons(corpus: Corpus) -> list[Lesson]:
    """Read and measure everything that is learned from."""
    where = (build_grounder(corpus), SourceReader(MiniLmEmbedder(threads=2)), corpus)
    found = [
        _lesson(*where, (one["statement"], one["cites"], ""), supported=one["label"] == "supported", source="pairs")
        for one in read_pairs()
    ]
    return found + [
        _lesson(*where, (one.text, one.cites, question), supported=supported, source="tuning")
        for one, question, supported in labelled("tuning")
    ]


def _lesson(
    grounder: Grounder,
    reader: SourceReader,
    corpus: Corpus,
    said: tuple[str, Sequence[str], str],
    *,
    supported: bool,
    source: str,
) -> Lesson:
    text, cites, question = said
    cited = [corpus.units[cite] for cite in cites]
    meaning = grounder.measure(text, cited, reader) if grounder.words_stand(text, cited, question) else None
    return Lesson(cited[0].card_id, source, supported, meaning)


def fit(learned: Sequence[Lesson], *, members: int = _MEMBERS) -> SupportNetwork:
    """Fit a network; the same lessons give the same weights.

    Args:
        learned: those without a meaning are passed over.
        members: how many networks are averaged.
    """
    kept = [(one, one.meaning) for one in learned if one.meaning is not None]
    states = np.vstack([np.vstack([meaning.own, meaning.sources]) for _, meaning in kept])[::3]
    centre = states.mean(axis=0)
    _, _, axes = np.linalg.svd(states - centre, full_matrices=False)
    cues = np.array([list(meaning.cues.values()) for _, meaning in kept], dtype=np.float32)
    spread = np.maximum(cues.std(axis=0), _LEAST_SPREAD)
    bare = SupportNetwork(centre, np.ascontiguousarray(axes[:_DIRECTIONS].T), cues.mean(axis=0), spread, ())
    facing = [bare.face(meaning.own, meaning.sources) for _, meaning in kept]
    faced = tuple([both[side] for both in facing] for side in range(len(SIDES)))
    targets = np.array([one.supported for one, _ in kept], dtype=np.float32)
    importance = np.array([_TUNING_WEIGHT if one.source == "tuning" else 1.0 for one, _ in kept], dtype=np.float32)
    batches = _Batches(faced, bare.scale(cues), targets, importance)
    fitted = tuple(_fit_member(batches, seed) for seed in range(members))
    return SupportNetwork(bare.centre, bare.axes, bare.cue_mean, bare.cue_spread, fitted)


@dataclass(frozen=True, slots=True)
class _Batches:
    faced: tuple[list[Numbers], ...]
    cues: Numbers
    targets: Numbers
    importance: Numbers


def _fit_member(batches: _Batches, seed: int) -> Mapping[str, Numbers]:
    rng = np.random.default_rng(seed)
    inputs, cues, size = batches.faced[0][0].shape[1], batches.cues.shape[1], len(batches.targets)
    weights: _Weights = {}
    for side in SIDES:
        weights |= {side: _start(rng, inputs, _FEATURES), f"{side}_bias": np.zeros(_FEATURES, dtype=np.float32)}
    weights |= {
        "hidden": _start(rng, 4 * _FEATURES + cues, _HIDDEN),
        "hidden_bias": np.zeros(_HIDDEN, dtype=np.float32),
        "out": _start(rng, _HIDDEN, 1),
        "out_bias": np.zeros(1, dtype=np.float32),
        "cues": np.zeros((cues, 1), dtype=np.float32),
    }
    steps = size // _BATCH + 1
    adam = Adam(weights, steps=_EPOCHS * steps, rate=_RATE, decay=_DECAY)
    for _ in range(_EPOCHS):
        for rows in np.array_split(rng.permutation(size), steps):
            adam.step(_gradients(weights, rng, batches, rows.tolist()))
    return weights


def _start(rng: np.random.Generator, rows: int, columns: int) -> Numbers:
    weights: Numbers = (rng.uniform(-1, 1, (rows, columns)) / np.sqrt(rows)).astype(np.float32)
    return weights


def _kept(rng: np.random.Generator, shape: tuple[int, ...], left_out: float) -> Numbers:
    kept: Numbers = ((rng.random(shape) > left_out) / (1 - left_out)).astype(np.float32)
    return kept


def _gradients(w: _Weights, rng: np.random.Generator, batches: _Batches, rows: list[int]) -> _Weights:
    """Return the gradients of the weighted log loss over some statements, with inputs left out at random."""
    sides = [
        _Side(w, rng, side, [faced[row] for row in rows]) for side, faced in zip(SIDES, batches.faced, strict=True)
    ]
    cues = batches.cues[rows] * _kept(rng, (len(rows), batches.cues.shape[1]), _CUE_OUT)
    seen = np.hstack([*(part for side in sides for part in (side.most, side.mean)), cues])
    hidden = np.maximum(seen @ w["hidden"] + w["hidden_bias"], 0) * (
        mask := _kept(rng, (len(rows), _HIDDEN), _FEATURE_OUT)
    )
    score = (hidden @ w["out"] + cues @ w["cues"] + w["out_bias"])[:, 0]
    error = ((1 / (1 + np.exp(-score)) - batches.targets[rows]) * batches.importance[rows] / len(rows))[:, None]
    below = (error @ w["out"].T) * mask * (hidden > 0)
    found = {"out": hidden.T @ error, "out_bias": error.sum(axis=0), "cues": cues.T @ error}
    found |= {"hidden": seen.T @ below, "hidden_bias": below.sum(axis=0)}
    back = below @ w["hidden"].T
    for place, side in enumerate(sides):
        start = 2 * place * _FEATURES
        found |= side.gradients(back[:, start : start + _FEATURES], back[:, start + _FEATURES : start + 2 * _FEATURES])
    return {name: each.astype(np.float32) for name, each in found.items()}


class _Side:
    """One side's layer over the words of a batch, forwards and backwards."""

    def __init__(self, w: _Weights, rng: np.random.Generator, side: str, faced: list[Numbers]) -> None:
        self._name = side
        self._rows = np.vstack(faced) * _kept(rng, (1, faced[0].shape[1]), _INPUT_OUT)
        lengths = np.array([len(one) for one in faced])
        starts = np.cumsum(lengths) - lengths
        self._of = np.repeat(np.arange(len(faced)), lengths)
        plain = np.maximum(self._rows @ w[side] + w[f"{side}_bias"], 0)
        self._mask = _kept(rng, plain.shape, _FEATURE_OUT)
        self._features = plain * self._mask
        self._lengths = lengths[:, None]
        self.most = np.maximum.reduceat(self._features, starts, axis=0)
        self.mean = np.add.reduceat(self._features, starts, axis=0) / self._lengths

    def gradients(self, of_most: Numbers, of_mean: Numbers) -> dict[str, Numbers]:
        """Return the layer's gradients from those of what it gave."""
        at = np.where(self._features >= self.most[self._of], of_most[self._of], 0) + (of_mean / self._lengths)[self._of]
        at = at * (self._features > 0) * self._mask
        return {self._name: self._rows.T @ at, f"{self._name}_bias": at.sum(axis=0)}


def left_out_scores(learned: Sequence[Lesson], *, members: int = 2) -> Numbers:
    """Return each lesson's score by a network that saw none of its card; without a meaning, minus infinity."""
    groups = sorted({one.group for one in learned})
    places = np.random.default_rng(0).permutation(len(groups)) % _FOLDS
    folds = dict(zip(groups, places.tolist(), strict=True))
    found = np.full(len(learned), -np.inf, dtype=np.float32)
    for fold in range(_FOLDS):
        network = fit([one for one in learned if folds[one.group] != fold], members=members)
        for place, one in enumerate(learned):
            if folds[one.group] == fold and one.meaning is not None:
                cues = np.array(list(one.meaning.cues.values()), dtype=np.float32)
                found[place] = network.score(one.meaning.own, one.meaning.sources, cues)
    return found


def _check(learned: Sequence[Lesson]) -> None:
    scores = left_out_scores(learned)
    supported = np.array([one.supported for one in learned])
    for source in ("pairs", "tuning"):
        here = np.array([one.source == source for one in learned])
        for line in np.arange(-1.0, 5.1, 0.5):
            let = (scores[here & ~supported] >= line).mean()
            dropped = (scores[here & supported] < line).mean()
            print(f"{source:8}{line:6.2f}  let through {let:.3f}  dropped {dropped:.3f}")  # noqa: T201  # a command


def main(words: Sequence[str]) -> None:
    """Fit, and write the model beside its pairs; or check."""
    learned = lessons(load_corpus())
    if list(words) == ["--check"]:
        _check(learned)
        return
    cues = next(tuple(one.meaning.cues) for one in learned if one.meaning is not None)
    card = SupportCard("", pairs_digest(), MiniLmEmbedder.name, cues, _STANDS)
    SupportModel(card, fit(learned)).save()


if __name__ == "__main__":
    main(sys.argv[1:])
