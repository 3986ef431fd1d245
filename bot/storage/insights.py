"""Counts for a server's supervisors; nobody's id leaves here, and no number that stands for fewer than five people.

What is left out is in no sum either, so that it cannot be had by taking away.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, func, select

from bot.storage.engine import Database
from bot.storage.tables import ConsultationRow, FeedbackRow

ASKERS_FOR_A_NUMBER = 5
"""People who must stand behind a number before it is shown, so that no single one is recognised."""


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How many questions of a topic came to one outcome; the topic is None where none was found."""

    topic: str | None
    outcome: str
    questions: int


@dataclass(frozen=True, slots=True)
class Questions:
    """What was asked.

    Attributes:
        by_topic: by topic and outcome, most frequent first.
        others: by outcome, over the topics that too few people asked about for a number of their own.
        left_out: whether there are questions that not even those hold.
    """

    by_topic: tuple[TopicCount, ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic near to questions that found nothing."""

    topic: str
    questions: int
    askers: int


@dataclass(frozen=True, slots=True)
class Helpfulness:
    """How answers were marked; None where fewer people said so than a number needs.

    Attributes:
        helpful: how many marks said so.
        unhelpful: how many said not.
        reasons: code and how often, most frequent first; none that too few people gave.
    """

    helpful: int | None = None
    unhelpful: int | None = None
    reasons: tuple[tuple[str, int], ...] = ()


class Insights:
    """Counts a server's rows over a stretch of time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def questions(self, server: int, *, since: datetime, until: datetime) -> Questions:
        """Return the questions from `since` up to but without `until`, by topic and outcome.

        Raises:
            AssistantError: the database cannot be used.
        """
        of_each = (ConsultationRow.topic, ConsultationRow.outcome, ConsultationRow.person_id)
        counted = select(*of_each, func.count()).where(*_within(server, since, until)).group_by(*of_each)
        async with self._database.reading() as session:
            rows = (await session.execute(counted)).tuples().all()
        cells: defaultdict[tuple[str | None, str], Counter[int]] = defaultdict(Counter)
        for topic, outcome, person, questions in rows:
            cells[topic, outcome][person] += questions
        return _shown(cells)

    async def gaps(
        self, server: int, *, since: datetime, until: datetime, askers: int = ASKERS_FOR_A_NUMBER
    ) -> tuple[Gap, ...]:
        """Return the topics nearest to questions that found nothing, from so many askers up, most frequent first.

        Raises:
            AssistantError: the database cannot be used.
        """
        people = func.count(distinct(ConsultationRow.person_id))
        counted = (
            select(ConsultationRow.topic, func.count(), people)
            .where(*_within(server, since, until), ConsultationRow.outcome == "abstained")
            .group_by(ConsultationRow.topic)
            .having(people >= askers)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(counted)).tuples().all()
        gaps = [Gap(topic, questions, by) for topic, questions, by in rows if topic is not None]
        return tuple(sorted(gaps, key=lambda gap: (-gap.questions, gap.topic)))

    async def helpfulness(self, server: int, *, since: datetime, until: datetime) -> Helpfulness:
        """Return how the answers to questions of that stretch were marked.

        Raises:
            AssistantError: the database cannot be used.
        """
        marked = (
            select(FeedbackRow.person_id, FeedbackRow.helpful, FeedbackRow.reasons)
            .join(ConsultationRow, ConsultationRow.consultation_id == FeedbackRow.consultation_id)
            .where(*_within(server, since, until))
        )
        async with self._database.reading() as session:
            marks = (await session.execute(marked)).tuples().all()
        said: defaultdict[bool, Counter[int]] = defaultdict(Counter)
        reasons: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for person, helpful, given in marks:
            said[helpful][person] += 1
            for reason in given:
                reasons[reason][person] += 1
        shown = {reason: by.total() for reason, by in reasons.items() if _enough(by)}
        return Helpfulness(
            helpful=said[True].total() if _enough(said[True]) else None,
            unhelpful=said[False].total() if _enough(said[False]) else None,
            reasons=tuple(sorted(shown.items(), key=lambda reason: (-reason[1], reason[0]))),
        )


def _shown(cells: dict[tuple[str | None, str], Counter[int]]) -> Questions:
    """Return a number for each cell that enough people stand behind; the others are pooled by outcome."""
    shown = [TopicCount(topic, outcome, by.total()) for (topic, outcome), by in cells.items() if _enough(by)]
    pooled: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for (_, outcome), by in cells.items():
        if not _enough(by):
            pooled[outcome].update(by)
    others = [(outcome, by.total()) for outcome, by in pooled.items() if _enough(by)]
    return Questions(
        tuple(sorted(shown, key=lambda count: (-count.questions, count.topic or "", count.outcome))),
        tuple(sorted(others, key=lambda other: (-other[1], other[0]))),
        left_out=len(others) < len(pooled),
    )


def _enough(people: Iterable[int]) -> bool:
    return len(set(people)) >= ASKERS_FOR_A_NUMBER


def _within(server: int, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ConsultationRow.server_id == server,
        ConsultationRow.asked_at >= since,
        ConsultationRow.asked_at < until,
    )
