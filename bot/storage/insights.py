"""Counts for a server's supervisors; nobody's id is in them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, func, select

from bot.storage.engine import Database
from bot.storage.tables import ConsultationRow, FeedbackRow

ASKERS_FOR_A_GAP = 5
"""People who must have asked in vain before a topic is shown, so that no single one is recognised."""


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How many questions of a topic came to one outcome; the topic is None where none was found."""

    topic: str | None
    outcome: str
    questions: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic near to questions that found nothing."""

    topic: str
    questions: int
    askers: int


@dataclass(frozen=True, slots=True)
class Helpfulness:
    """How answers were marked.

    Attributes:
        helpful: how many marks said so.
        unhelpful: how many said not.
        reasons: code and how often, most frequent first.
    """

    helpful: int
    unhelpful: int
    reasons: tuple[tuple[str, int], ...]


class Insights:
    """Counts a server's rows over a stretch of time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def topics(self, server: int, *, since: datetime, until: datetime) -> tuple[TopicCount, ...]:
        """Return the questions from `since` up to but without `until`, by topic and outcome, most frequent first.

        Raises:
            AssistantError: the database cannot be used.
        """
        questions = func.count()
        counted = (
            select(ConsultationRow.topic, ConsultationRow.outcome, questions)
            .where(*_within(server, since, until))
            .group_by(ConsultationRow.topic, ConsultationRow.outcome)
        )
        async with self._database.reading() as session:
            counts = [TopicCount(*row) for row in (await session.execute(counted)).tuples()]
        return tuple(sorted(counts, key=lambda count: (-count.questions, count.topic or "", count.outcome)))

    async def gaps(
        self, server: int, *, since: datetime, until: datetime, askers: int = ASKERS_FOR_A_GAP
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
            select(FeedbackRow.helpful, FeedbackRow.reasons)
            .join(ConsultationRow, ConsultationRow.consultation_id == FeedbackRow.consultation_id)
            .where(*_within(server, since, until))
        )
        async with self._database.reading() as session:
            marks = (await session.execute(marked)).tuples().all()
        reasons = Counter(reason for _, given in marks for reason in given)
        helpful = sum(mark for mark, _ in marks)
        ordered = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))
        return Helpfulness(helpful, len(marks) - helpful, tuple(ordered))


def _within(server: int, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ConsultationRow.server_id == server,
        ConsultationRow.asked_at >= since,
        ConsultationRow.asked_at < until,
    )
