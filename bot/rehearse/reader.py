"""Observes what stands in a line: by signs, words and vectors in a small fitted regression, and by the tuned layers."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from bot.rehearse.cues import flags
from bot.rehearse.seen import Feature, Seen
from bot.rehearse.signs import sentences
from knowledge.embedding import Embedder, TokenReader
from knowledge.rehearsal import RehearsalModel
from knowledge.ridge import Numbers, TextRidge
from knowledge.tuned import TunedModel

FLAG_WEIGHT = np.float32(0.5)
"""Length that one flag is given beside a text's vector, which has length 1; chosen with the fitted regression."""


class ReadsTexts(Embedder, TokenReader, Protocol):
    """An embedder that also shows word pieces, as the shipped one does."""


class LineReader:
    """Reads lines with the shipped models; the same line always brings the same reading."""

    def __init__(self, embedder: ReadsTexts, model: RehearsalModel, tuned: TunedModel) -> None:
        """Hold the embedder and the models that were fitted in its space."""
        self._embedder = embedder
        self._model = model
        self._tuned = tuned

    def read(self, line: str) -> Seen:
        """Return what is sure of a line; nothing of an empty one."""
        if not line.strip():
            return Seen()
        card = self._model.card
        (by_words,) = line_scores(self._model.ridge, self._embedder, [line])
        (by_tuned,) = tuned_scores(self._tuned, self._embedder, [line])
        scored = by_words + by_tuned * np.array(card.tuned, dtype=np.float32)
        scores = dict(zip(card.outputs, scored.tolist(), strict=True))
        sure = dict(zip(card.outputs, card.sure, strict=True))
        features = frozenset(feature for feature in Feature if scores[feature] >= sure[feature])
        guarded = scores[Feature.DEFENDED] >= card.guarded or Feature.DEFENDED in features
        return Seen(features, guarded=guarded)


def line_scores(ridge: TextRidge, embedder: Embedder, lines: Sequence[str]) -> Numbers:
    """Return the scores of lines, one or more: what each says as a whole, and the most a sentence says by itself.

    Returns:
        Scores of both kinds added; shape (lines, outputs).
    """
    parts = [parts_of(line) for line in lines]
    flat = [part for each in parts for part in each]
    scored = ridge.scores(flat, rows(embedder, flat))
    ends = np.cumsum([len(each) for each in parts])
    return np.stack([of_line(each) for each in np.split(scored, ends[:-1])])


def tuned_scores(tuned: TunedModel, reader: TokenReader, lines: Sequence[str]) -> Numbers:
    """Return what the tuned layers read in lines, each as a whole; shape (lines, outputs)."""
    return np.stack([tuned.read(states).outputs["line"] for states in reader.read(lines)])


def parts_of(line: str) -> list[str]:
    """Return what is scored of a line: the whole, then its sentences."""
    return [line, *(sentences(line) or [line])]


def of_line(scored: Numbers) -> Numbers:
    """Return a line's scores, given those of its parts; shape (outputs,)."""
    found: Numbers = scored[0] + scored[1:].max(axis=0)
    return found


def rows(embedder: Embedder, texts: Sequence[str]) -> Numbers:
    """Return the vector and the flags of each text side by side; shape (texts, columns)."""
    signs = np.stack([flags(text) for text in texts]) * FLAG_WEIGHT
    found: Numbers = np.hstack([embedder.embed(texts), signs]).astype(np.float32)
    return found
