"""What supervisors see of their server's last days: numbers for all of it, never of one person."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.storage.curated import State
from bot.storage.insights import ASKERS_FOR_A_NUMBER, Gap, Helpfulness, Questions
from bot.storage.store import Store

DAYS = 30
"""How far back it looks; less where the server keeps its rows for less."""

OUTCOMES = {
    "answered": "answered",
    "abstained": "found nothing",
    "out_of_scope": "not for here",
    "crisis": "steps for danger",
    "withheld": "not read: identifiers",
    "unavailable": "failed",
}
"""What a question came to, by its code, in the order in which it is shown."""

_RULE = (
    f"-# A number stands here where at least {ASKERS_FOR_A_NUMBER} different people are behind it; no sum holds the "
    "others. Work that waits is counted in full."
)
_AGES = (("under 1 day", 1), ("1 to 3 days", 3), ("3 to 7 days", 7), ("1 to 4 weeks", 28))
_OLDEST = "over 4 weeks"
_NO_TOPIC = "no topic"
_OTHERS = "other topics"
_MOST_TOPICS = 10
_LONGEST_NAME = 40
_LONGEST_ALT = 1024
"""Characters of an attachment's description (Discord's API reference, "Attachment Structure")."""


@dataclass(frozen=True, slots=True)
class TopicBar:
    """A topic in words, and its questions by outcome; where enough people asked."""

    name: str
    outcomes: tuple[tuple[str, int], ...]

    @property
    def questions(self) -> int:
        """How many that makes."""
        return sum(count for _, count in self.outcomes)


@dataclass(frozen=True, slots=True)
class Overview:
    """One server's last days.

    Attributes:
        days: how many.
        topics: questions by topic, most first; the pool of the small ones last.
        more_topics: how many topics are not among them, for want of room.
        left_out: whether there are questions of too few people for any number.
        gaps: topics nearest to questions that found nothing, in words.
        helpfulness: how answers were marked; its reasons in words.
        due: answers whose day of review has come.
        submitted: answers that wait for approval.
        waiting: questions to the supervisors that nobody has answered, by age, youngest first.
    """

    days: int
    topics: tuple[TopicBar, ...] = ()
    more_topics: int = 0
    left_out: bool = False
    gaps: tuple[Gap, ...] = ()
    helpfulness: Helpfulness = field(default_factory=Helpfulness)
    due: int = 0
    submitted: int = 0
    waiting: tuple[tuple[str, int], ...] = ()


async def overview(store: Store, server: int, now: datetime, *, reasons: Mapping[str, str]) -> Overview:
    """Return the last days of one server.

    Args:
        store: what is kept.
        server: whose.
        now: when the days end.
        reasons: the words for each reason why an answer did not help.

    Raises:
        AssistantError: the database cannot be used.
    """
    days = min(DAYS, (await store.servers.settings(server)).retention_days)
    until = now + timedelta(seconds=1)
    since = now - timedelta(days=days)
    questions = await store.insights.questions(server, since=since, until=until)
    gaps = await store.insights.gaps(server, since=since, until=until)
    marks = await store.insights.helpfulness(server, since=since, until=until)
    ages = Counter(_age(now - one.asked_at) for one in await store.escalations.waiting(server))
    topics = _topics(questions)
    return Overview(
        days=days,
        topics=topics[:_MOST_TOPICS] + _pool(questions),
        more_topics=max(0, len(topics) - _MOST_TOPICS),
        left_out=questions.left_out,
        gaps=tuple(Gap(in_words(gap.topic), gap.questions, gap.askers) for gap in gaps[:_MOST_TOPICS]),
        helpfulness=Helpfulness(
            marks.helpful,
            marks.unhelpful,
            tuple((_lowered(reasons.get(code, in_words(code))), count) for code, count in marks.reasons),
        ),
        due=len(await store.answers.listed(server, due_by=now.date())),
        submitted=len(await store.answers.listed(server, [State.SUBMITTED])),
        waiting=tuple((age, ages[age]) for age in (*(name for name, _ in _AGES), _OLDEST) if ages[age]),
    )


def in_words(code: str) -> str:
    """Return a topic or a reason as it is read."""
    return textwrap.shorten(code.replace("-", " ").replace("_", " "), _LONGEST_NAME, placeholder=" …")


def told(seen: Overview) -> list[str]:
    """Return the numbers, each text a paragraph."""
    return [
        f"**The last {seen.days} days in this server**",
        "\n".join(("**Questions by topic**", *_questions_told(seen))),
        "\n".join(("**Found nothing, by the nearest topic**", *_gaps_told(seen))),
        "\n".join(("**How answers were marked**", *_marks_told(seen.helpfulness))),
        "\n".join(("**Waiting for supervisors**", *_waiting_told(seen))),
        _RULE,
    ]


def alt_text(seen: Overview) -> str:
    """Return what the picture shows, for who does not see it."""
    parts = [f"Bar charts of the last {seen.days} days."]
    if seen.topics:
        parts.append(f"Questions by topic: {_listed((bar.name, bar.questions) for bar in seen.topics)}.")
    if seen.gaps:
        parts.append(f"Found nothing, nearest topic: {_listed((gap.topic, gap.questions) for gap in seen.gaps)}.")
    if marks := marks_of(seen):
        parts.append(f"Marks: {_listed(marks)}.")
    if work := work_of(seen):
        parts.append(f"Waiting: {_listed(work)}.")
    text = " ".join(parts)
    return text if len(text) <= _LONGEST_ALT else text[: _LONGEST_ALT - 2].rsplit(" ", 1)[0] + " …"


def marks_of(seen: Overview) -> list[tuple[str, int]]:
    """Return the marks that may be shown, in words, with the reasons after them."""
    marks = seen.helpfulness
    found = [("helpful", marks.helpful), ("not helpful", marks.unhelpful), *marks.reasons]
    return [(name, count) for name, count in found if count is not None]


def work_of(seen: Overview) -> list[tuple[str, int]]:
    """Return what waits for supervisors, in words."""
    questions = [(f"questions: {age}", count) for age, count in seen.waiting]
    answers = [("answers due for review", seen.due), ("answers to approve", seen.submitted)]
    return [*questions, *((name, count) for name, count in answers if count)]


def _topics(questions: Questions) -> tuple[TopicBar, ...]:
    by_topic: dict[str, dict[str, int]] = {}
    for count in questions.by_topic:
        name = in_words(count.topic) if count.topic else _NO_TOPIC
        by_topic.setdefault(name, {})[count.outcome] = count.questions
    bars = [TopicBar(name, _ordered(outcomes)) for name, outcomes in by_topic.items()]
    return tuple(sorted(bars, key=lambda bar: (-bar.questions, bar.name)))


def _pool(questions: Questions) -> tuple[TopicBar, ...]:
    return (TopicBar(_OTHERS, _ordered(dict(questions.others))),) if questions.others else ()


def _ordered(outcomes: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((outcome, outcomes[outcome]) for outcome in OUTCOMES if outcome in outcomes)


def _lowered(words: str) -> str:
    return words if words.startswith("I ") else words[:1].lower() + words[1:]


def _age(waited: timedelta) -> str:
    return next((name for name, days in _AGES if waited < timedelta(days=days)), _OLDEST)


def _questions_told(seen: Overview) -> Iterator[str]:
    for bar in seen.topics:
        split = ", ".join(f"{count} {OUTCOMES[outcome]}" for outcome, count in bar.outcomes)
        yield f"- {bar.name}: {split}"
    if seen.more_topics:
        yield f"- and {seen.more_topics} topics with fewer"
    if not seen.topics:
        yield "No topic has enough people behind it for a number." if seen.left_out else "Nobody asked anything."
    elif seen.left_out:
        yield "- Some questions are in none of these numbers, since too few people stand behind them."


def _gaps_told(seen: Overview) -> Iterator[str]:
    for gap in seen.gaps:
        yield f"- {gap.topic}: {gap.questions}"
    if not seen.gaps:
        yield f"No topic has {ASKERS_FOR_A_NUMBER} people behind it who found nothing."


def _marks_told(marks: Helpfulness) -> Iterator[str]:
    few = f"fewer than {ASKERS_FOR_A_NUMBER} people said so"
    yield f"- helpful: {few if marks.helpful is None else marks.helpful}"
    yield f"- not helpful: {few if marks.unhelpful is None else marks.unhelpful}"
    for reason, count in marks.reasons:
        yield f"  - {reason}: {count}"


def _waiting_told(seen: Overview) -> Iterator[str]:
    for name, count in work_of(seen):
        yield f"- {name}: {count}"
    if not work_of(seen):
        yield "Nothing waits."


def _listed(named: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in named)
