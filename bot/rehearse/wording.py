"""Feedback in a model's words: only what stands on what was observed takes the place of our own."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.consult.references import one_line
from bot.rehearse.feedback import Point, points
from bot.rehearse.seen import HELPS, Feature
from bot.rehearse.session import Rehearsal
from knowledge.entry import Corpus

MOST_SENTENCES = 2
"""Of a model's, about one line."""

_ONE = "A language model worded one of the points above"
_TWO = "A language model worded two of the points above"
_CHECKED = "it was checked against what I observed and the passage."
_ALL_CHECKED = "each was checked against what I observed and its passage."
_NONE = "My own words: a language model was asked too, and gave none in time that could be checked."


class DraftedSentence(Protocol):
    """What a model says of one point."""

    @property
    def feature(self) -> str:
        """Which point it is about."""

    @property
    def cite(self) -> str:
        """The id of the passage that it names."""

    @property
    def text(self) -> str:
        """The sentence."""


class WordsFeedback(Protocol):
    """Asks a model for sentences."""

    async def word(self, line: str, given: Sequence[Point]) -> Sequence[DraftedSentence] | None:
        """Return what it says of a line without identifiers; None where nothing came in time."""


class ChecksFeedback(Protocol):
    """Reads a sentence against what it is to word; `FeedbackGrounder` does."""

    def stands(self, text: str, point: Point, observed: Collection[Feature], line: str) -> bool:
        """Tell whether a sentence may take the place of a point's own words."""


@dataclass(frozen=True, slots=True)
class Worded:
    """What a model's words came to.

    Attributes:
        sentences: those that stand, by feature; never more than two.
        asked: whether a model read the line.
    """

    sentences: Mapping[Feature, str] = field(default_factory=dict)
    asked: bool = False

    def told(self, notice: str | None) -> str:
        """Return what the person is told of it, with the operator's words on the model; empty where none was asked."""
        if not self.asked:
            return ""
        many = {0: _NONE, 1: f"{_ONE}; {_CHECKED}"}.get(len(self.sentences), f"{_TWO}; {_ALL_CHECKED}")
        return f"-# {many} {one_line(notice or '')}".rstrip()


class Wording:
    """Lets a model word feedback, within its time."""

    def __init__(self, writer: WordsFeedback, grounder: ChecksFeedback) -> None:
        """Hold who asks the model, and who checks what it says."""
        self._writer = writer
        self._grounder = grounder

    async def last_line(self, rehearsal: Rehearsal, corpus: Corpus) -> Worded:
        """Return what a model says of the last line as far as it stands; it is not asked where nothing was observed.

        What may be part of a defense is kept from it, so that it cannot call that good.
        """
        turn = rehearsal.turns[-1]
        given = [
            one for one in points(rehearsal.scenario, turn.seen, corpus) if one.is_praise or one.feature not in HELPS
        ]
        if not given:
            return Worded()
        drafted = await self._writer.word(turn.line, given) or ()
        by_feature = {one.feature.value: one for one in given}
        fitting = [
            (by_feature[one.feature], " ".join(one.text.split()))
            for one in drafted
            if one.feature in by_feature and one.cite == by_feature[one.feature].unit.id
        ]
        kept = await asyncio.to_thread(
            lambda: {
                point.feature: text
                for point, text in fitting[:MOST_SENTENCES]
                if self._grounder.stands(text, point, turn.seen.features, turn.line)
            }
        )
        return Worded(kept, asked=True)
