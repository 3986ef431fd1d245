"""How far what a statement means stands in what it cites: clause by clause, and by words without a counterpart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.consult.facts import plain
from bot.consult.polarity import content, stem
from knowledge.embedding import Embedder, Vectors

_SENTENCE = re.compile(r"(?<=[.!?;])[\"'\N{RIGHT DOUBLE QUOTATION MARK}]?\s+")
_CLAUSE = re.compile(r"[.;:!?]\s+|,? (?:and|but|because|since|so that|while|then|by|in order to) |, ")
_FEWEST_WORDS = 3
_LEAST_ALIKE, _NEARLY_AS_NEAR = 0.45, 0.2
"""A sentence is compared with the nearest of its sources, and with those that are nearly as near and alike enough."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was measured of one statement.

    Attributes:
        whole: cosine similarity of the statement to all that it cites together.
        best: of the statement to the nearest sentence that it cites.
        worst_clause: of its least similar clause to the nearest piece of what it cites.
        strange: how far, summed over its words, they are from any word of what it cites.
        strangest: how far the farthest word is.
        new: share of its words that do not stand in what it cites.
    """

    whole: float
    best: float
    worst_clause: float
    strange: float
    strangest: float
    new: float

    @property
    def features(self) -> tuple[float, ...]:
        """The numbers, for a weighted sum."""
        return (self.whole, self.best, self.worst_clause, self.strange, self.strangest, self.new)


WEIGHTS = (4.61, 6.91, 4.45, 0.3, -1.5, -1.77)
BASE = -7.94
LEAST_SUPPORT = 0.5
"""A logistic regression over the tuning half of the written completions, by `python -m bot.evals.grounding --fit`, and
the sum below which a statement is not supported (docs/grounding.md has how it was chosen)."""

_MOST_CACHED = 20_000


class CachedEmbedder:
    """Remembers vectors: the words and sentences of the cards come again and again."""

    def __init__(self, embedder: Embedder) -> None:
        """Hold the embedder."""
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        """The embedder's name."""
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text, as the embedder gives it."""
        known = self._known
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if len(known) + len(new) > _MOST_CACHED:
            known = self._known = {}
            new = list(dict.fromkeys(texts))
        known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([known[text] for text in texts])


def support(meaning: "Meaning") -> float:
    """Return how far a statement is supported; of use against `LEAST_SUPPORT` only."""
    return sum(weight * value for weight, value in zip(WEIGHTS, meaning.features, strict=True)) + BASE


def supported(meaning: "Meaning") -> bool:
    """Tell whether what was measured is enough."""
    return support(meaning) >= LEAST_SUPPORT


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a semicolon ends one."""
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()] or [text]


def measure(text: str, units: Sequence[str], embedder: Embedder) -> tuple[Meaning, list[tuple[str, str]]]:
    """Measure a statement against the units that it cites.

    Args:
        text: the statement.
        units: the texts of the units, at least one.
        embedder: turns texts and words into vectors.

    Returns:
        What was measured, and each sentence of the statement with the sentence of the units that is nearest to it.
    """
    own = sentences(text)
    theirs = list(dict.fromkeys(sentence for unit in units for sentence in sentences(unit)))
    pieces = list(dict.fromkeys([*theirs, *units, *(piece for unit in units for piece in _clauses(unit))]))
    clauses = _clauses(text)
    new, known = _words(text, units)
    texts = [text, " ".join(units), *own, *clauses, *theirs, *pieces, *new, *known]
    vectors = embedder.embed(texts)
    cut = np.cumsum([1, 1, len(own), len(clauses), len(theirs), len(pieces), len(new), len(known)])
    whole, together, of_own, of_clauses, of_theirs, of_pieces, of_new, of_known, _ = np.split(vectors, cut)
    nearest = of_own @ of_theirs.T
    distances = _distances(of_new, of_known)
    count = max(1, len(set(map(stem, content(plain(text))))))
    found = Meaning(
        whole=float((whole @ together.T)[0, 0]),
        best=float((whole @ of_pieces.T).max()),
        worst_clause=float((of_clauses @ of_pieces.T).max(axis=1).min()),
        strange=float(distances.sum()),
        strangest=float(distances.max(initial=0.0)),
        new=len(new) / count,
    )
    pairs = [(sentence, theirs[place]) for sentence, row in zip(own, nearest, strict=True) for place in _places(row)]
    return found, pairs


def _places(likeness: Vectors) -> list[int]:
    near = likeness >= max(_LEAST_ALIKE, float(likeness.max()) - _NEARLY_AS_NEAR)
    return [int(place) for place in np.flatnonzero(near)] or [int(likeness.argmax())]


def _clauses(text: str) -> list[str]:
    found = [one.strip(" .,;:") for one in _CLAUSE.split(text)]
    kept = [one for one in found if len(one.split()) >= _FEWEST_WORDS]
    return kept or [text]


def _words(text: str, units: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words of the statement whose stems the units do not hold, and the words of the units."""
    known = list(dict.fromkeys(word for unit in units for word in content(plain(unit))))
    stems = {stem(word) for word in known}
    new = list({stem(word): word for word in content(plain(text)) if stem(word) not in stems}.values())
    return new, known


def _distances(new: Vectors, known: Vectors) -> Vectors:
    if not len(new) or not len(known):
        return np.ones(len(new), dtype=np.float32)
    found: Vectors = np.clip(1.0 - (new @ known.T).max(axis=1), 0.0, 1.0)
    return found
