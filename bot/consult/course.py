"""What one question takes with it on its way through the pipeline."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from bot import log
from bot.consult.reflection import NOTHING_TYPED, Typed

_Result = TypeVar("_Result")

Watch: TypeAlias = Callable[[str], None]
"""Told the name of each stage when it begins."""


def unwatched(stage: str) -> None:
    """Tell nobody."""
    del stage


class StageFailedError(Exception):
    """A stage raised; carries its name only, so that no text of a person travels with it."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


@dataclass(frozen=True, slots=True)
class Course:
    """One question's way.

    Attributes:
        clock: seconds, rising; times the stages.
        spent: the milliseconds of each stage so far.
        begun: when each stage first began, by the clock.
        models: whether language models may read the question.
        watch: told of stages.
        server: whose own answers may be found; the cards alone where None.
        reflection: what the asker reflected on first, as typed.
    """

    clock: Callable[[], float]
    spent: dict[str, float] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    models: bool = True
    watch: Watch = unwatched
    server: int | None = None
    reflection: Typed = NOTHING_TYPED

    async def stage(self, name: str, work: Callable[[], _Result]) -> _Result:
        """Do a stage's work in a thread, and return what it gives.

        Raises:
            StageFailedError: it raised.
        """
        with self.timed(name):
            return await asyncio.to_thread(work)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time a stage, and let whatever it raises leave as its name alone.

        Raises:
            StageFailedError: it raised.
        """
        began = self.clock()
        self.begun.setdefault(name, began)
        self.watch(name)
        try:
            yield
        except Exception as error:  # noqa: BLE001  # a stage that fails, however it fails, must end in an outcome
            log.event("stage failed", stage=name, error=type(error).__name__)
            raise StageFailedError(name) from None
        finally:
            self.spent[name] = self.spent.get(name, 0.0) + (self.clock() - began) * 1000
