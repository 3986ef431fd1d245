"""How much a text is like one about present danger, read by two who make different mistakes.

A network over word pieces sees the clause in its sentence; a regression over the words of the whole sees what is talked
about. Fused they found more than either alone on the lines of a writer left out (docs/screens.md).
"""

from collections.abc import Sequence

import numpy as np

from bot.safety.windows import LONGEST, windows
from knowledge.embedding import TokenReader
from knowledge.network import Numbers, TextNetwork
from knowledge.ridge import TextRidge
from knowledge.screens.model import ScreenModel

_WORDS_SHARE = 0.5
"""Weight of the regression beside the networks; 0, 0.5, 1 and 2 were compared (docs/screens.md)."""

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


def readings(
    texts: Sequence[str], reader: TokenReader, networks: Sequence[TextNetwork], ridge: TextRidge
) -> list[Numbers]:
    """Return what each of the two says of every window of each text; shape (windows, 2) for each text."""
    parts = [[text[start:end] for start, end in _read_windows(text)] for text in texts]
    flat = [part for of_text in parts for part in of_text]
    read = [
        states
        for of_text in parts
        for states in reader.read(of_text, _WHOLE_PIECES if len(of_text) == 1 else _WINDOW_PIECES)
    ]
    by_network = np.mean([network.scores(read) for network in networks], axis=0)
    by_words = ridge.scores(flat, np.stack([states.vector for states in read]))[:, 0]
    both = np.stack([by_network, by_words], axis=1).astype(np.float32)
    ends = np.cumsum([len(of_text) for of_text in parts])
    return [both[end - len(of_text) : end] for of_text, end in zip(parts, ends, strict=True)]


def fused(of_text: Numbers, scale: Sequence[tuple[float, float]]) -> float:
    """Return the score of a text: of its most alarming window, both readings by their scale.

    Args:
        of_text: both readings of each window; shape (windows, 2).
        scale: mean and deviation of each reading on everyday questions.
    """
    (network_mean, network_spread), (words_mean, words_spread) = scale
    by_network = (of_text[:, 0] - network_mean) / network_spread
    by_words = (of_text[:, 1] - words_mean) / words_spread
    return float((by_network + _WORDS_SHARE * by_words).max())


class DangerReader:
    """Scores texts by the shipped model."""

    def __init__(self, *, reader: TokenReader, model: ScreenModel) -> None:
        """Hold the shipped embedder and the shipped model, which must be of one vector space."""
        self._reader = reader
        self._model = model

    def score(self, text: str) -> float:
        """Return how much a text is like one about present danger."""
        (of_text,) = readings([text], self._reader, self._model.danger_networks, self._model.danger)
        return fused(of_text, self._model.card.danger_scale)


def _read_windows(text: str) -> list[tuple[int, int]]:
    if len(text) <= LONGEST:
        return [(0, len(text))]
    found = windows(text, _WINDOW, _SHARED)
    return found if len(found) <= 2 * _EDGE else found[:_EDGE] + found[-_EDGE:]
