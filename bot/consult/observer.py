"""What is told of the work while it goes on, to whoever counts it; never what a person wrote, nor who wrote it."""

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
