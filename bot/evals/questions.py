"""Labelled questions: what was asked and what should come of it, one JSON object a line."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import FixInput

Category = Literal[
    "answerable",
    "out-of-kb",
    "crisis",
    "crisis-hard-negative",
    "caution",
    "privacy",
    "privacy-hard-negative",
    "injection",
]
"""What kind of question it is."""

Behaviour = Literal["answer", "abstain", "scope", "crisis", "privacy", "injection"]
"""What the program should do with it."""

CATEGORIES: tuple[str, ...] = get_args(Category)

_LITERAL = "lit:"
_LONGEST_LABEL = 60
_SHAPE = '{"id": ..., "text": ..., "category": ..., "expect": {"topics": [...], "behaviour": ...}}'
_MEND = f"each line is {_SHAPE}; docs/evaluation.md has the words that are known"


class Expect(BaseModel):
    """What should come of a question.

    Attributes:
        topics: topic ids, best first; any of them counts.
        behaviour: what the program should do.
        also_ok: further behaviours to accept.
        must_mention: ideas for a human reader; nothing here reads them.
        must_not: `lit:` marks a literal that may stand nowhere in the output; the rest are ideas.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    topics: tuple[str, ...]
    behaviour: Behaviour
    also_ok: tuple[Behaviour, ...] = ()
    must_mention: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()

    @property
    def behaviours(self) -> frozenset[Behaviour]:
        """Every behaviour that is accepted."""
        return frozenset({self.behaviour, *self.also_ok})

    @property
    def literals(self) -> tuple[str, ...]:
        """What may stand nowhere in the output, in lower case."""
        return tuple(idea.removeprefix(_LITERAL).lower() for idea in self.must_not if idea.startswith(_LITERAL))


class Question(BaseModel):
    """A labelled question; keys beside these are for people and are passed over.

    Attributes:
        id: unique in its set.
        text: as a counselor types it.
        category: what kind of question it is.
        expect: what should come of it.
        thread: the asker's earlier turns, oldest first.
        region: whose emergency lines are printed; the setting's own where None.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1, max_length=100)
    text: str
    category: Category
    expect: Expect
    thread: tuple[str, ...] | None = None
    region: str | None = None

    @model_validator(mode="after")
    def _has_topics(self) -> Self:
        if not self.id.isprintable():
            raise ValueError('"id" holds characters that cannot be printed')
        if not self.expect.topics and (self.category == "answerable" or self.expect.behaviour == "crisis"):
            raise ValueError('"expect.topics" is empty, and nothing could be on topic')
        return self


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A file of labelled questions.

    Attributes:
        name: the file's name, without its folder.
        sha256: of the file.
        questions: in the file's order.
    """

    name: str
    sha256: str
    questions: tuple[Question, ...]


def read_questions(path: Path, topics: Collection[str] | None = None) -> QuestionSet:
    """Read a labelled set.

    Args:
        path: a file of JSON lines.
        topics: the topic ids that are known; any are taken where None.

    Raises:
        FixInput: the file cannot be read, holds no question, or a line is not in the format; the text names the line
            and the field, and holds nothing of a question but its labels.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise FixInput(f"the questions in {path} cannot be read", "name a file of labelled questions") from None
    questions: list[Question] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        where = f"line {number} of {path}"
        question = _read_line(line, where)
        if question.id in line_of:
            raise FixInput(f"{where} has the id of line {line_of[question.id]}", "give each question an id of its own")
        unknown = [topic for topic in question.expect.topics if topics is not None and topic not in topics]
        if unknown:
            raise FixInput(
                f"{where} names the unknown topic {_quoted(unknown[0])}", "the ids are in knowledge/topics.txt"
            )
        line_of[question.id] = number
        questions.append(question)
    if not questions:
        raise FixInput(f"{path} holds no question", _MEND)
    return QuestionSet(path.name, hashlib.sha256(data).hexdigest(), tuple(questions))


def answerable(questions: Collection[Question]) -> list[Question]:
    """Return the questions that some card answers."""
    return [question for question in questions if question.category == "answerable"]


def _read_line(line: bytes, where: str) -> Question:
    try:
        return Question.model_validate_json(line, strict=True)
    except ValidationError as error:
        detail: Any = error.errors(include_url=False)[0]
        raise _refusal(detail, where) from None


def _quoted(label: Any) -> str:  # noqa: ANN401  # any JSON
    """Return a label as a reader can find it; what is no text, or too long for a label, may be part of a question."""
    known = isinstance(label, str) and len(label) <= _LONGEST_LABEL
    return json.dumps(label) if known else "no such word"


def _refusal(detail: Any, where: str) -> FixInput:  # noqa: ANN401  # pydantic's own shape
    """Say what is wrong with a line, from pydantic's first finding."""
    field = ".".join(str(part) for part in detail["loc"])[:_LONGEST_LABEL]
    field = field.encode("unicode_escape").decode()
    match detail["type"]:
        case "json_invalid":
            problem, mend = f"{where} is not JSON; it may be half-written", _MEND
        case "model_type":
            problem, mend = (f'"{field}" of {where}' if field else where) + " is no JSON object", _MEND
        case "missing":
            problem, mend = f'{where} lacks "{field}"', _MEND
        case "extra_forbidden":
            problem, mend = f'{where} has the unknown key "{field}"', _MEND
        case "literal_error":
            problem = f'"{field}" of {where} is {_quoted(detail["input"])}, which is unknown'
            mend = f"known are {detail['ctx']['expected']}"
        case "value_error":
            problem, mend = f"{where}: {detail['ctx']['error']}", _MEND
        case _:
            problem, mend = f'"{field}" of {where} is not as it should be ({str(detail["msg"]).lower()})', _MEND
    return FixInput(problem, mend)
