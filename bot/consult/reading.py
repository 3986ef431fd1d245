"""Reads a redacted question for signs of strain: which marker there may be, who moved, and what was tried.

Local and deterministic. It would rather be silent than wrong: a marker is told only where a plain sign and what was
learned agree. Nothing is concluded about a client; the answer says "may".
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from bot.consult import signs
from knowledge.readings import ReadingModel

_LONGEST_SIGN = 60


class Marker(StrEnum):
    """How somebody may have moved."""

    WITHDRAWAL = "withdrawal"
    CONFRONTATION = "confrontation"
    BOTH = "both"
    NONE = "none"


class Mover(StrEnum):
    """Whose move set it off, as far as it is told."""

    CLIENT = "client"
    COUNSELOR = "counselor"
    BOTH = "both"
    UNCLEAR = "unclear"


class Tried(StrEnum):
    """What the counselor says was done about it."""

    NOTHING = "nothing"
    APOLOGISED = "apologised"
    EXPLAINED = "explained"
    ASKED = "asked"
    GAVE_IN = "gave in"
    WITHDREW = "withdrew"
    SUPERVISOR = "supervisor"
    REACHED_OUT = "reached out"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question may tell.

    Attributes:
        marker: what there may be; `none` also where it is not clear enough to say.
        moved: who moved first.
        tried: what was tried, in the order of `Tried`.
        signs: the words that the marker rests on, as they stand in the question; none where the marker is `none`.
    """

    marker: Marker = Marker.NONE
    moved: Mover = Mover.UNCLEAR
    tried: frozenset[Tried] = frozenset()
    signs: tuple[str, ...] = ()


UNREAD = Reading()
"""The reading of a question that was not read."""

_SUBJECT = re.compile(
    r"(?<!\w)(?:i'?m|i'?ve|i|we'?re|we|s?he'?s|s?he|they'?re|they|it|client|clt|ct|guy|kid|teen|wife|husband|couple|"
    r"mother|mom|dad|father|parents?|members?|group|patient|woman|man|boy|girl|supervisee|intern|trainee|one|nobody|"
    r"supervisors?|supe?|colleague|boss|who)(?!\w)"
)
_NOT_THE_CLIENT = frozenset(
    {"i", "i'm", "im", "i've", "ive", "we", "we're", "were", "supervisor", "sup", "supe", "boss", "who"}
)
_REPORTED = re.compile(r"(?<!\w)(?:said|says|saying|goes|told me|tells me|thinks)(?: that)?\W+(?:i|i'm|im|we)(?!\w)")
"""What somebody else said in the first person, or of the counselor."""

_SOMEBODY = re.compile(
    r"(?<!\w)(?:s?he|s?he'?s|they|him|her|them|his|clients?|clt|ct|guy|kid|teen|wife|husband|couple|dad|mom|mother|father|"
    r"member|group|patient|woman|man|boy|girl|supervisee|intern|trainee|you|me|old|year)(?!\w)"
)
_ONESELF = re.compile(r"(?<!\w)(?:i|i'?m|i'?ve|my)(?!\w)")
_NEGATED = re.compile(
    r"(?<!\w)(?:didn'?t|isn'?t|wasn'?t|never|without|not|no longer|doesn'?t|forgot to|if|used to)(?: \w+)?\W*$"
)
_BEFORE = 40
_CLAUSE_END = re.compile(r"[.,;:?!\n]| and | but | so ")


class RuptureReader:
    """Reads questions with plain signs and a small fitted model."""

    def __init__(self, model: ReadingModel | None) -> None:
        """Hold the model; without one the reader tells who moved and what was tried, but never a marker."""
        self._model = model

    def read(self, question: str, vector: npt.NDArray[np.float32]) -> Reading:
        """Read a redacted question.

        Args:
            question: plain text without identifiers.
            vector: the question's vector in the model's space; shape (dimensions,).
        """
        text = signs.plain(question)
        if signs.GENERAL.search(text):
            return UNREAD
        away, against = _signs(signs.WITHDRAWAL, text), _signs(signs.CONFRONTATION, text)
        scores = self._model.scores(question, vector, flags(question)) if self._model else {}
        well = signs.WELL.search(text) is not None or signs.ANYBODY.search(text) is not None
        marker = Marker.NONE if well else self._marker(scores, away=bool(away), against=bool(against))
        told = {Marker.WITHDRAWAL: away[:1], Marker.CONFRONTATION: against[:1], Marker.BOTH: away[:1] + against[:1]}
        spans = sorted(told.get(marker, []))
        return Reading(
            marker=marker,
            moved=_moved(text, scores, told=bool(away or against)),
            tried=frozenset(Tried(name) for name, cues in signs.TRIED if cues.search(text)),
            signs=tuple(" ".join(question[start:end].split()) for start, end in spans),
        )

    def _marker(self, scores: dict[str, float], *, away: bool, against: bool) -> Marker:
        """Return the marker that both the plain signs and what was learned speak for."""
        if self._model is None:
            return Marker.NONE
        card = self._model.card
        withdrawal, confrontation = scores[Marker.WITHDRAWAL], scores[Marker.CONFRONTATION]
        pulls, pushes = away and withdrawal >= card.speaks, against and confrontation >= card.speaks
        if pulls and pushes:
            return Marker.BOTH
        if pulls and confrontation < card.silent:
            return Marker.WITHDRAWAL
        if pushes and withdrawal < card.silent:
            return Marker.CONFRONTATION
        return Marker.NONE


def flags(question: str) -> npt.NDArray[np.float32]:
    """Return 0 or 1 for each kind of plain sign, as the model reads them; shape (flags,)."""
    text = signs.plain(question)
    away, against = len(_signs(signs.WITHDRAWAL, text)), len(_signs(signs.CONFRONTATION, text))
    counted = [away > 0, away > 1, against > 0, against > 1]
    cues = (signs.OUTSIDE, signs.WELL, signs.GENERAL, signs.ANYBODY, signs.MISSTEP, signs.CYCLE)
    return np.array([*counted, *(cue.search(text) is not None for cue in cues)], dtype=np.float32)


def _signs(table: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Return where signs of somebody else than the counselor stand."""
    return [
        match.span()
        for match in table.finditer(text)
        if match.end() - match.start() <= _LONGEST_SIGN and not _counselor_did(text, match.start())
    ]


def _counselor_did(text: str, start: int) -> bool:
    """Return whether the nearest subject before a place, in its clause, is the counselor."""
    clause = _CLAUSE_END.split(text[max(0, start - _BEFORE) : start])[-1]
    if _NEGATED.search(clause):
        return True
    subjects = _SUBJECT.findall(clause)
    if _REPORTED.search(clause) and subjects[0] not in _NOT_THE_CLIENT:
        return False
    if not subjects:
        return text.startswith("said nothing", start) or (
            _SOMEBODY.search(text) is None and _ONESELF.search(text) is not None
        )
    return subjects[-1] in _NOT_THE_CLIENT


def _moved(text: str, scores: dict[str, float], *, told: bool) -> Mover:
    """Return who moved as learned, and as plain words tell where nothing was."""
    if scores:
        return max(Mover, key=lambda mover: scores[f"moved {mover}"])
    if signs.CYCLE.search(text):
        return Mover.BOTH
    if signs.MISSTEP.search(text):
        return Mover.COUNSELOR
    return Mover.CLIENT if told else Mover.UNCLEAR
