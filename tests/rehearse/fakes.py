"""A reader that observes what a line says of itself."""

from collections import deque
from collections.abc import Collection, Sequence

from bot.llm.schema import DraftedPoint
from bot.rehearse.feedback import Point
from bot.rehearse.rehearsals import Rehearsals
from bot.rehearse.seen import Feature, Seen
from bot.rehearse.wording import Wording, WordsFeedback
from knowledge.entry import Corpus
from knowledge.scenarios import load_scenarios


class FakeLineReader:
    """Observes a feature where its name stands in the line, and a guarded line where "guarded" does."""

    def read(self, line: str) -> Seen:
        features = frozenset(feature for feature in Feature if feature in line)
        return Seen(features, guarded="guarded" in line or Feature.DEFENDED in features)


class FakeFeedbackWriter:
    """Gives the sentences in its queue; the last ever again. None is no answer in time."""

    def __init__(self, *queue: Sequence[DraftedPoint] | None) -> None:
        self.lines: list[str] = []
        self.given: list[Sequence[Point]] = []
        self._queue = deque(queue)

    async def word(self, line: str, given: Sequence[Point]) -> Sequence[DraftedPoint] | None:
        self.lines.append(line)
        self.given.append(given)
        return self._queue.popleft() if len(self._queue) > 1 else self._queue[0]


class PassesUnlessBad:
    """Lets a sentence stand unless it holds the word "bad"."""

    def stands(self, text: str, point: Point, observed: Collection[Feature], line: str) -> bool:  # noqa: ARG002
        return "bad" not in text


def rehearsals_of(corpus: Corpus, writer: WordsFeedback | None = None) -> Rehearsals:
    """Return rehearsals of the shipped scenarios with the fake reader, and with a model where one is given."""
    wording = Wording(writer, PassesUnlessBad()) if writer else None
    return Rehearsals(scenarios=load_scenarios(corpus), corpus=corpus, reader=FakeLineReader(), wording=wording)
