"""The whole path of a consultation, in its fixed order: danger first, identifiers out, then the rest."""

import copy
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot import log
from bot.consult import brevity, coverage, parts
from bot.consult.alarms import Alarms
from bot.consult.course import Course, StageFailedError, Watch, unwatched
from bot.consult.grounding import Grounder
from bot.consult.outcome import (
    Abstained,
    Answered,
    Consultation,
    CrisisReferral,
    Outcome,
    OutOfScope,
    Passage,
    Unavailable,
    Withheld,
)
from bot.consult.ports import (
    Clarifier,
    CrisisScreen,
    LanguageScreen,
    OwnAnswers,
    PassageRetriever,
    PrivacyScreen,
    ScopeScreen,
    SecondReader,
    Writer,
)
from bot.consult.reflection import NOTHING_TYPED, UNREADABLE, ReadsReflections, Reflection, ReflectionReader, Typed
from bot.safety.normalise import encodable
from bot.safety.verdicts import Alarm, Field, Level, Redaction
from knowledge.retrieval import Retrieved

LONGEST_QUESTION = 4000
"""Characters; a longer question is asked for again, shorter, after it was read for danger."""

_TOO_LONG = (
    f"That is more than I can read at once. Could you put it in under {LONGEST_QUESTION:,} characters: "
    "what happened, what you tried, and what you want help with?"
)
_SHORT_FOLLOW_UP = 8
_PASSAGES = 4
_TURNS = 8
"""Earlier turns that a model reads, at most."""


