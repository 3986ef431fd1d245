"""What the pipeline needs of others, as protocols; each is satisfied by one class elsewhere and by a fake in tests."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from bot.consult.course import Watch
from bot.consult.outcome import Consultation, CrisisReferral, Draft, Outcome, Passage, Statement
from bot.consult.reflection import Typed
from bot.consult.reply import Reply
from bot.safety.verdicts import Alarm, Redaction, ScopeReading
from knowledge.entry import Review, Unit
from knowledge.retrieval import Retrieved


class CrisisScreen(Protocol):
    """Looks for danger to anyone."""

    def read(self, question: str, thread: Sequence[str]) -> Alarm:
        """Read the raw question alone and with its thread (the asker's earlier turns, oldest first)."""


class LanguageScreen(Protocol):
    """Knows what is clearly not English."""

    def read(self, text: str) -> str | None:
        """Return the code of a raw text's language, or None for English and whatever is not clear."""


class PrivacyScreen(Protocol):
    """Takes identifying details out."""

    def redact(self, text: str) -> Redaction | None:
        """Return the text without identifiers, or None where one may still stand in it."""


class ScopeScreen(Protocol):
    """Knows what is another person's to answer."""

    def read(self, question: str) -> ScopeReading:
        """Read how a redacted question stands to the tool's purpose."""


class PassageRetriever(Protocol):
    """Finds the cards nearest to a question."""

    def retrieve(self, question: str) -> Retrieved:
        """Return cards, best first, with the units' nearness to the question.

        Raises:
            KnowledgeError: the index cannot be read.
        """


class OwnAnswers(Protocol):
    """Knows what a server's supervisors have written, verified and hidden."""

    async def rank(self, server: int, retrieved: Retrieved) -> Retrieved:
        """Return what was found with the server's own answers in their places, without the cards that it has hidden."""


class Writer(Protocol):
    """Turns a question and passages into a draft."""

    @property
    def reads_thread(self) -> bool:
        """Whether earlier turns are of use to it; they are redacted only then."""

    async def write(
        self, question: str, passages: Sequence[Passage], retrieved: Retrieved, thread: Sequence[str] = ()
    ) -> Draft:
        """Return a draft that cites units of the passages only; the thread is redacted, oldest turn first."""


class SecondReader(Protocol):
    """Reads redacted text for danger once more; what it reads counts only where it is higher."""

    async def read(self, question: str) -> Alarm:
        """Return what it reads."""


class Clarifier(Protocol):
    """Words a question back where a question is too thin."""

    async def ask(self, question: str, thread: Sequence[str]) -> str | None:
        """Return one question back, or None."""


class Judge(Protocol):
    """A second opinion on whether statements stand on what they cite."""

    @property
    def name(self) -> str:
        """Who judges."""

    async def unsupported(self, statements: Sequence[Statement], units: Mapping[str, Unit]) -> frozenset[int] | None:
        """Return the places of the statements that are not supported; None where it did not judge."""


class Answers(Protocol):
    """Answers questions; `Consultant` does."""

    async def answer(
        self,
        question: str,
        thread: tuple[str, ...] = (),
        *,
        server: int | None = None,
        models: bool = True,
        reflection: Typed = ...,
        watch: Watch = ...,
    ) -> Consultation:
        """Return what a question came to; a server's own answers are found where one is named."""

    async def danger(self, question: str, thread: tuple[str, ...] = ()) -> CrisisReferral | None:
        """Return the referral where a question tells of danger."""

    async def redact(self, text: str) -> Redaction | None:
        """Return a text without identifiers, or None where one may still stand in it."""


class Composes(Protocol):
    """Words replies; `Composer` does."""

    def compose(self, outcome: Outcome, *, built_in: bool = False) -> Reply:
        """Return the reply to an outcome; `built_in` where the asker does without the language model that there is."""

    def close(self) -> str:
        """Return the close by itself."""


Composers: TypeAlias = Callable[[str | None, Review | None], Composes]
"""Gives the composer of a region, the program's own where None, whose crisis texts somebody may have reviewed."""
