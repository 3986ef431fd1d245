"""Fakes of the pipeline's protocols: each plays a queue of outcomes, failures included, and keeps what it was given."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.grounding import Grounder
from bot.consult.outcome import Draft, Passage, Statement
from bot.consult.pipeline import Consultant
from bot.consult.ports import (
    Clarifier,
    CrisisScreen,
    LanguageScreen,
    PassageRetriever,
    PrivacyScreen,
    ScopeScreen,
    SecondReader,
    Writer,
)
from bot.safety.verdicts import CALM, Alarm, Field, Redaction, ScopeReading
from knowledge.entry import Card, Corpus, Unit
from knowledge.retrieval import Found, Retrieved

_Outcome = TypeVar("_Outcome")


def _play(queue: "deque[_Outcome | Exception]") -> _Outcome:
    """Return or raise the next outcome; the last one is played again and again."""
    outcome = queue.popleft() if len(queue) > 1 else queue[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


class FakeCrisisScreen:
    """Gives the alarms in its queue."""

    def __init__(self, *outcomes: Alarm | Exception, journal: list[tuple[str, str]] | None = None) -> None:
        self._outcomes = deque(outcomes)
        self.journal = [] if journal is None else journal
        self.threads: list[tuple[str, ...]] = []

    def read(self, question: str, thread: Sequence[str]) -> Alarm:
        self.journal.append(("crisis", question))
        self.threads.append(tuple(thread))
        return _play(self._outcomes)


class FakeLanguageScreen:
    """Gives the languages in its queue; it keeps no journal, so that the path's tests read as before."""

    def __init__(self, *outcomes: str | Exception | None) -> None:
        self._outcomes = deque(outcomes)

    def read(self, text: str) -> str | None:  # noqa: ARG002
        return _play(self._outcomes)


class FakePrivacyScreen:
    """Gives the redactions in its queue; with none, it passes every text as it is."""

    def __init__(self, *outcomes: Redaction | Exception | None, journal: list[tuple[str, str]] | None = None) -> None:
        self._outcomes = deque(outcomes)
        self.journal = [] if journal is None else journal

    def redact(self, text: str) -> Redaction | None:
        self.journal.append(("privacy", text))
        return _play(self._outcomes) if self._outcomes else Redaction(text)


class FakeScopeScreen:
    """Gives the fields in its queue."""

    def __init__(self, *outcomes: Field | Exception | None, journal: list[tuple[str, str]] | None = None) -> None:
        self._outcomes = deque(outcomes)
        self.journal = [] if journal is None else journal

    def read(self, question: str) -> ScopeReading:
        self.journal.append(("scope", question))
        field = _play(self._outcomes)
        return ScopeReading(field, -1.0, field or Field.OTHER)


class FakeRetriever:
    """Gives what is in its queue."""

    def __init__(self, *outcomes: Retrieved | Exception, journal: list[tuple[str, str]] | None = None) -> None:
        self._outcomes = deque(outcomes)
        self.journal = [] if journal is None else journal

    def retrieve(self, question: str) -> Retrieved:
        self.journal.append(("retrieve", question))
        return _play(self._outcomes)


class FakeSecondReader:
    """Gives the alarms in its queue."""

    def __init__(self, *outcomes: Alarm | Exception, journal: list[tuple[str, str]] | None = None) -> None:
        self._outcomes = deque(outcomes)
        self.journal = [] if journal is None else journal

    async def read(self, question: str) -> Alarm:
        self.journal.append(("second_look", question))
        return _play(self._outcomes)


class FakeClarifier:
    """Asks the questions in its queue."""

    def __init__(self, *outcomes: str | Exception | None, journal: list[tuple[str, str]] | None = None) -> None:
        self._outcomes = deque(outcomes)
        self.journal = [] if journal is None else journal

    async def ask(self, question: str, thread: Sequence[str]) -> str | None:  # noqa: ARG002
        self.journal.append(("clarify", question))
        return _play(self._outcomes)


class FakeJudge:
    """Finds no statement supported, and keeps what it was given."""

    name = "fake:judge"

    def __init__(self, journal: list[tuple[str, str]] | None = None) -> None:
        self.journal = [] if journal is None else journal

    async def unsupported(self, statements: Sequence[Statement], units: Mapping[str, Unit]) -> frozenset[int] | None:  # noqa: ARG002
        self.journal.extend(("judge", statement.text) for statement in statements)
        return frozenset()


class FakeWriter:
    """Gives the drafts in its queue; with none, it writes as the built-in writer does."""

    def __init__(self, *outcomes: Draft | Exception, journal: list[tuple[str, str]] | None = None) -> None:
        self._outcomes = deque(outcomes)
        self.journal = [] if journal is None else journal
        self.passages: list[tuple[Passage, ...]] = []
        self.threads: list[tuple[str, ...]] = []

    reads_thread = False

    async def write(
        self, question: str, passages: Sequence[Passage], retrieved: Retrieved, thread: Sequence[str] = ()
    ) -> Draft:
        self.journal.append(("write", question))
        self.threads.append(tuple(thread))
        self.passages.append(tuple(passages))
        return _play(self._outcomes) if self._outcomes else BuiltInWriter().compose(passages, retrieved)


class SteppingClock:
    """A clock that a second passes on at every look."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 1.0
        return self._now


def found(*cards: Card, nearness: float = 0.9) -> Retrieved:
    """Return cards as retrieval gives them, best first, near enough to be covered unless told otherwise."""
    return Retrieved(
        tuple(
            Found(card=card, score=9.0 / place, nearness=nearness, overlap=5.0 * nearness, whole=nearness, fit=nearness)
            for place, card in enumerate(cards, 1)
        ),
        {},
    )


def draft_of(*statements: Statement) -> Draft:
    """Return a draft with these suggestions and nothing beside them."""
    return Draft(
        suggestions=statements,
        reading=None,
        wording=None,
        watch=None,
        reflect="What did I feel?",
        supervision="What might I be missing?",
        writer="fake:model",
    )


@dataclass
class Stages:
    """The parts of one consultant, which share a journal of who read what."""

    corpus: Corpus
    journal: list[tuple[str, str]] = field(default_factory=list)

    def consultant(  # noqa: PLR0913  # the parts of the path, each by its name
        self,
        *,
        crisis: CrisisScreen | None = None,
        language: LanguageScreen | None = None,
        privacy: PrivacyScreen | None = None,
        scope: ScopeScreen | None = None,
        retriever: PassageRetriever | None = None,
        writer: Writer | None = None,
        own_writer: Writer | None = None,
        grounder: Grounder | None = None,
        second_look: SecondReader | None = None,
        clarifier: Clarifier | None = None,
    ) -> Consultant:
        """Return a consultant whose parts all succeed, but for those that are given."""
        return Consultant(
            crisis=crisis or FakeCrisisScreen(CALM, journal=self.journal),
            language=language or FakeLanguageScreen(None),
            privacy=privacy or FakePrivacyScreen(journal=self.journal),
            scope=scope or FakeScopeScreen(None, journal=self.journal),
            retriever=retriever or FakeRetriever(found(*self.corpus.cards[:6]), journal=self.journal),
            writer=writer or FakeWriter(journal=self.journal),
            own_writer=own_writer,
            grounder=grounder,
            second_look=second_look,
            clarifier=clarifier,
            clock=SteppingClock(),
        )
