"""Asks models in turn, within one limit of time: retries, Retry-After, a breaker each, few at a time, a ceiling."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot import log
from bot.consult.observer import UNOBSERVED, Observer, Trouble
from bot.llm.breaker import Breaker
from bot.llm.budget import Budget
from bot.llm.model import Completion, Model, ModelTrouble, Prompt
from bot.llm.parsing import UnreadableAnswer

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0
_LATE = "attempt out of time"

_Read = TypeVar("_Read")


class ModelsAway(Exception):  # what befell, not a mistake of the caller
    """No model gave a readable answer in time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often models are asked.

    Attributes:
        attempt: seconds for one attempt.
        retries: further attempts at one model whose trouble may pass.
        concurrency: questions that are with the models at one time.
        tokens: tokens that a model may write in one answer.
    """

    attempt: float
    retries: int
    concurrency: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Given(Generic[_Read]):
    """What a model gave, read, and which model it was."""

    value: _Read
    model: str


@dataclass(frozen=True, slots=True)
class Chance:
    """Time and chance, which tests replace.

    Attributes:
        clock: seconds, rising.
        sleep: waits so many seconds.
        share: a number from 0 to 1.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    share: Callable[[], float] = random.random


class ModelChain:
    """The configured model and its fallbacks."""

    def __init__(
        self,
        models: Sequence[Model],
        *,
        limits: Limits,
        budget: Budget,
        chance: Chance | None = None,
        observer: Observer = UNOBSERVED,
    ) -> None:
        """Hold the models, in the order in which they are asked; the observer is told how they do."""
        self._observer = observer
        self._chance = chance or Chance()
        self._models = [(model, Breaker(self._chance.clock)) for model in models]
        self._limits = limits
        self._budget = budget
        self._room = asyncio.Semaphore(limits.concurrency)

    @property
    def name(self) -> str:
        """The first model's name."""
        return self._models[0][0].name

    async def ask(self, prompt: Prompt, read: Callable[[str], _Read], *, seconds: float) -> Given[_Read]:
        """Return the first readable answer.

        Args:
            prompt: what to ask.
            read: reads what a model wrote; raises UnreadableAnswer where it cannot.
            seconds: for all of it.

        Raises:
            ModelsAway: there was none in time, or the day's tokens are spent.
        """
        end = self._chance.clock() + seconds
        try:
            async with asyncio.timeout(seconds), self._room:
                for model, breaker in self._models:
                    try:
                        return Given(await self._from_one(model, breaker, prompt, read, end), model.name)
                    except (ModelTrouble, UnreadableAnswer) as trouble:
                        log.event("model failed", model=model.name, error=_kind(trouble))
                        self._observer.model_failed(model.name, _trouble(trouble))
        except TimeoutError:
            log.event("model failed", model=self.name, error="out of time")
            self._observer.model_failed(self.name, "out of time")
        raise ModelsAway

    async def _from_one(  # all of it is one attempt's
        self, model: Model, breaker: Breaker, prompt: Prompt, read: Callable[[str], _Read], end: float
    ) -> _Read:
        for attempt in range(self._limits.retries + 1):
            if not breaker.allows():
                raise ModelTrouble("resting after failures", passing=False)
            try:
                completion = await self._attempt(model, prompt)
            except ModelTrouble as trouble:
                breaker.failed()
                wait = self._wait(attempt, trouble)
                late = self._chance.clock() + wait >= end
                if not trouble.passing or attempt == self._limits.retries or late:
                    raise
                log.event("model retried", model=model.name, error=_kind(trouble))
                await self._chance.sleep(wait)
            else:
                breaker.succeeded()
                return read(completion.text)
        raise AssertionError("a loop of at least one attempt ends in it")

    async def _attempt(self, model: Model, prompt: Prompt) -> Completion:
        reserved = prompt.tokens + self._limits.tokens
        if not await asyncio.to_thread(self._budget.reserve, reserved):
            raise ModelTrouble("the day's tokens are spent", passing=False)
        used = prompt.tokens
        try:
            async with asyncio.timeout(self._limits.attempt):
                completion = await model.complete(prompt)
            used = completion.tokens or prompt.tokens + len(completion.text) // 4
            self._observer.model_answered(model.name, used)
        except TimeoutError:
            raise ModelTrouble(_LATE, passing=False) from None
        finally:
            await asyncio.to_thread(self._budget.settle, reserved, used)
        return completion

    def _wait(self, attempt: int, trouble: ModelTrouble) -> float:
        """Return the seconds to the next attempt: as long as the model asks, else doubling, with jitter."""
        if trouble.after is not None:
            return trouble.after + 0.1 * self._chance.share()
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt) * (0.5 + self._chance.share() / 2)


def _kind(trouble: Exception) -> str:
    return str(trouble) if isinstance(trouble, ModelTrouble) else type(trouble).__name__


def _trouble(trouble: Exception) -> Trouble:
    if not isinstance(trouble, ModelTrouble):
        return "unreadable"
    if str(trouble) == _LATE:
        return "out of time"
    return "overloaded" if trouble.passing else "refused"
