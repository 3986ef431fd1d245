"""What is told of the work while it goes on, to whoever counts it; never what a person wrote, nor who wrote it."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from bot.consult.outcome import Consultation

Trouble: TypeAlias = Literal["overloaded", "refused", "unreadable", "out of time"]
"""Kinds of a model's failure: it may pass, it will not, the answer could not be read, there was no answer in time."""


class Observer(Protocol):
    """Is told of consultations and models; what it does is quick, and raises nothing."""

    def consulted(self, consultation: Consultation) -> None:
        """Take note of a consultation that has come to its end."""

    def model_failed(self, model: str, trouble: Trouble) -> None:
        """Take note that a model, `provider:model`, gave no answer."""

    def model_answered(self, model: str, tokens: int) -> None:
        """Take note of an answer of a model and of the tokens read and written for it."""


class Unobserved:
    """Takes no note."""

    def consulted(self, consultation: Consultation) -> None:
        """Let it pass."""

    def model_failed(self, model: str, trouble: Trouble) -> None:
        """Let it pass."""

    def model_answered(self, model: str, tokens: int) -> None:
        """Let it pass."""


UNOBSERVED = Unobserved()


class Observers:
    """Tells several observers, in turn."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        """Hold them."""
        self._observers = tuple(observers)

    def consulted(self, consultation: Consultation) -> None:
        """Tell each of a consultation."""
        for observer in self._observers:
            observer.consulted(consultation)

    def model_failed(self, model: str, trouble: Trouble) -> None:
        """Tell each of a model's failure."""
        for observer in self._observers:
            observer.model_failed(model, trouble)

    def model_answered(self, model: str, tokens: int) -> None:
        """Tell each of a model's answer."""
        for observer in self._observers:
            observer.model_answered(model, tokens)
