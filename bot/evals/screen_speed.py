"""How long the screens take for a question of about sixty words, and how much of that is the model reading it."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.safety.screening import load_screens
from knowledge.embedding import MiniLmEmbedder, TokenStates, Vectors

SCREENS = ("crisis", "language", "privacy", "scope")
_WORDS = 60


@dataclass(frozen=True, slots=True)
class ScreenSpeed:
    """Medians over the questions, on one thread.

    Attributes:
        milliseconds: of each screen, the model's reading included, in the order of `SCREENS`.
        total: of all screens for a question.
        reading: the part of it in which the model reads.
    """

    milliseconds: dict[str, float]
    total: float
    reading: float

    @property
    def beside(self) -> float:
        """What the screens take beside the model."""
        return self.total - self.reading


class _TimedReader(MiniLmEmbedder):
    """The shipped embedder, counting its own time."""

    spent = 0.0

    def embed(self, texts: Sequence[str]) -> Vectors:
        began = time.perf_counter()
        try:
            return super().embed(texts)
        finally:
            self.spent += time.perf_counter() - began

    def read(self, texts: Sequence[str], longest: int = 256) -> list[TokenStates]:
        began = time.perf_counter()
        try:
            return super().read(texts, longest)
        finally:
            self.spent += time.perf_counter() - began


def time_screens(texts: Sequence[str]) -> ScreenSpeed:
    """Time every screen over texts, each joined with the next ones until it has sixty words.

    Args:
        texts: questions, one at least.
    """
    reader = _TimedReader(threads=1)
    screens = load_screens(reader)
    questions = [_of_sixty_words(texts, number) for number in range(len(texts))]
    screens.read(questions[0])
    of_each: dict[str, list[float]] = {name: [] for name in (*SCREENS, "total", "reading")}
    for question in questions:
        reader.spent = 0.0
        found = screens.read(question)
        for name in (*SCREENS, "total"):
            of_each[name].append(found.milliseconds.get(name, 0.0))
        of_each["reading"].append(reader.spent * 1000)
    medians = {name: statistics.median(values) for name, values in of_each.items()}
    return ScreenSpeed({name: medians[name] for name in SCREENS}, medians["total"], medians["reading"])


def _of_sixty_words(texts: Sequence[str], first: int) -> str:
    words: list[str] = []
    number = first
    while len(words) < _WORDS:
        words += texts[number % len(texts)].split() or ["so"]
        number += 1
    return " ".join(words[:_WORDS])
