"""A run answers every question once, goes on where it was stopped, and keeps to its folder."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import Services
from bot.consult.course import Watch, unwatched
from bot.consult.outcome import Consultation
from bot.consult.pipeline import Consultant
from bot.consult.record import record
from bot.consult.reflection import NOTHING_TYPED, Typed
from bot.errors import FixInput, TryAgainLater
from bot.evals.answers import Answer
from bot.evals.configuration import describe
from bot.evals.questions import QuestionSet, read_questions
from bot.evals.report import Report, make_report, read_report, write_report
from bot.evals.run import Answering, answer_all, claimed
from tests.conftest import REPOSITORY
from tests.evals.made import MADE
from tests.evals.test_metrics import _agree, scorer

__all__ = ["scorer"]

_LINES = 12


class _Stopping(Consultant):
    """Answers as another does, until it was asked so often."""

    def __init__(self, consultant: Consultant, times: int) -> None:
        self._consultant = consultant
        self.left = times

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
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return await self._consultant.answer(
            question, thread, server=server, models=models, reflection=reflection, watch=watch
        )


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> QuestionSet:
    """One tuning question of each category, and more answerable ones."""
    path = REPOSITORY / "tests" / "evals" / "tuning.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    first: dict[str, str] = {}
    for line in lines:
        first.setdefault(json.loads(line)["category"], line)
    chosen = list(dict.fromkeys([*first.values(), *lines]))[:_LINES]
    small = tmp_path_factory.mktemp("set") / "small.jsonl"
    small.write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return read_questions(small)


@pytest.fixture(scope="module")
def answering(services: Services) -> Answering:
    """The real services."""
    return Answering(services.consultant, services.composer, "us", describe(services.settings))


async def _run(asked: QuestionSet, answering: Answering, folder: Path, *, fresh: bool = False) -> dict[str, Answer]:
    with claimed(folder):
        return await answer_all(asked, answering, folder, fresh=fresh, progress=lambda _done, _total: None)


def _report(asked: QuestionSet, answers: dict[str, Answer], answering: Answering) -> Report:
    return make_report(asked, answers, answering.configuration, MADE)


async def test_a_run_answers_every_question_in_order_and_holds_no_word_of_them(
    asked: QuestionSet, answering: Answering, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    with claimed(tmp_path / "new" / "folder"):
        answers = await answer_all(
            asked, answering, tmp_path / "new" / "folder", fresh=False, progress=lambda *now: told.append(now)
        )
    assert list(answers) == [question.id for question in asked.questions]
    assert told == [(done, _LINES) for done in range(_LINES + 1)]
    report = _report(asked, answers, answering)
    write_report(report, tmp_path / "new" / "folder")
    assert read_report(tmp_path / "new" / "folder") == report
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "new" / "folder").iterdir())
    assert [question.id for question in asked.questions if question.text in written] == []
    covered = {row.category for row in report.rows if row.coverage is not None}
    assert {"answerable", "out-of-kb"} & covered


async def test_a_stopped_run_goes_on_and_comes_to_what_an_unbroken_one_does(
    asked: QuestionSet, answering: Answering, tmp_path: Path
) -> None:
    folder = tmp_path / "stopped"
    stopping = replace(answering, consultant=_Stopping(answering.consultant, 5))
    with pytest.raises(KeyboardInterrupt):
        await _run(asked, stopping, folder)
    with (folder / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "half-writ')
    with pytest.raises(FixInput, match="has not ended"):
        read_report(folder)

    counting = _Stopping(answering.consultant, _LINES)
    answers = await _run(asked, replace(answering, consultant=counting), folder)
    assert counting.left == 5
    whole = _report(asked, await _run(asked, answering, tmp_path / "unbroken"), answering)
    assert _report(asked, answers, answering).metrics == whole.metrics

    again = await _run(asked, replace(answering, consultant=_Stopping(answering.consultant, 0)), folder)
    assert again == answers


async def test_a_folder_of_another_configuration_is_refused_and_its_difference_named(
    asked: QuestionSet, answering: Answering, tmp_path: Path
) -> None:
    one = QuestionSet(asked.name, asked.sha256, asked.questions[:1])
    await _run(one, answering, tmp_path)
    before = (tmp_path / "answers.jsonl").read_bytes()
    other = replace(answering, configuration={**answering.configuration, "writer": "openai:other"})
    with pytest.raises(FixInput, match=r"differs in: writer\).*--fresh"):
        await _run(one, other, tmp_path)
    with pytest.raises(FixInput, match=r"differs in: questions\)"):
        await _run(replace(one, sha256="1" * 64), answering, tmp_path)
    assert (tmp_path / "answers.jsonl").read_bytes() == before

    await _run(one, other, tmp_path, fresh=True)
    assert b"openai:other" in (tmp_path / "answers.jsonl").read_bytes()


async def test_a_fresh_run_takes_the_old_report_away_before_it_begins(
    asked: QuestionSet, answering: Answering, tmp_path: Path
) -> None:
    (tmp_path / "report.json").write_text("{}")
    (tmp_path / "report.html").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        await _run(asked, replace(answering, consultant=_Stopping(answering.consultant, 0)), tmp_path, fresh=True)
    assert not (tmp_path / "report.json").exists()
    assert not (tmp_path / "report.html").exists()


async def test_an_unknown_region_is_told_before_a_question_is_asked(
    asked: QuestionSet, answering: Answering, tmp_path: Path
) -> None:
    *others, last = asked.questions
    wrong = replace(asked, questions=(*others, last.model_copy(update={"region": "atlantis"})))
    with pytest.raises(FixInput, match=f"the question {last.id} of small.jsonl.*atlantis"):
        await _run(wrong, replace(answering, consultant=_Stopping(answering.consultant, 0)), tmp_path)
    assert not (tmp_path / "answers.jsonl").exists()


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(FixInput, match=r"thesis\.docx, which belongs to no report"), claimed(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_folder_that_another_run_holds_is_refused(tmp_path: Path) -> None:
    with claimed(tmp_path), pytest.raises(TryAgainLater, match="another run is writing"), claimed(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FixInput, match="cannot be written"), claimed(tmp_path / "file" / "folder"):
        pass


def test_a_configuration_names_its_parts_and_no_secret(services: Services, tmp_path: Path) -> None:
    shutil.copytree(
        services.settings.data_dir / "index", tmp_path / "index", ignore=shutil.ignore_patterns("vectors-*")
    )
    settings = services.settings.model_copy(update={"data_dir": tmp_path})
    plain = describe(settings)
    assert plain["writer"] == "built-in"
    assert plain["embedder"] == "all-MiniLM-L6-v2-onnx-int8"
    model = settings.model_copy(update={"llm_model": "openai:small", "llm_base_url": "http://one.example"})
    other = describe(model.model_copy(update={"llm_base_url": "http://two.example"}))
    assert describe(model)["writer"] == "openai:small"
    assert {part for part, text in other.items() if describe(model)[part] != text} == {"settings"}
    assert "example" not in str(other)


async def test_the_real_program_is_scored_as_the_scorer_scores_it(
    asked: QuestionSet,
    services: Services,
    answering: Answering,
    scorer: object,
) -> None:
    run, answers = [], {}
    for question in asked.questions:
        consultation = await services.consultant.answer(question.text)
        written = record(question.id, consultation, services.composer().compose(consultation.outcome), "us")
        run.append((question, written))
        answers[question.id] = Answer.of(question, written, None)
    _agree(scorer, run, _report(asked, answers, answering))  # type: ignore[arg-type]  # a module
