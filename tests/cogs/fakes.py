"""Fakes for what the cogs need of the application: each holds a queue of outcomes, failures included."""

import asyncio
from collections import deque
from collections.abc import Sequence

from bot.consult.course import Watch
from bot.consult.outcome import Answered, Consultation, CrisisReferral, Draft, Outcome, Passage, Statement
from bot.consult.ports import OwnAnswers
from bot.consult.reflection import NOTHING_TYPED, Typed
from bot.consult.reply import Part, Reply, Role
from bot.safety.verdicts import CALM, Alarm, Danger, Level, Redaction, Removal
from knowledge.entry import Corpus, Section


class FakeConsultant:
    """Answers with what is queued, after as many seconds as it is told to take; an exception is raised.

    What holds the word "danger" is danger to its danger reading alone; "Maria" is an identifier, and what holds
    "withheld" cannot be redacted.
    """

    def __init__(self, *queue: Outcome | Exception, seconds: float = 0) -> None:
        self.questions: list[str] = []
        self.threads: list[tuple[str, ...]] = []
        self.servers: list[int | None] = []
        self.models: list[bool] = []
        self.reflections: list[Typed] = []
        self.read_for_danger: list[str] = []
        self.referral: CrisisReferral | None = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
        self._queue = deque(queue)
        self._seconds = seconds

    async def answer(
        self,
        question: str,
        thread: Sequence[str] = (),
        *,
        server: int | None = None,
        models: bool = True,
        reflection: Typed = NOTHING_TYPED,
        watch: Watch = lambda _: None,
    ) -> Consultation:
        self.questions.append(question)
        self.servers.append(server)
        self.threads.append(tuple(thread))
        self.models.append(models)
        self.reflections.append(reflection)
        watch("write")
        await asyncio.sleep(self._seconds)
        step = self._queue.popleft()
        if isinstance(step, Exception):
            raise step
        return Consultation(step)

    def with_own_answers(self, own_answers: OwnAnswers) -> "FakeConsultant":
        del own_answers
        return self

    async def danger(self, question: str, thread: Sequence[str] = ()) -> CrisisReferral | None:  # noqa: ARG002
        self.read_for_danger.append(question)
        return self.referral if self.referral and "danger" in question else None

    async def redact(self, text: str) -> Redaction | None:
        return redacted(text)


def redacted(text: str) -> Redaction | None:
    """Return the text without "Maria"; None where it holds "withheld"."""
    if "withheld" in text:
        return None
    found = text.count("Maria")
    return Redaction(text.replace("Maria", "[name]"), (Removal("name", found),) if found else ())


class FakeComposer:
    """Words every outcome as the queued reply; an exception is raised."""

    def __init__(self, *queue: Reply | Exception) -> None:
        self._queue = deque(queue)

    def compose(self, outcome: Outcome, *, built_in: bool = False) -> Reply:  # noqa: ARG002
        step = self._queue.popleft()
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> str:
        return "Bring it to your supervisor."


def answered(corpus: Corpus, *, words: int = 8) -> Answered:
    """Return an answer from the first card that has one of everything, each suggestion padded to a length in words."""
    card = next(card for card in corpus.cards if all(card.section(section) for section in Section))
    cites = (card.section(Section.SUGGESTION)[0].id,)
    long = Statement(" ".join(["listen"] * words), cites)
    draft = Draft(
        suggestions=(long, long),
        reading=Statement("This may be a withdrawal.", cites),
        wording=None,
        watch=Statement("hopelessness.", cites),
        reflect="what was I feeling?",
        supervision="What might I be missing?",
        writer="fake",
    )
    return Answered(question=Redaction("q"), alarm=CALM, draft=draft, passages=(Passage(card, 1.0),), dropped=0)


def reply(*texts: str, close: str = "Bring it to your supervisor.") -> Reply:
    """Return a reply whose parts have these texts."""
    return Reply(tuple(Part(Role.TEXT, text) for text in texts), close)
