"""What a consultation can come to: a closed union, which renderers match with `assert_never`."""

from dataclasses import dataclass, field
from typing import TypeAlias

from bot.consult.reading import UNREAD, Reading
from bot.consult.reflection import Reflection, together
from bot.safety.verdicts import Alarm, Field, Redaction, Removal
from knowledge.entry import Card


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or two of an answer, and the units they rest on."""

    text: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromptUsed:
    """The prompt that a model wrote from.

    Attributes:
        name: the template's name.
        version: the number in its front matter.
        digest: the start of the sha256 of its file.
    """

    name: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer proposes; nothing of it is shown before grounding.

    Attributes:
        suggestions: what to consider, best first.
        reading: what this may be, or what is known of it.
        wording: words one could try.
        watch: what to watch for.
        reflect: a question to ask oneself.
        supervision: a question to take to supervision.
        writer: who wrote it, `built-in` or `provider:model`.
        fell_back: whether another writer was asked first and could not answer.
        prompt: what a model wrote from; None where no model wrote.
        not_covered: whether the writer declares that the passages do not cover the question.
        aside: a sentence before the answer, to somebody who asked to be agreed with.
        spare: the built-in writer's draft, which fills what does not stand.
        rupture: what the question may tell of a rupture; the program's own reading, not a writer's.
    """

    suggestions: tuple[Statement, ...]
    reading: Statement | None
    wording: Statement | None
    watch: Statement | None
    reflect: str
    supervision: str
    writer: str
    fell_back: bool = False
    prompt: PromptUsed | None = None
    not_covered: bool = False
    aside: str = ""
    spare: "Draft | None" = None
    rupture: Reading = UNREAD


@dataclass(frozen=True, slots=True)
class Passage:
    """A card that retrieval found, with its score; higher is nearer, and scores of one question compare."""

    card: Card
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What is known of every question that passed the screens.

    Attributes:
        question: the question as redacted; the raw text exists no more.
        alarm: the crisis screen's reading, calm or caution here.
        coverage: the probability that the cards found answer it; None where that was not asked.
        reflection: what the asker reflected on first, read and redacted; None where they did not.
    """

    question: Redaction
    alarm: Alarm
    coverage: float | None = None
    reflection: Reflection | None = None

    @property
    def removed(self) -> tuple[Removal, ...]:
        """What was taken out of everything that was typed."""
        return together(self.question.removed, self.reflection.removed if self.reflection else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Screened):
    """Grounded suggestions.

    Attributes:
        draft: what is shown.
        passages: what was found.
        dropped: how many statements were taken out.
        missing: how many of those cite nothing that was found.
        filled: how many of the suggestions are the built-in writer's, in the place of those taken out.
        judge: the second model that read them, where one did.
    """

    draft: Draft
    passages: tuple[Passage, ...]
    dropped: int
    missing: int = 0
    filled: int = 0
    judge: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstained(Screened):
    """Nothing to rest an answer on, or too little to go by.

    Attributes:
        clarify: one question back, where an answer to it would help; None where the cards do not cover it.
        passages: what came nearest.
    """

    clarify: str | None
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfScope(Screened):
    """A question that is another person's to answer.

    Attributes:
        language: the code of the language that it is written in, where that is clearly not English.
    """

    field: Field
    language: str | None = None


@dataclass(frozen=True, slots=True)
class CrisisReferral:
    """Danger: fixed steps and nothing else.

    Attributes:
        language: the code of the language that it is told in, where that is clearly not English.
    """

    alarm: Alarm
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """Identifiers could not be taken out for certain, so nothing was processed."""

    alarm: Alarm


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A part failed; what is known is that the question was not answered.

    Attributes:
        stage: the stage that failed.
        alarm: the crisis screen's reading.
    """

    stage: str
    alarm: Alarm


Outcome: TypeAlias = Answered | Abstained | OutOfScope | CrisisReferral | Withheld | Unavailable


@dataclass(frozen=True, slots=True)
class Consultation:
    """An outcome and how long each stage took.

    Attributes:
        milliseconds: by stage, with `total`.
        begun: milliseconds from the start to each stage's own.
    """

    outcome: Outcome
    milliseconds: dict[str, float] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
