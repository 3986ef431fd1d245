"""A run's report: figures and what each question came to, by id, without a word of any question or reply."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import FixInput
from bot.evals.answers import Answer, Grounding, Outcome
from bot.evals.judge import allowed, rank_of
from bot.evals.metrics import METRICS, figure
from bot.evals.questions import Category, QuestionSet
from bot.evals.run import ANSWERS, REPORT

_PERCENTILE = 0.95


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SetLine(_Part):
    """Which questions were asked."""

    name: str
    sha256: str
    questions: int


class MetricLine(_Part):
    """A metric's figure over the set, with its 95% interval.

    Attributes:
        questions: how many questions it asks about.
    """

    value: float
    low: float
    high: float
    questions: int
    lower_is_better: bool


class Spread(_Part):
    """How long a stage took, in milliseconds."""

    median: float
    p95: float
    questions: int


class GroundingLine(_Part):
    """What became of all that models wrote in a run.

    Attributes:
        answers: how many answers a model wrote.
        grounded: suggestions shown that are a model's own.
        dropped: statements taken out.
        missing: how many of those said nothing, or cited nothing that was found.
        filled: suggestions of the built-in writer in their place.
        judges: answers by the second model that judged them beside the code.
    """

    answers: int
    grounded: int
    dropped: int
    missing: int
    filled: int
    judges: dict[str, int]


class Row(_Part):
    """What one question came to.

    Attributes:
        accepted: whether the labels accept the outcome.
        rank: of the first card on topic, from 1; 0 where none was found.
        coverage: the probability that the cards answer it; None where that was not asked.
        writer: who wrote the answer; None where there is none.
        grounding: what became of a model's statements; None where no model wrote.
        ms: milliseconds by stage, with `total`.
        values: by metric; a metric that does not ask about the question is left out.
    """

    id: str
    category: Category
    outcome: Outcome
    caution: bool
    accepted: bool
    rank: int
    coverage: float | None
    writer: str | None
    grounding: Grounding | None = None
    ms: dict[str, float]
    values: dict[str, tuple[float, ...]]


class Report(_Part):
    """A finished run."""

    form: Literal[1] = 1
    made: datetime
    set: SetLine
    configuration: dict[str, str]
    metrics: dict[str, MetricLine]
    latency: dict[str, Spread]
    writers: dict[str, int]
    grounding: GroundingLine | None = None
    rows: tuple[Row, ...]

    def misses(self) -> dict[str, list[Row]]:
        """Return, by metric, the questions that fall short of a full value, or of none where lower is better."""
        found = {}
        for name, line in self.metrics.items():
            best = 0.0 if line.lower_is_better else 1.0
            rows = [row for row in self.rows if any(value != best for value in row.values.get(name, ()))]
            if rows:
                found[name] = rows
        return found


def make_report(
    questions: QuestionSet, answers: Mapping[str, Answer], configuration: Mapping[str, str], made: datetime
) -> Report:
    """Measure a finished run.

    Args:
        questions: the set.
        answers: one for each question, by id.
        configuration: what answered.
        made: when.
    """
    rows = []
    for question in questions.questions:
        answer = answers[question.id]
        values = {metric.name: tuple(metric.values(question, answer)) for metric in METRICS}
        rows.append(
            Row(
                id=question.id,
                category=question.category,
                outcome=answer.outcome,
                caution=answer.caution,
                accepted=answer.outcome in allowed(question),
                rank=rank_of(question, answer),
                coverage=answer.coverage,
                writer=answer.writer,
                grounding=answer.grounding,
                ms=answer.ms,
                values={name: given for name, given in values.items() if given},
            )
        )
    return Report(
        made=made,
        set=SetLine(name=questions.name, sha256=questions.sha256, questions=len(rows)),
        configuration=dict(configuration),
        metrics=_figures(rows),
        latency=_latency(rows),
        writers=dict(Counter(row.writer for row in rows if row.writer)),
        grounding=_grounding([row.grounding for row in rows if row.grounding is not None]),
        rows=tuple(rows),
    )


def _figures(rows: Sequence[Row]) -> dict[str, MetricLine]:
    lines = {}
    for metric in METRICS:
        found = figure(row.values.get(metric.name, ()) for row in rows)
        if found is not None:
            lines[metric.name] = MetricLine(
                value=found.value,
                low=found.interval.low,
                high=found.interval.high,
                questions=found.questions,
                lower_is_better=metric.lower_is_better,
            )
    return lines


def _grounding(found: Sequence[Grounding]) -> GroundingLine | None:
    if not found:
        return None
    return GroundingLine(
        answers=len(found),
        grounded=sum(one.grounded for one in found),
        dropped=sum(one.dropped for one in found),
        missing=sum(one.missing for one in found),
        filled=sum(one.filled for one in found),
        judges=dict(Counter(one.judge for one in found if one.judge)),
    )


def _latency(rows: Sequence[Row]) -> dict[str, Spread]:
    stages = dict.fromkeys(stage for row in rows for stage in row.ms)
    spreads = {}
    for stage in [*(stage for stage in stages if stage != "total"), "total"]:
        times = sorted(row.ms[stage] for row in rows if stage in row.ms)
        if times:
            late = times[int(len(times) * _PERCENTILE)]
            spreads[stage] = Spread(median=times[len(times) // 2], p95=late, questions=len(times))
    return spreads


def write_report(report: Report, folder: Path) -> Path:
    """Write report.json, whole or not at all, and return its path."""
    path = folder / REPORT
    new = path.with_suffix(".new")
    new.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    new.replace(path)
    return path


def read_report(folder: Path) -> Report:
    """Read the report of a folder, or a report.json itself.

    Raises:
        FixInput: there is none, its run has not ended, or it is half-written or something else; nothing is changed.
    """
    path = folder / REPORT if folder.is_dir() else folder
    again = "run `supervision-bot eval` again with --report and its folder; it is made from the answers there"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        begun = (folder / ANSWERS).exists()
        raise FixInput(
            f"the run in {folder} has not ended" if begun else f"there is no report in {folder}",
            again if begun else "make one with `supervision-bot eval --report`",
        ) from None
    except (OSError, UnicodeDecodeError):
        raise FixInput(f"the report {path} cannot be read", again) from None
    try:
        return Report.model_validate_json(text)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
    if detail["type"] == "json_invalid":
        raise FixInput(f"{path} is half-written or damaged ({detail['ctx']['error']})", again)
    field = ".".join(str(part) for part in detail["loc"]) or "it"
    raise FixInput(f"{path} is no report of this version ({field}: {str(detail['msg']).lower()})", again)
