"""One question back, worded by a model, where a question is too thin to answer."""

import re
from collections.abc import Sequence

from bot.llm.chain import ModelChain, ModelsAway
from bot.llm.chat import thread_text
from bot.llm.model import make_prompt
from bot.llm.parsing import UnreadableAnswer, parse_object
from bot.llm.schema import DraftedQuestion
from prompts import as_data

_MOST_WORDS = 40
_LONGEST = 300
_NOT_OURS = re.compile(r"\d|[<>\[\]@#*_`|]|https?:|\bname\b|\bwhere does\b|\bdiagnos|\bmedicat", re.IGNORECASE)
"""What a question back never holds: numbers, markup, and asking for what identifies or what is another person's."""


class Clarifier:
    """Asks for what is missing."""

    def __init__(self, *, chain: ModelChain, seconds: float) -> None:
        """Hold the models and their time."""
        self._chain = chain
        self._seconds = seconds

    async def ask(self, question: str, thread: Sequence[str]) -> str | None:
        """Return one question back, or None where no model gave a fit one in time.

        Args:
            question: as redacted.
            thread: earlier turns as redacted, oldest first.
        """
        values = {"question": as_data(question), "thread": as_data(thread_text(thread)) or "(nothing)"}
        prompt = make_prompt("clarify", values, DraftedQuestion)
        try:
            return (await self._chain.ask(prompt, _read, seconds=self._seconds)).value
        except ModelsAway:
            return None


def _read(text: str) -> str:
    asked = parse_object(text, wanted=("question",)).get("question")
    asked = " ".join(asked.split()) if isinstance(asked, str) else ""
    sentences = len(re.findall(r"[.!?](?:\s|$)", asked))
    too_long = len(asked.split()) > _MOST_WORDS or len(asked) > _LONGEST
    if not asked.endswith("?") or sentences != 1 or too_long or _NOT_OURS.search(asked):
        raise UnreadableAnswer("no question that may be asked")
    return asked
