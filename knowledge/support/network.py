"""How well a statement stands on its sources: small networks over the words of both, each beside its counterparts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]
Arrays = Mapping[str, npt.NDArray[np.generic]]

SIDES = ("own", "other")
"""A member's layers for the statement's words and for the sources'."""

_SHARPNESS = np.float32(15.0)
"""How much more a likely counterpart counts than a less likely one."""

_SCALE = np.float32(4.0)
"""What the shortened states are multiplied by, so that they weigh like the other features."""


@dataclass(frozen=True, slots=True)
class SupportNetwork:
    """Scores statements; the mean of its members.

    Attributes:
        centre: mean state of a word; shape (384,).
        axes: the directions in which words differ most; shape (384, directions).
        cue_mean: mean of each cue where it was fitted; shape (cues,).
        cue_spread: standard deviation of each; shape (cues,).
        members: each one's weights: for each side a layer with its bias; `hidden`, `hidden_bias`, `out`, `out_bias`;
            `cues` straight to the score.
    """

    centre: Numbers
    axes: Numbers
    cue_mean: Numbers
    cue_spread: Numbers
    members: tuple[Mapping[str, Numbers], ...]

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return everything that `from_arrays` needs, in half precision."""
        common = {"centre": self.centre, "axes": self.axes, "cue_mean": self.cue_mean, "cue_spread": self.cue_spread}
        own = {f"{number}.{name}": each for number, one in enumerate(self.members) for name, each in one.items()}
        return {name: array.astype(np.float16) for name, array in (common | own).items()}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "SupportNetwork":
        """Make a network of what `arrays` gave.

        Raises:
            KeyError: a part is missing.
        """
        found: dict[str, dict[str, Numbers]] = {}
        for name, array in arrays.items():
            number, dot, part = name.partition(".")
            if dot:
                found.setdefault(number, {})[part] = array.astype(np.float32)
        if not found:
            raise KeyError("members")
        return cls(
            centre=arrays["centre"].astype(np.float32),
            axes=arrays["axes"].astype(np.float32),
            cue_mean=arrays["cue_mean"].astype(np.float32),
            cue_spread=arrays["cue_spread"].astype(np.float32),
            members=tuple(found[number] for number in sorted(found)),
        )

    def score(self, own: Numbers, sources: Numbers, cues: Numbers) -> float:
        """Return how far a statement is supported; above 0 rather than not.

        Args:
            own: states of the statement's words, of unit length; shape (words, 384).
            sources: those of the sources' words; shape (words, 384).
            cues: what else was measured; shape (cues,).
        """
        faced, scaled = self.face(own, sources), self.scale(cues)
        return float(np.mean([_member_score(member, faced, scaled) for member in self.members]))

    def face(self, own: Numbers, sources: Numbers) -> tuple[Numbers, Numbers]:
        """Return each word beside its counterparts on the other side: the statement's words, then the sources'.

        Each has the shape (words, 4 * directions + 2).
        """
        likeness = own @ sources.T
        short_own, short_sources = self._shortened(own), self._shortened(sources)
        return _beside(short_own, short_sources, likeness), _beside(short_sources, short_own, likeness.T)

    def _shortened(self, states: Numbers) -> Numbers:
        short: Numbers = ((states - self.centre) @ self.axes * _SCALE).astype(np.float32)
        return short

    def scale(self, cues: Numbers) -> Numbers:
        """Return cues in standard deviations from their mean, four at most."""
        scaled: Numbers = np.clip((cues - self.cue_mean) / self.cue_spread, -4, 4).astype(np.float32)
        return scaled


def _beside(word: Numbers, other: Numbers, likeness: Numbers) -> Numbers:
    most = likeness.max(axis=1, keepdims=True)
    share = np.exp((likeness - most) * _SHARPNESS)
    share /= share.sum(axis=1, keepdims=True)
    counterpart = share @ other
    certainty = share.max(axis=1, keepdims=True)
    rows = [word, counterpart, word * counterpart / 2, np.abs(word - counterpart), 1 - most, certainty]
    return np.hstack(rows).astype(np.float32)


def _member_score(member: Mapping[str, Numbers], faced: tuple[Numbers, Numbers], cues: Numbers) -> float:
    seen = []
    for side, rows in zip(SIDES, faced, strict=True):
        features = np.maximum(rows @ member[side] + member[f"{side}_bias"], 0)
        seen += [features.max(axis=0), features.mean(axis=0)]
    hidden = np.maximum(np.concatenate([*seen, cues]) @ member["hidden"] + member["hidden_bias"], 0)
    return float((hidden @ member["out"])[0] + (cues @ member["cues"])[0] + member["out_bias"][0])
