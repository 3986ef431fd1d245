"""Fakes of what a chain of models needs: a model with a queue of outcomes, and a time that tests push on."""

from collections import deque
from dataclasses import dataclass, field

from bot.llm.chain import Chance
from bot.llm.model import Completion, Prompt


class FakeModel:
    """Gives the completions in its queue, failures included; the last one ever again."""

    def __init__(self, name: str, *outcomes: str | Exception) -> None:
        self.name = name
        self.prompts: list[Prompt] = []
        self._outcomes = deque(outcomes)

    async def complete(self, prompt: Prompt) -> Completion:
        self.prompts.append(prompt)
        outcome = self._outcomes.popleft() if len(self._outcomes) > 1 else self._outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return Completion(outcome, 10)


@dataclass
class FakeTime:
    """A time that only sleeping and tests push on."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def chance(self, share: float = 0.5) -> Chance:
        """Return it as a chain takes it."""
        return Chance(clock=lambda: self.now, sleep=self._sleep, share=lambda: share)
