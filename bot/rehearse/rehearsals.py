"""The rehearsals that are going on: in memory only, one a person, for half an hour after the last line."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from bot.consult.exchange import ShortMemory
from bot.rehearse.seen import ReadsLines, Seen
from bot.rehearse.session import Rehearsal
from bot.rehearse.wording import Worded, Wording
from knowledge.entry import Corpus
from knowledge.scenarios import Scenario

_MOST = 2000
"""Rehearsals that go on at one time; the oldest makes room."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line that is about to be taken.

    Attributes:
        number: which line it is, from 0.
        line: what was said, without identifiers.
        seen: what was observed in it.
    """

    number: int
    line: str
    seen: Seen


class Rehearsals:
    """Starts rehearsals, takes their lines, and forgets them; nothing of it is written or shown to anyone else."""

    def __init__(
        self,
        *,
        scenarios: tuple[Scenario, ...],
        corpus: Corpus,
        reader: ReadsLines,
        wording: Wording | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Hold the collaborators.

        Args:
            scenarios: the scenario cards, in the order in which they are offered.
            corpus: the cards that feedback quotes.
            reader: observes what stands in a line.
            wording: lets a language model word feedback, where there is one.
            clock: seconds, rising.
        """
        self.scenarios = {scenario.id: scenario for scenario in scenarios}
        self.corpus = corpus
        self._reader = reader
        self._wording = wording
        self._held: ShortMemory[str, tuple[int, Rehearsal]] = ShortMemory(most=_MOST, clock=clock)

    def start(self, person: int, scenario: Scenario) -> tuple[str, Rehearsal]:
        """Begin a rehearsal in place of the person's earlier one, and return the key that it is held under."""
        self.forget(person)
        key, rehearsal = uuid.uuid4().hex, Rehearsal(scenario)
        self._held.put(key, (person, rehearsal))
        return key, rehearsal

    def find(self, person: int, key: str) -> Rehearsal | None:
        """Return a person's own rehearsal; None where it is gone, or somebody else's."""
        held = self._held.find(key)
        return held[1] if held and held[0] == person else None

    def observe(self, line: str) -> Seen:
        """Return what is observed in a line; it takes a while, and touches nothing that is held."""
        return self._reader.read(line)

    async def word(self, rehearsal: Rehearsal) -> Worded:
        """Let a language model word the feedback on the last line, where there is one; the person was told of it."""
        return await self._wording.last_line(rehearsal, self.corpus) if self._wording else Worded()

    def say(self, person: int, key: str, turn: NewLine) -> Rehearsal | None:
        """Take a line, and return the rehearsal with it; None where it is gone or has a line of that number already."""
        rehearsal = self.find(person, key)
        if rehearsal is None or rehearsal.is_over or len(rehearsal.turns) != turn.number:
            return None
        rehearsal = rehearsal.with_line(turn.line, turn.seen)
        self._held.put(key, (person, rehearsal))
        return rehearsal

    def end(self, person: int, key: str) -> Rehearsal | None:
        """Forget a rehearsal, and return it once more for its summary."""
        rehearsal = self.find(person, key)
        if rehearsal is not None:
            self._held.take(key)
        return rehearsal

    def forget(self, person: int) -> None:
        """Drop what a person rehearses."""
        self._held.drop(lambda _, held: held[0] == person)
