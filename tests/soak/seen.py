"""What people saw of what the bot did: answered, told why not, or left waiting."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias

from tests.discord.ways import CLOSE, NOTICE
from tests.loopback import Answer

Sight: TypeAlias = Literal["answered", "told why not", "left thinking", "no response"]

WORDS = ("answered", "told why not", "left thinking", "no response")


def sight_of(answer: Answer, sign: str = CLOSE) -> Sight:
    """Return what somebody sees now of something they did."""
    if sign in answer.text or NOTICE in answer.text:
        return "answered"
    if answer.interaction.acknowledged is None:
        return "no response"
    return "told why not" if is_over(answer) else "left thinking"


def is_over(answer: Answer) -> bool:
    """Tell whether there is an end: what is told meanwhile ends with an ellipsis."""
    texts = [message for message in answer.messages if not message.loading]
    return bool(texts) and not answer.text.rstrip().endswith("…")


async def over(answer: Answer, within: float = 90) -> Answer:
    """Wait for the end.

    Raises:
        AssertionError: there is none.
    """
    await answer.person.world.changes.until(lambda: is_over(answer), within=within, what="an end")
    return answer


def counted(answers: Sequence[Answer]) -> Counter[str]:
    """Count what was seen."""
    return Counter(sight_of(answer) for answer in answers)


def in_words(counts: Counter[str]) -> str:
    """Return counts as they stand in the table."""
    return ", ".join(f"{counts[word]} {word}" for word in WORDS if counts[word])
