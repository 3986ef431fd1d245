"""How much a text is like one about present danger, read by three who make different mistakes.

The tuned layers read a situation, a network over word pieces the clause in its sentence, a regression over the words
what is talked about. Fused they found more than any alone on the lines of writers left out (docs/screens.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.safety.windows import LONGEST, windows
from knowledge.embedding import TokenReader
from knowledge.network import Numbers, TextNetwork
from knowledge.ridge import TextRidge
from knowledge.screens.model import Scale, ScreenModel
from knowledge.tuned import TunedModel

READINGS = ("network", "words", "crisis", "caution")
"""What is read of a text: by the networks, by the regression, and the two outputs of the tuned layers."""

_FOR_CRISIS = np.array([0.7, 0.35, 1.0, 0.0], dtype=np.float32)
_FOR_CAUTION = np.array([0.7, 0.35, 1.0, 1.0], dtype=np.float32)
"""Weights of the readings, each by its scale; compared on writers left out (docs/screens.md)."""

_WINDOW, _SHARED = 340, 80
"""Characters of the windows of a message that is too long to be read whole, and what neighbours share.

In windows as long as the model can read, one sentence of danger was drowned by the calm ones around it.
"""

_WHOLE_PIECES, _WINDOW_PIECES = 256, 96
"""Word pieces that are read of a whole message and of a window; English of 340 characters has about 80."""

_EDGE = 8
"""Of a message with more windows than twice this, the first and the last so many are read; cues read all of it.

So nearly all of the longest question that is answered, of 4,000 characters, is read.
"""


@dataclass(frozen=True, slots=True)
class DangerScore:
    """How much a text is like one about present danger; the lines between the levels are the model card's.

    Attributes:
        crisis: decides on a crisis.
        caution: decides on a caution.
    """

    crisis: float
    caution: float


@dataclass(frozen=True, slots=True)
class Readers:
    """Those who read danger.

    Attributes:
        states: reads word pieces for all of them.
        networks: the mean of them counts.
        words: the regression.
        tuned: the tuned layers.
    """

    states: TokenReader
    networks: Sequence[TextNetwork]
    words: TextRidge
    tuned: TunedModel

    def readings(self, texts: Sequence[str]) -> list[Numbers]:
        """Return what each says of every window of each text; shape (windows, readings) for each text."""
        parts = [[text[start:end] for start, end in _read_windows(text)] for text in texts]
        flat = [part for of_text in parts for part in of_text]
        read = [
            states
            for of_text in parts
            for states in self.states.read(of_text, _WHOLE_PIECES if len(of_text) == 1 else _WINDOW_PIECES)
        ]
        by_network = np.mean([network.scores(read) for network in self.networks], axis=0)
        by_words = self.words.scores(flat, np.stack([states.vector for states in read]))[:, 0]
        by_tuned = np.stack([self.tuned.read(states).outputs["danger"] for states in read])
        every = np.column_stack([by_network, by_words, by_tuned]).astype(np.float32)
        ends = np.cumsum([len(of_text) for of_text in parts])
        return [every[end - len(of_text) : end] for of_text, end in zip(parts, ends, strict=True)]


def fused(of_text: Numbers, scale: Scale) -> DangerScore:
    """Return the score of a text: of its most alarming window, each reading by its scale.

    Args:
        of_text: the readings of each window; shape (windows, readings).
        scale: mean and deviation of each reading on everyday questions.
    """
    means, spreads = np.array(scale, dtype=np.float32).T
    standard = (of_text - means) / spreads
    return DangerScore(float((standard @ _FOR_CRISIS).max()), float((standard @ _FOR_CAUTION).max()))


class DangerReader:
    """Scores texts by the shipped models."""

    def __init__(self, *, reader: TokenReader, model: ScreenModel, tuned: TunedModel) -> None:
        """Hold the shipped embedder and the shipped models, which must be of one vector space."""
        self._readers = Readers(reader, model.danger_networks, model.danger, tuned)
        self._scale = model.card.danger_scale

    def score(self, text: str) -> DangerScore:
        """Return how much a text is like one about present danger."""
        (of_text,) = self._readers.readings([text])
        return fused(of_text, self._scale)


def _read_windows(text: str) -> list[tuple[int, int]]:
    if len(text) <= LONGEST:
        return [(0, len(text))]
    found = windows(text, _WINDOW, _SHARED)
    return found if len(found) <= 2 * _EDGE else found[:_EDGE] + found[-_EDGE:]
