"""What one question takes with it on its way through the pipeline."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

Watch: TypeAlias = Callable[[str], None]
"""Told the name of each stage when it begins."""


def unwatched(stage: str) -> None:
    """Tell nobody."""
    del stage


@dataclass(frozen=True, slots=True)
class Course:
    """One question's way.

    Attributes:
        spent: the milliseconds of each stage so far.
        models: whether language models may read the question.
        watch: told of stages.
    """

    spent: dict[str, float] = field(default_factory=dict)
    models: bool = True
    watch: Watch = unwatched
