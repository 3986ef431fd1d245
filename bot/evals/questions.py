"""Labelled questions, and how often the right primary topic stands near the top."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import FixInput


@dataclass(frozen=True, slots=True)
class Question:
    """An answerable question.

    Attributes:
        text: as a counselor types it.
        topics: topic ids, any of which counts as right.
    """

    text: str
    topics: frozenset[str]


def read_questions(path: Path) -> list[Question]:
    """Read the answerable questions of a labelled file, one JSON object a line.

    Raises:
        FixInput: the file cannot be read or a line is not in the format of the evaluation questions.
    """
    mend = 'each line is {"text": ..., "category": ..., "expect": {"topics": [...]}}'
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise FixInput(f"the questions in {path} cannot be read", "name a file of labelled questions") from None
    questions = []
    for number, line in enumerate(lines, 1):
        try:
            item = json.loads(line)
            if item["category"] == "answerable":
                questions.append(Question(str(item["text"]), frozenset(item["expect"]["topics"])))
        except (ValueError, KeyError, TypeError):
            raise FixInput(f"line {number} of {path} is no labelled question", mend) from None
    if not questions:
        raise FixInput(f"{path} holds no answerable question", mend)
    return questions


def hit_rate(questions: Sequence[Question], ranked_topics: Sequence[Sequence[str]], within: int) -> float:
    """Return the share of questions with a right topic among the first cards.

    Args:
        questions: what was asked.
        ranked_topics: for each question the primary topics of the cards found, best first, each card once.
        within: how many cards count.
    """
    hits = [
        bool(question.topics & set(topics[:within])) for question, topics in zip(questions, ranked_topics, strict=True)
    ]
    return sum(hits) / len(hits)
