"""Makes the tagger of identifiers from labelled lines, and from the same lines with other names put in."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from bot.evals.fit_networks import TaggedText, fit_word_tagger
from bot.safety.names import NameLists, Word, split_words
from bot.safety.normalise import normalise
from bot.safety.tagging import NO_TYPE, read_words
from knowledge.embedding import TokenReader
from knowledge.network import WordTagger

TYPES = (
    NO_TYPE,
    "name",
    "place",
    "date",
    "age",
    "phone",
    "email",
    "handle",
    "school",
    "employer",
    "role",
    "relative",
    "record number",
    "url",
)
_COPIES = 2
_SURNAMES = 0.2
_SEEDS = (0, 1, 2)
_AT_ONCE = 256


def fit_taggers(
    lines: Sequence[dict[str, Any]], plain: Sequence[str], reader: TokenReader, lists: NameLists
) -> tuple[WordTagger, ...]:
    """Fit the taggers.

    Args:
        lines: texts with their `identifiers`, each with `text` and `type`.
        plain: texts without any.
        reader: the shipped embedder.
        lists: the lists of names.
    """
    everything = [*lines, *with_other_names(lines, lists), *({"text": text, "identifiers": []} for text in plain)]
    texts = [text for text in _tagged(everything, reader, lists) if len(text.ids)]
    return tuple(fit_word_tagger(texts, len(TYPES), seed=seed) for seed in _SEEDS)


def _tagged(lines: Sequence[dict[str, Any]], reader: TokenReader, lists: NameLists) -> Iterator[TaggedText]:
    for start in range(0, len(lines), _AT_ONCE):
        part = lines[start : start + _AT_ONCE]
        texts = [normalise(line["text"]) for line in part]
        for line, text, read in zip(part, texts, reader.read(texts), strict=True):
            seen = read_words(text, read, lists)
            yield TaggedText(seen.states, seen.ids, _types(text, seen.words, line["identifiers"]))


def marked_words(text: str, identifiers: Sequence[dict[str, str]]) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and number of the type of every word of a text, in its order; type 0 identifies nobody.

    Args:
        text: the text, its hidden letters made plain.
        identifiers: what identifies in it, each with `text` and `type`.
    """
    words = split_words(text)
    for word, kind in zip(words, _types(text, words, identifiers).tolist(), strict=True):
        yield word.start, word.end, kind


def _types(
    text: str, words: Sequence[Word], identifiers: Sequence[dict[str, str]]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    found = np.zeros(len(words), dtype=np.int64)
    for identifier in identifiers:
        wanted = re.compile(rf"(?<!\w){re.escape(normalise(identifier['text']))}(?!\w)", re.IGNORECASE)
        for match in wanted.finditer(text):
            for number, word in enumerate(words):
                if word.start < match.end() and match.start() < word.end:
                    found[number] = TYPES.index(identifier["type"])
    return found


def with_other_names(lines: Sequence[dict[str, Any]], lists: NameLists) -> Iterator[dict[str, Any]]:
    """Yield copies of the lines with names, each name changed for another of the lists, written as the first was."""
    rng = random.Random(0)  # noqa: S311  # examples, no secret
    first, last = sorted(lists.first), sorted(lists.last)
    for line in lines:
        for _ in range(_COPIES):
            text, identifiers, changed = line["text"], [], False
            for identifier in line["identifiers"]:
                value = identifier["text"]
                if identifier["type"] == "name" and value.isalpha() and len(value) > 2 and text.count(value) == 1:  # noqa: PLR2004
                    other = rng.choice(last if rng.random() < _SURNAMES else first)
                    other = other.title() if value[0].isupper() else other
                    text, value, changed = text.replace(value, other), other, True
                identifiers.append({"text": value, "type": identifier["type"]})
            if changed:
                yield {"text": text, "identifiers": identifiers}