class Consultant:
    """Answers consultation questions; one instance serves all askers."""

    def __init__(  # noqa: PLR0913  # the parts of the path, each by its name
        self,
        *,
        crisis: CrisisScreen,
        language: LanguageScreen,
        privacy: PrivacyScreen,
        scope: ScopeScreen,
        retriever: PassageRetriever,
        writer: Writer,
        own_writer: Writer | None = None,
        grounder: Grounder | None = None,
        second_look: SecondReader | None = None,
        clarifier: Clarifier | None = None,
        own_answers: OwnAnswers | None = None,
        reflections: ReadsReflections | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Hold the parts of the path.

        Args:
            crisis: reads the raw question for danger.
            language: knows what is clearly not English.
            privacy: takes identifiers out.
            scope: declines what is another person's to answer.
            retriever: finds cards.
            writer: writes the draft.
            own_writer: writes it where no model may read the question; the same writer where None.
            grounder: takes out what does not stand on its sources; by the words alone where None.
            second_look: reads the redacted question for danger once more; it can raise the level only.
            clarifier: words the question back where a question is too thin; a fixed one where None.
            own_answers: puts a server's own answers among the cards; only the cards where None.
            reflections: reads what was reflected on first; without markers where None.
            clock: seconds, rising; times the stages.
        """
        self._alarms = Alarms(crisis=crisis, language=language, second_look=second_look)
        self._privacy = privacy
        self._scope = scope
        self._retriever = retriever
        self._writer = writer
        self._own_writer = own_writer or writer
        self._grounder = grounder or Grounder()
        self._clarifier = clarifier
        self._own_answers = own_answers
        self._reflections = reflections or ReflectionReader()
        self._clock = clock

    def with_own_answers(self, own_answers: OwnAnswers) -> "Consultant":
        """Return one of the same parts that puts a server's own answers among the cards."""
        other = copy.copy(self)
        other._own_answers = own_answers  # noqa: SLF001  # of the same class
        return other

    async def answer(
        self,
        question: str,
        thread: Sequence[str] = (),
        *,
        server: int | None = None,
        models: bool = True,
        reflection: Typed = NOTHING_TYPED,
        watch: Watch = unwatched,
    ) -> Consultation:
        """Answer one question.

        Args:
            question: as typed; it leaves this function only redacted.
            thread: the asker's earlier turns, oldest first.
            server: whose own answers may be found; the cards alone where None.
            models: whether language models may read the redacted question; the built-in writer answers otherwise.
            reflection: what the asker reflected on first, as typed; read for danger like the question.
            watch: told the name of each stage when it begins.

        Returns:
            An outcome of the closed union, with the milliseconds of each stage. Never raises for a stage's failure.
        """
        began = self._clock()
        reflection = Typed(encodable(reflection.between), encodable(reflection.felt))
        course = Course(self._clock, models=models, watch=watch, server=server, reflection=reflection)
        question, *thread = (encodable(turn) for turn in (question, *thread))
        alarm = await self._alarms.of_all(question, reflection.text, thread, course)
        outcome = await _or_failed(self._outcome(question, thread, alarm, course), alarm)
        course.spent["total"] = (self._clock() - began) * 1000
        log.event("consultation", outcome=type(outcome).__name__, milliseconds=round(course.spent["total"], 1))
        spent = {stage: round(value, 2) for stage, value in course.spent.items()}
        return Consultation(outcome, spent, {stage: (at - began) * 1000 for stage, at in course.begun.items()})

    async def danger(self, question: str, thread: Sequence[str] = ()) -> CrisisReferral | None:
        """Read a question for danger only: what is owed to it before any notice, limit or switch.

        Returns:
            The referral where there is a crisis, or where the screen failed; None otherwise.
        """
        course = Course(self._clock)
        question, *thread = (encodable(turn) for turn in (question, *thread))
        alarm = await self._alarms.of(question, thread, course)
        return (
            CrisisReferral(alarm, await self._alarms.foreign(question, course)) if alarm.level is Level.CRISIS else None
        )

    async def redact(self, text: str) -> Redaction | None:
        """Return what somebody typed beside a question without identifiers; None where one may still be in it."""
        try:
            return await Course(self._clock).stage("privacy", lambda: self._privacy.redact(encodable(text)))
        except StageFailedError:
            return None

    async def _outcome(  # noqa: PLR0911  # each outcome leaves where it is known
        self, question: str, thread: Sequence[str], alarm: Alarm, course: Course
    ) -> Outcome:
        foreign = self._alarms.foreign
        language = await foreign(question, course) or await foreign(course.reflection.text, course)
        if alarm.level is Level.CRISIS:
            return CrisisReferral(alarm, language)
        if language is not None:
            unread = Alarm(Level.CAUTION, alarm.danger, alarm.audience)
            return OutOfScope(question=Redaction(""), alarm=unread, field=Field.OTHER, language=language)
        if not question.strip():
            return Abstained(question=Redaction(""), alarm=alarm, clarify=coverage.CLARIFY)
        if len(question) > LONGEST_QUESTION:
            return Abstained(question=Redaction(""), alarm=alarm, clarify=_TOO_LONG)

        redaction = await course.stage("privacy", lambda: self._privacy.redact(question))
        if redaction is None:
            return Withheld(alarm)
        reflection = await self._reflected(course)
        turn = reflection.turn if reflection else ""
        alarm = await self._alarms.again("\n".join(filter(None, (redaction.text, turn))), alarm, course)
        if alarm.level is Level.CRISIS:
            return CrisisReferral(alarm)
        outcome = await _or_failed(self._screened(redaction, thread, alarm, course, turn), alarm)
        return replace(outcome, reflection=reflection) if isinstance(outcome, Answered | Abstained) else outcome

    async def _reflected(self, course: Course) -> Reflection | None:
        """Return what was reflected, freed of identifiers; one that cannot be read is left unread."""
        if not course.reflection:
            return None

        def instructs(text: str) -> bool:
            return self._scope.read(text).declined is Field.INSTRUCTION

        try:
            return await course.stage(
                "reflection", lambda: self._reflections.read(course.reflection, self._privacy.redact, instructs)
            )
        except StageFailedError:
            return UNREADABLE

    async def _screened(
        self, redaction: Redaction, thread: Sequence[str], alarm: Alarm, course: Course, reflected: str
    ) -> Outcome:
        scope = await course.stage("scope", lambda: self._scope.read(redaction.text))
        if scope.declined is not None:
            return OutOfScope(question=redaction, alarm=alarm, field=scope.declined)

        subject = await course.stage("thread", lambda: self._subject(redaction.text, thread))
        retrieved = await course.stage("retrieve", lambda: self._find(subject))
        retrieved = await self._with_own(retrieved, course)
        passages = tuple(Passage(found.card, found.score) for found in retrieved.found)
        with course.timed("coverage"):
            covered = coverage.judge(subject, retrieved, outside=scope.outside)
        if not covered.covered and (scope.outside > 0.0 or scope.named) and not covered.too_thin:
            return OutOfScope(question=redaction, alarm=alarm, coverage=covered.probability, field=scope.field)
        if not covered.covered:
            clarify = await self._clarify(redaction.text, thread, course) if covered.too_thin else None
            return Abstained(
                question=redaction, alarm=alarm, coverage=covered.probability, clarify=clarify, passages=passages
            )

        readable = passages[:_PASSAGES]
        writer = self._writer if course.models else self._own_writer
        beside = (*await self._redacted(thread, course), *filter(None, [reflected])) if writer.reads_thread else ()
        with course.timed("write"):
            draft = await writer.write(redaction.text if beside else subject, readable, retrieved, beside)
        if draft.not_covered:
            return Abstained(
                question=redaction, alarm=alarm, coverage=covered.probability, clarify=None, passages=passages
            )
        with course.timed("grounding"):
            units = [unit for passage in readable for unit in passage.card.units]
            grounded = await self._grounder.ground(draft, units, question=redaction.text, judged=course.models)
        if not grounded.draft.suggestions:
            return Unavailable("grounding", alarm)
        return Answered(
            question=redaction,
            alarm=alarm,
            coverage=covered.probability,
            draft=brevity.shorten(grounded.draft),
            passages=passages,
            dropped=grounded.dropped,
            missing=grounded.missing,
            filled=grounded.filled,
            judge=grounded.judge,
        )

    async def _with_own(self, retrieved: Retrieved, course: Course) -> Retrieved:
        """Put the server's own answers among what was found; where that fails, the cards answer alone."""
        if self._own_answers is None or course.server is None:
            return retrieved
        try:
            with course.timed("own_answers"):
                return await self._own_answers.rank(course.server, retrieved)
        except StageFailedError:
            return retrieved

    async def _clarify(self, question: str, thread: Sequence[str], course: Course) -> str:
        if self._clarifier is None or not course.models:
            return coverage.CLARIFY
        earlier = await self._redacted(thread, course)
        try:
            with course.timed("clarify"):
                return await self._clarifier.ask(question, earlier) or coverage.CLARIFY
        except StageFailedError:
            return coverage.CLARIFY

    async def _redacted(self, thread: Sequence[str], course: Course) -> tuple[str, ...]:
        """Return the last turns as redacted; a turn that cannot be is left out."""
        last = [turn for turn in thread[-_TURNS:] if turn.strip() and len(turn) <= LONGEST_QUESTION]
        if not last:
            return ()
        found = await course.stage("thread", lambda: [self._privacy.redact(turn) for turn in last])
        return tuple(one.text for one in found if one is not None)

    def _find(self, subject: str) -> Retrieved:
        return parts.retrieve(self._retriever, subject, outside=lambda part: self._scope.read(part).outside)

    def _subject(self, question: str, thread: Sequence[str]) -> str:
        """Return what to search for: a short follow-up is read together with the turn before it."""
        if not thread or len(question.split()) >= _SHORT_FOLLOW_UP or len(thread[-1]) > LONGEST_QUESTION:
            return question
        before = self._privacy.redact(thread[-1])
        return f"{before.text}\n{question}" if before else question


async def _or_failed(work: Awaitable[Outcome], alarm: Alarm) -> Outcome:
    """Return what the work comes to, or what the failure of a stage of it means."""
    try:
        return await work
    except StageFailedError as failure:
        return Withheld(alarm) if failure.stage == "privacy" else Unavailable(failure.stage, alarm)
