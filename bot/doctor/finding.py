"""What a check found."""

from dataclasses import dataclass
from enum import Enum

from bot.errors import AssistantError
from knowledge.errors import KnowledgeError


class State(Enum):
    """How a part is."""

    WELL = "well"
    NOTE = "note"
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        part: what was checked.
        state: how it is.
        text: what was found, one sentence.
        mend: what to do, one sentence; empty where nothing is to do.
    """

    part: str
    state: State
    text: str
    mend: str = ""


def ill(part: str, error: AssistantError | KnowledgeError) -> Finding:
    """Return the finding for a part that raised."""
    return Finding(
        part, State.ILL, f"{error.problem[0].upper()}{error.problem[1:]}.", f"{error.mend[0].upper()}{error.mend[1:]}."
    )
