"""One rehearsal, turn by turn: the counselor's lines, what was observed in them, and what the client said to them."""

from dataclasses import dataclass, replace

from bot.rehearse.seen import Feature, Seen
from knowledge.scenarios import Scenario

FEWEST_LINES, MOST_LINES = 3, 5
"""A rehearsal is said to be enough after the first number of lines, and ends after the second."""

LONGEST_LINE = 600
"""Characters of one line; a repair is shorter."""

_SILENCE = ("(A silence.)", "(They look at you and say nothing for a while.)", "(They breathe out and wait.)")
"""Said where the client has said everything that the card has for how they were met."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One line and what came of it.

    Attributes:
        line: what the counselor said, without identifiers.
        seen: what was observed in it.
        reply: what the client says to it.
    """

    line: str
    seen: Seen
    reply: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A rehearsal so far; it changes by making a new one."""

    scenario: Scenario
    turns: tuple[Turn, ...] = ()

    @property
    def client_says(self) -> str:
        """What the client said last."""
        return self.turns[-1].reply if self.turns else self.scenario.says

    @property
    def is_over(self) -> bool:
        """Whether no further line is taken."""
        return len(self.turns) >= MOST_LINES

    def with_line(self, line: str, seen: Seen) -> "Rehearsal":
        """Return the rehearsal with one more turn; the same lines always bring the same replies."""
        said = {turn.reply for turn in self.turns}
        unsaid = [reply for reply in _replies(self.scenario, seen) if reply not in said]
        silence = [reply for reply in _SILENCE if reply not in said]
        return replace(self, turns=(*self.turns, Turn(line, seen, (unsaid or silence)[0])))


def _replies(scenario: Scenario, seen: Seen) -> list[str]:
    """Return what the client may say to a line: what hinders is answered before what helps."""
    replies = scenario.replies
    for feature, answers in (
        (Feature.DEFENDED, replies.defended),
        (Feature.OVER_APOLOGISED, replies.apologised),
        (Feature.EXPLAINED_FIRST, replies.explained),
    ):
        if feature in seen.features:
            return answers
    if seen.praised & {Feature.NAMED_SHIFT, Feature.OWNED_PART}:
        return replies.met
    return replies.asked if Feature.ASKED in seen.praised else replies.unclear
