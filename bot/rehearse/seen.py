"""What may be observed in one line of a repair, and what a reading of it says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Feature(StrEnum):
    """What may be observed in a line; the first three help a repair, the others hinder it."""

    NAMED_SHIFT = "named_shift"
    OWNED_PART = "owned_part"
    ASKED = "asked"
    EXPLAINED_FIRST = "explained_first"
    DEFENDED = "defended"
    OVER_APOLOGISED = "over_apologised"


HELPS = frozenset({Feature.NAMED_SHIFT, Feature.OWNED_PART, Feature.ASKED})


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reading observed in a line.

    Attributes:
        features: what is sure enough to be named.
        guarded: whether a defense may stand in the line; nothing in it is called good then.
    """

    features: frozenset[Feature] = frozenset()
    guarded: bool = False

    @property
    def praised(self) -> frozenset[Feature]:
        """What is named as something good."""
        return frozenset() if self.guarded else self.features & HELPS


class ReadsLines(Protocol):
    """Observes what stands in a line."""

    def read(self, line: str) -> Seen:
        """Return what is sure of a line; nothing where nothing is."""
