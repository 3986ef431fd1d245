"""Sentences of feedback on a rehearsed line, worded by a model from what was observed; checked elsewhere."""

from collections.abc import Mapping, Sequence

from bot.llm.chain import ModelChain, ModelsAway
from bot.llm.model import make_prompt
from bot.llm.parsing import UnreadableAnswer, parse_object
from bot.llm.schema import DraftedFeedback, DraftedPoint
from bot.rehearse.feedback import Point
from prompts import as_data

_MOST_KEPT = 4
_LONGEST = 400
"""Characters of a sentence that are read; one that may stand is far shorter."""


class FeedbackWriter:
    """Asks for words for the points of one line."""

    def __init__(self, *, chain: ModelChain, seconds: float) -> None:
        """Hold the models and their time."""
        self._chain = chain
        self._seconds = seconds

    async def word(self, line: str, given: Sequence[Point]) -> Sequence[DraftedPoint] | None:
        """Return a model's sentences; None where no model gave any that could be read in time.

        Args:
            line: as redacted.
            given: what it may speak of, at least one.
        """
        listed = "\n".join(_listed(point) for point in given)
        prompt = make_prompt("feedback", {"line": as_data(line), "points": listed}, DraftedFeedback)
        try:
            return (await self._chain.ask(prompt, _read, seconds=self._seconds)).value
        except ModelsAway:
            return None


def _listed(point: Point) -> str:
    kind = "helps" if point.is_praise else "hinders"
    return (
        f"- feature {point.feature.value} ({kind}): {point.says}\n  passage {point.unit.id}: {as_data(point.unit.text)}"
    )


def _read(text: str) -> list[DraftedPoint]:
    found = parse_object(text, wanted=("sentences",)).get("sentences")
    listed = [found] if isinstance(found, Mapping) else found
    if not isinstance(listed, list):
        raise UnreadableAnswer("sentences are no list")
    return [
        DraftedPoint(feature=one["feature"], cite=one["cite"], text=one["text"][:_LONGEST])
        for one in listed[:_MOST_KEPT]
        if isinstance(one, Mapping) and all(isinstance(one.get(key), str) for key in ("feature", "cite", "text"))
    ]
