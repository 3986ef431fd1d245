"""What is measured of a statement against what it cites: its words beside theirs, and cues of what was turned round."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bot.consult import polarity
from bot.consult.facts import plain
from knowledge.embedding import TokenReader, TokenStates

Numbers = npt.NDArray[np.float32]

_SENTENCE = re.compile(r"(?<=[.!?;])[\"'\N{RIGHT DOUBLE QUOTATION MARK}]?\s+")
_CLAUSE = re.compile(r"[.;:!?]\s+|,? (?:and|but|because|since|so that|while|then|by|in order to) |, ")
_FEWEST_WORDS = 3
_LEAST_ALIKE, _NEARLY_AS_NEAR = 0.45, 0.2
"""A sentence is compared with the nearest of its sources, and with those that are nearly as near and alike enough."""

_MOST_KEPT = 4_000
"""Source texts whose readings are remembered; the cards have about 1,500."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was measured of one statement.

    Attributes:
        own: states of its words, of unit length; shape (words, 384).
        sources: states of the words of what it cites.
        cues: see `likeness` and `polarity.cues`.
        pairs: each sentence of it, in plain form, with each sentence of its sources that is near.
    """

    own: Numbers
    sources: Numbers
    cues: dict[str, float]
    pairs: tuple[tuple[str, str], ...]


class ReadText:
    """A text as the model reads it, word by word."""

    def __init__(self, text: str, pieces: TokenStates) -> None:
        """Hold the text and its word pieces."""
        self.text = text
        self._pieces = pieces
        self.vector = pieces.vector
        found: list[tuple[int, int, list[Numbers]]] = []
        for (start, end), state in zip(pieces.spans.tolist(), pieces.states, strict=True):
            if start == end:
                continue
            if found and found[-1][1] == start and text[start].isalpha() and text[start - 1].isalpha():
                found[-1] = (found[-1][0], end, [*found[-1][2], state])
            else:
                found.append((start, end, [state]))
        words = [text[start:end].casefold() for start, end, _ in found]
        states = [np.mean(each, axis=0) for _, _, each in found]
        self.states = _unit(np.array(states)) if states else self.vector[None, :]
        content = [place for place, word in enumerate(words) if polarity.content(word)]
        self.content = content or list(range(len(self.states)))

    @cached_property
    def sentences(self) -> list[tuple[str, Numbers]]:
        """Its sentences, each with its vector in the whole."""
        return [(one, self._part(one)) for one in sentences(self.text)]

    @cached_property
    def clauses(self) -> list[Numbers]:
        """Vectors of its clauses in the whole."""
        found = [one.strip(" .,;:") for one in _CLAUSE.split(self.text)]
        kept = [one for one in found if len(one.split()) >= _FEWEST_WORDS]
        return [self._part(one) for one in kept or [self.text]]

    def _part(self, part: str) -> Numbers:
        start = self.text.find(part)
        spans = self._pieces.spans
        inside = (spans[:, 0] >= start) & (spans[:, 1] <= start + len(part)) & (spans[:, 1] > spans[:, 0])
        return _unit(self._pieces.states[inside].mean(axis=0)) if inside.any() else self.vector


class SourceReader:
    """Reads texts, and remembers the sources: the cards' units come again and again."""

    def __init__(self, reader: TokenReader) -> None:
        """Hold the model."""
        self._reader = reader
        self._known: dict[str, ReadText] = {}

    def read(self, text: str, sources: Sequence[str]) -> tuple[ReadText, list[ReadText]]:
        """Read a statement, and what of its sources was not read before."""
        if len(self._known) > _MOST_KEPT:
            self._known = {}
        known = self._known
        new = list(dict.fromkeys(one for one in sources if one not in known))
        first, *others = self._reader.read([text, *new])
        known.update({one: ReadText(one, pieces) for one, pieces in zip(new, others, strict=True)})
        return ReadText(text, first), [known[one] for one in sources]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a semicolon ends one."""
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()] or [text]


def measure(text: str, units: Sequence[str], reader: SourceReader) -> Meaning:
    """Measure a statement against the units that it cites.

    Args:
        text: the statement.
        units: the texts of the units, at least one.
        reader: reads both.
    """
    own, sources = reader.read(text, units)
    theirs = [sentence for source in sources for sentence in source.sentences]
    likeness = np.array([vector for _, vector in own.sentences]) @ np.array([vector for _, vector in theirs]).T
    pairs = tuple(
        (plain(sentence), plain(theirs[place][0]))
        for (sentence, _), row in zip(own.sentences, likeness, strict=True)
        for place in _places(row)
    )
    cues = _likeness(own, sources, likeness) | {"new": _new(text, units)}
    return Meaning(own.states, np.vstack([source.states for source in sources]), cues, pairs)


def _likeness(own: ReadText, sources: Sequence[ReadText], likeness: Numbers) -> dict[str, float]:
    """Return how like the statement's words, clauses and sentences are to their nearest counterparts."""
    words = np.sort((own.states[own.content] @ np.vstack([one.states[one.content] for one in sources]).T).max(axis=1))
    parts = [part for one in sources for part in (*(vector for _, vector in one.sentences), *one.clauses)]
    clauses = (np.array(own.clauses) @ np.array(parts).T).max(axis=1)
    return {
        "words": float(words.mean()),
        "worst word": float(words[0]),
        "worst words": float(words[: max(1, len(words) // 4)].mean()),
        "unit": max(float(one.vector @ own.vector) for one in sources),
        "worst sentence": float(likeness.max(axis=1).min()),
        "worst clause": float(clauses.min()),
        "clauses": float(clauses.mean()),
    }


def _places(likeness: Numbers) -> list[int]:
    near = likeness >= max(_LEAST_ALIKE, float(likeness.max()) - _NEARLY_AS_NEAR)
    return [int(place) for place in np.flatnonzero(near)] or [int(likeness.argmax())]


def _new(text: str, units: Sequence[str]) -> float:
    """Return the share of the statement's words whose stems no unit holds."""
    known = {polarity.stem(word) for unit in units for word in polarity.content(plain(unit))}
    own = {polarity.stem(word) for word in polarity.content(plain(text))}
    return len(own - known) / max(1, len(own))


def _unit(rows: Numbers) -> Numbers:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Numbers = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
