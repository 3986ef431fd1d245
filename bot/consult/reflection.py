"""What somebody reflected on before an answer: as typed, and as read. It is held in memory only."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Protocol

from bot.consult.feelings import Felt, feeling_in
from bot.consult.reading import UNREAD, Reading, RuptureReader
from bot.consult.share import Told, names_trait, whose_share
from bot.safety.verdicts import Redaction, Removal
from knowledge.embedding import Embedder

LONGEST_FIELD = 550
"""Characters of one field; two of them fit into a section of a note."""

_LONGEST_TYPED = 4000


@dataclass(frozen=True, slots=True)
class Typed:
    """A reflection as typed; both fields may be empty. Its words stand in no `repr`.

    Attributes:
        between: what may have happened between the counselor and the client.
        felt: what the counselor felt.
    """

    between: str = field(default="", repr=False)
    felt: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def text(self) -> str:
        """What was typed, field by field."""
        return "\n".join(each for each in (self.between.strip(), self.felt.strip()) if each)


NOTHING_TYPED = Typed()
"""The reflection of who did not reflect, or only in thought."""


@dataclass(frozen=True, slots=True)
class Reflection:
    """A reflection without identifiers, and what it may tell.

    Attributes:
        between: what may have happened between the two.
        felt: what the counselor felt.
        removed: what was taken out, by type.
        told: who is made the explanation.
        trait: whether a trait or a diagnosis is, in so many words.
        feeling: the feeling that is plainly named.
        rupture: the marker that it may tell of.
        unread: whether it could not be freed of identifiers for certain, or was too long; nothing else is known then.
        turn: what a language model may read of it; empty where it tells the program what to do.
    """

    between: str = ""
    felt: str = ""
    removed: tuple[Removal, ...] = ()
    told: Told = Told.NONE
    trait: bool = False
    feeling: Felt | None = None
    rupture: Reading = UNREAD
    unread: bool = False
    turn: str = ""


UNREADABLE = Reflection(unread=True)
"""What a reflection comes to that cannot be read."""


class ReadsReflections(Protocol):
    """Reads what was typed; `ReflectionReader` does."""

    def read(
        self, typed: Typed, redact: Callable[[str], Redaction | None], instructs: Callable[[str], bool]
    ) -> Reflection:
        """Return what it tells, freed of identifiers by `redact`."""


class ReflectionReader:
    """Reads reflections by plain rules, and for a marker with the reader of ruptures."""

    def __init__(self, embedder: Embedder | None = None, ruptures: RuptureReader | None = None) -> None:
        """Hold what markers are read with; without it none is told."""
        self._embedder = embedder
        self._ruptures = ruptures

    def read(
        self, typed: Typed, redact: Callable[[str], Redaction | None], instructs: Callable[[str], bool]
    ) -> Reflection:
        """Return what a reflection may tell.

        Args:
            typed: as typed.
            redact: takes identifiers out, or gives None where one may be left.
            instructs: tells of a redacted text whether it wants to change how the program works.
        """
        if len(typed.text) > _LONGEST_TYPED:
            return UNREADABLE
        between, felt = redact(typed.between), redact(typed.felt)
        if between is None or felt is None:
            return UNREADABLE
        reflection = Reflection(
            between=between.text.strip()[:LONGEST_FIELD],
            felt=felt.text.strip()[:LONGEST_FIELD],
            removed=together(between.removed, felt.removed),
            told=whose_share(between.text, felt.text),
            trait=names_trait(between.text),
            feeling=feeling_in(felt.text),
            rupture=self._rupture(between.text),
        )
        turn = _turn(reflection)
        return reflection if instructs(turn) else replace(reflection, turn=turn)

    def _rupture(self, text: str) -> Reading:
        if self._embedder is None or self._ruptures is None or not text.strip():
            return UNREAD
        return self._ruptures.read(text, self._embedder.embed([text])[0])


def together(*removed: tuple[Removal, ...]) -> tuple[Removal, ...]:
    """Return what was taken out of several texts, by type."""
    counted = Counter[str]()
    for removal in chain.from_iterable(removed):
        counted[removal.type] += removal.count
    return tuple(Removal(kind, count) for kind, count in counted.items())


def _turn(reflection: Reflection) -> str:
    """Return what a language model reads of a reflection, as one of the asker's turns."""
    told = [
        f"What may have happened between us: {reflection.between}" if reflection.between else "",
        f"What I felt: {reflection.felt}" if reflection.felt else "",
    ]
    return "\n".join(each for each in told if each)
