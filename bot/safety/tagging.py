"""Finds identifiers in a text: by their form, and by two learned readings of each word in its sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.safety.identifiers import FORMS
from bot.safety.names import NameLists, Word, clues, split_words
from bot.safety.windows import windows
from knowledge.embedding import TokenReader, TokenStates
from knowledge.network import Numbers, WordTagger, softmax
from knowledge.tuned import TunedModel

NO_TYPE = "none"
"""The tagger's first type: a word that identifies nobody."""

_NAME = "name"
_MONTHS = frozenset({"april", "august", "december", "february", "january", "july", "june", "march", "may", "november"})
_BEFORE_A_MONTH = frozenset({"by", "early", "in", "last", "late", "mid", "next", "since", "this", "until"})
"""A month alone is no finer than a year allows, though some months are names too."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that identifies someone."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class ReadWords:
    """The words of a text as the tagger sees them.

    Attributes:
        words: the words and marks.
        states: what the model and the lists say of each; shape (words, features).
        ids: each word's first piece; shape (words,).
    """

    words: list[Word]
    states: Numbers
    ids: npt.NDArray[np.int32]


def read_words(text: str, read: TokenStates, lists: NameLists) -> ReadWords:
    """Bring together what the model and the lists say of each word of a text.

    Args:
        text: the text, short enough to be read whole.
        read: what the model made of it.
        lists: the lists of names.
    """
    words = split_words(text)
    states = np.zeros((len(words), read.states.shape[1]), dtype=np.float32)
    ids = np.zeros(len(words), dtype=np.int32)
    for number, pieces in enumerate(pieces_of(words, read)):
        if pieces.start < pieces.stop:
            states[number] = read.states[pieces].mean(axis=0)
            ids[number] = read.ids[pieces.start]
    return ReadWords(words, np.concatenate([states, clues(text, words, lists)], axis=1), ids)


def pieces_of(words: Sequence[Word], read: TokenStates) -> list[slice]:
    """Return which word pieces each word has; an empty slice where it was not read."""
    real = np.flatnonzero(read.spans[:, 1] > read.spans[:, 0])  # without the marks of beginning and end
    starts, ends = read.spans[real].T
    before = int(real[0]) if len(real) else 0
    first = np.searchsorted(ends, [word.start for word in words], side="right") + before
    last = np.searchsorted(starts, [word.end for word in words]) + before
    return [slice(int(begin), int(end)) for begin, end in zip(first, last, strict=True)]


class IdentifierFinder:
    """Finds identifiers by their form and by what was learned of them."""

    def __init__(
        self,
        *,
        reader: TokenReader,
        lists: NameLists,
        taggers: Sequence[WordTagger],
        tuned: TunedModel,
        types: Sequence[str],
        threshold: float,
    ) -> None:
        """Hold the parts.

        Args:
            reader: the shipped model.
            lists: the lists of names.
            taggers: what was learned of words; the mean of them counts.
            tuned: the tuned layers, which read words too and count as much as all taggers.
            types: names of the types of both, `NO_TYPE` first.
            threshold: how likely a word must be an identifier, of whatever type, to be taken for one.
        """
        self._reader = reader
        self._lists = lists
        self._taggers = taggers
        self._tuned = tuned
        self._types = types
        self._threshold = threshold

    def find(self, text: str) -> list[Span]:
        """Return the identifiers in a text, in order, without overlap."""
        cuts = windows(text)
        parts = [text[start:end] for start, end in cuts]
        found: list[Span] = []
        for (start, _), part, read in zip(cuts, parts, self._reader.read(parts), strict=True):
            of_part = [*_by_form(part), *self._by_reading(part, read)]
            found += [Span(span.start + start, span.end + start, span.kind) for span in of_part]
        return _without_overlap(found)

    def _by_reading(self, text: str, read: TokenStates) -> list[Span]:
        of_text = read_words(text, read, self._lists)
        if not of_text.words:
            return []
        by_taggers = np.mean([tagger.probabilities(of_text.states, of_text.ids) for tagger in self._taggers], axis=0)
        shares = (by_taggers + self._by_tuned(of_text.words, read)) / 2
        found: list[Span] = []
        before = ""
        for word, share in zip(of_text.words, shares, strict=True):
            month = word.text.lower() in _MONTHS and before in _BEFORE_A_MONTH
            before = word.text.lower()
            if 1 - share[0] < self._threshold or not word.text[0].isalnum() or month:
                continue
            kind = self._types[1 + int(share[1:].argmax())]
            between = text[found[-1].end : word.start] if found else ""
            if found and found[-1].kind == kind and len(between) <= 1 and between in " -'.&":
                found[-1] = Span(found[-1].start, word.end, kind)
            else:
                found.append(Span(word.start, word.end, kind))
        found += _full_names(text, of_text.words, found, self._lists)
        return [_without_possessive(text, span) for span in found]

    def _by_tuned(self, words: Sequence[Word], read: TokenStates) -> Numbers:
        """Return how likely the tuned layers find each word of each type; none where it was not read."""
        of_pieces = softmax(self._tuned.read(read).types)
        shares = np.zeros((len(words), len(self._types)), dtype=np.float32)
        shares[:, 0] = 1.0
        for number, pieces in enumerate(pieces_of(words, read)):
            if pieces.start < pieces.stop:
                shares[number] = of_pieces[pieces].mean(axis=0)
        return shares


def _full_names(text: str, words: Sequence[Word], found: Sequence[Span], lists: NameLists) -> list[Span]:
    """Return names with their surnames: rare ones, and those of theorists, by themselves no identifiers.

    A first name counts that is on the list or was found; the surname, or a word that is none of everyday, has to stand
    right behind it, both capitalised, and the two together must be no theorist's.
    """
    names = {span.end for span in found if span.kind == _NAME}
    pairs = []
    for first, last in pairwise(words):
        if text[first.end : last.start] != " " or not (first.text.istitle() and last.text.istitle()):
            continue
        given, family = first.text.lower(), last.text.lower().removesuffix("'s")
        is_given = given in lists.first or first.end in names
        is_family = family in lists.theorists or family in lists.last or family not in lists.known
        if is_given and is_family and f"{given} {family}" not in lists.theorists:
            pairs.append(Span(first.start, last.end, _NAME))
    return pairs


def _by_form(text: str) -> list[Span]:
    return [Span(match.start(), match.end(), kind) for kind, form in FORMS for match in form.finditer(text)]


def _without_possessive(text: str, span: Span) -> Span:
    tail = text[span.start : span.end].lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return Span(span.start, span.end - 2, span.kind) if tail.endswith("'s") else span


def _without_overlap(spans: Sequence[Span]) -> list[Span]:
    """Join what overlaps; the kind that was found first stays."""
    order = {id(span): place for place, span in enumerate(spans)}
    kept: list[tuple[Span, int]] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        place = order[id(span)]
        if kept and span.start < kept[-1][0].end:
            before, first = kept[-1]
            kind = before.kind if first < place else span.kind
            kept[-1] = (Span(before.start, max(before.end, span.end), kind), min(first, place))
        else:
            kept.append((span, place))
    return [span for span, _ in kept]
