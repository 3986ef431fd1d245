"""The turns of one conversation, in memory only: few, not for long, and redacted wherever a redaction was made."""

import time
from collections import deque
from collections.abc import Callable

from bot.consult.outcome import Outcome, Screened

MOST_TURNS = 8
LONGEST_SECONDS = 30 * 60.0


class Thread:
    """What an asker typed before, for a follow-up to be read with."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start empty; the clock gives seconds, rising."""
        self._clock = clock
        self._turns: deque[tuple[float, str]] = deque(maxlen=MOST_TURNS)

    @property
    def turns(self) -> tuple[str, ...]:
        """The turns of the last half hour, at most eight, oldest first."""
        since = self._clock() - LONGEST_SECONDS
        while self._turns and self._turns[0][0] < since:
            self._turns.popleft()
        return tuple(text for _, text in self._turns)

    def add(self, question: str, outcome: Outcome) -> None:
        """Keep a turn as redacted; as typed only where it was stopped before that, so that danger is not forgotten."""
        self.say(outcome.question.text if isinstance(outcome, Screened) else question)

    def say(self, turn: str) -> None:
        """Keep a turn as it is; an empty one is none."""
        if turn.strip():
            self._turns.append((self._clock(), turn))
