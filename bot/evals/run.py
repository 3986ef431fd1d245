"""Runs a labelled set against the services; a run that was stopped goes on where it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bot.consult.outcome import Screened
from bot.consult.pipeline import Consultant
from bot.consult.record import record
from bot.consult.reply import Composer
from bot.errors import FixInput, TryAgainLater
from bot.evals.answers import Answer, AnswerFile, Head
from bot.evals.questions import Question, QuestionSet
from knowledge.errors import FixCorpus

ANSWERS, REPORT, PAGE = "answers.jsonl", "report.json", "report.html"
_LOCK = "run.lock"
_OURS = frozenset({ANSWERS, REPORT, PAGE, _LOCK, "answers.new", "report.new"})

Progress = Callable[[int, int], None]
"""Called with questions answered and questions in all."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What answers the questions.

    Attributes:
        consultant: answers.
        composer: gives the composer of a region, the setting's own where None.
        region: the setting's own.
        configuration: what the answers depend on, by part.
    """

    consultant: Consultant
    composer: Callable[[str | None], Composer]
    region: str
    configuration: dict[str, str]


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold a report folder, making it where it is missing, so that no other run writes there.

    Raises:
        FixInput: something else lies in the folder, or it cannot be written.
        TryAgainLater: another run holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = sorted(path.name for path in folder.iterdir() if path.name not in _OURS)
        if others:
            raise FixInput(
                f"{folder} holds {others[0]}, which belongs to no report", "name an empty or a new folder with --report"
            )
        with FileLock(folder / _LOCK, timeout=0):
            yield
    except Timeout:
        raise TryAgainLater(
            f"another run is writing in {folder}", "wait for it, or name another folder with --report"
        ) from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise FixInput(
            f"the report folder {folder} cannot be written ({reason})", "mend it, or name another with --report"
        ) from None


async def answer_all(
    questions: QuestionSet, answering: Answering, folder: Path, *, fresh: bool, progress: Progress
) -> dict[str, Answer]:
    """Answer every question that has no answer in the folder yet.

    Args:
        questions: what to ask.
        answering: what answers.
        folder: the report folder, claimed.
        fresh: throw away what lies there.
        progress: told how far the run is.

    Returns:
        The answers by id, in the set's order.

    Raises:
        FixInput: the folder holds another run, or answers that cannot be read, or a question's region is unknown.
    """
    _check_regions(questions, answering)
    file = AnswerFile(folder / ANSWERS)
    if fresh:
        for name in (ANSWERS, REPORT, PAGE):
            (folder / name).unlink(missing_ok=True)
    answers = _so_far(file, questions, answering.configuration, folder)
    progress(len(answers), len(questions.questions))
    for question in questions.questions:
        if question.id not in answers:
            answers[question.id] = await _answer(question, answering)
            file.append(answers[question.id])
            progress(len(answers), len(questions.questions))
    return {question.id: answers[question.id] for question in questions.questions}


def _check_regions(questions: QuestionSet, answering: Answering) -> None:
    """Refuse an unknown region before the first question is asked, not hours later."""
    for question in questions.questions:
        try:
            answering.composer(question.region)
        except FixCorpus as error:
            where = f"the question {question.id} of {questions.name}"
            raise FixInput(f"{where} cannot be asked: {error.problem}", 'mend or leave out its "region"') from None


def _so_far(file: AnswerFile, questions: QuestionSet, configuration: dict[str, str], folder: Path) -> dict[str, Answer]:
    head, ours = file.head(), Head(set=questions.sha256, configuration=configuration)
    if head is None:
        file.begin(ours)
        return {}
    if head != ours:
        parts = sorted(head.configuration.keys() | configuration.keys())
        other = [part for part in parts if head.configuration.get(part) != configuration.get(part)]
        named = ", ".join(["questions"] * (head.set != ours.set) + other)
        raise FixInput(
            f"{folder} holds a run of another configuration (it differs in: {named})",
            "name another folder with --report, or start over with --fresh",
        )
    return file.read({question.id for question in questions.questions})


async def _answer(question: Question, answering: Answering) -> Answer:
    composer = answering.composer(question.region)
    consultation = await answering.consultant.answer(question.text, question.thread or ())
    outcome = consultation.outcome
    written = record(question.id, consultation, composer.compose(outcome), question.region or answering.region)
    return Answer.of(question, written, outcome.coverage if isinstance(outcome, Screened) else None)
