"""Answers as the evaluation keeps them, and the file that they are appended to as they come."""

import json
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import FixInput
from bot.evals.questions import Question

Outcome = Literal["answered", "abstained", "out_of_scope", "crisis", "withheld", "unavailable"]
"""What a question came to, as `ask --jsonl` writes it."""

_WORD = re.compile(r"[a-z']{3,}")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Removal(_Part):
    """How many identifiers of one type were taken out."""

    type: str
    count: int


class Suggestion(_Part):
    """One suggestion and the units that it rests on."""

    text: str
    cites: tuple[str, ...]

    @property
    def cards(self) -> frozenset[str]:
        """The cards of those units."""
        return frozenset(unit.partition("#")[0] for unit in self.cites)


class Retrieved(_Part):
    """One card that was found."""

    card: str
    topics: tuple[str, ...]
    score: float


class Crisis(_Part):
    """The danger that was read."""

    kind: str
    audience: Literal["self", "other"]
    region: str


class Grounding(_Part):
    """What became of what the writer said; counts of statements or suggestions, never a word of them.

    Attributes:
        grounded: suggestions shown that are the writer's own and stood.
        dropped: statements that were taken out.
        missing: how many of those said nothing, or cited nothing that was found.
        filled: suggestions of the built-in writer in the place of those.
        judge: the second model that read them; None where none did.
    """

    grounded: int
    dropped: int
    missing: int
    filled: int
    judge: str | None


class Answer(_Part):
    """One answer: what `ask --jsonl` writes, without the question, and what only an evaluation asks.

    Attributes:
        grounding: what became of a model's statements; None where no model's answer was taken up.
        coverage: the probability that the cards answer the question; None where that was not asked.
        words_kept: share of the question's words, identifiers apart, that still stand in the redacted question.
        literals_gone: for each literal that may stand nowhere in the output, whether that is so.
    """

    id: str
    outcome: Outcome
    caution: bool
    crisis: Crisis | None
    clarify: str | None
    removed: tuple[Removal, ...]
    suggestions: tuple[Suggestion, ...]
    retrieved: tuple[Retrieved, ...]
    dropped: int
    reply: str
    writer: str | None
    grounding: Grounding | None = None
    ms: dict[str, float]
    coverage: float | None = Field(ge=0, le=1)
    words_kept: float = Field(ge=0, le=1)
    literals_gone: tuple[bool, ...]

    @classmethod
    def of(cls, question: Question, record: Mapping[str, Any], coverage: float | None) -> Self:
        """Take up an answer; the redacted question is measured here and goes no further.

        Args:
            question: what was asked.
            record: the answer as `ask --jsonl` writes it.
            coverage: the probability that the cards answer the question, where it was asked.
        """
        whole = json.dumps(record, ensure_ascii=False).lower()
        kept = {key: value for key, value in record.items() if key != "question"}
        measured = {
            "writer": record["writer"]["name"] if record.get("writer") else None,
            "grounding": _grounding(record),
            "coverage": coverage,
            "words_kept": _words_kept(question, str(record["question"])),
            "literals_gone": [literal not in whole for literal in question.expect.literals],
        }
        return cls.model_validate(kept | measured)


def _grounding(record: Mapping[str, Any]) -> dict[str, Any] | None:
    writer = record.get("writer") or {}
    if writer.get("prompt") is None:
        return None
    filled = int(writer.get("filled", 0))
    return {
        "grounded": len(record["suggestions"]) - filled,
        "dropped": record["dropped"],
        "missing": writer.get("missing", 0),
        "filled": filled,
        "judge": writer.get("judge"),
    }


def _words_kept(question: Question, redacted: str) -> float:
    hidden = " ".join(question.expect.literals)
    words = [word for word in _WORD.findall(question.text.lower()) if word not in hidden]
    left = set(_WORD.findall(redacted.lower()))
    return sum(word in left for word in words) / len(words) if words else 1.0


class Head(_Part):
    """Says which run a file of answers belongs to.

    Attributes:
        set: sha256 of the file of questions.
        configuration: what answered them, by part.
    """

    set: str
    configuration: dict[str, str]


class AnswerFile:
    """`answers.jsonl` of one run: a head line that says which run it is, then one answer a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def head(self) -> Head | None:
        """Return the head line, or None where there is no file or not even its head was written.

        Raises:
            FixInput: the first line is something else, or the file cannot be read.
        """
        lines = self._lines()
        try:
            return Head.model_validate_json(lines[0]) if lines else None
        except ValidationError:
            raise self._refusal(1, "does not say which run it belongs to") from None

    def begin(self, head: Head) -> None:
        """Write a new file that holds the head line alone."""
        new = self._path.with_suffix(".new")
        new.write_text(head.model_dump_json() + "\n", encoding="utf-8")
        new.replace(self._path)

    def read(self, ids: Collection[str]) -> dict[str, Answer]:
        """Return the answers by id, and cut off a last line that is half-written.

        Args:
            ids: ids that an answer may have.

        Raises:
            FixInput: a line is no answer, or answers no question of the set, or one that has an answer.
        """
        lines = self._lines()
        answers: dict[str, Answer] = {}
        for number, line in enumerate(lines[1:], 2):
            try:
                answer = Answer.model_validate_json(line)
            except ValidationError:
                raise self._refusal(number, "is no answer") from None
            if answer.id not in ids or answer.id in answers:
                raise self._refusal(number, "answers no open question of the set")
            answers[answer.id] = answer
        length = sum(len(line) + 1 for line in lines)
        if length < self._path.stat().st_size:
            os.truncate(self._path, length)
        return answers

    def append(self, answer: Answer) -> None:
        """Add an answer; once this returns, another run goes on after it."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(answer.model_dump_json() + "\n")

    def _lines(self) -> list[bytes]:
        """Return the whole lines; what follows the last line's end is half-written."""
        try:
            return self._path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return []
        except OSError:
            raise FixInput(f"{self._path} cannot be read", "mend its permissions") from None

    def _refusal(self, number: int, what: str) -> FixInput:
        return FixInput(f"line {number} of {self._path} {what}", "take the line out, or start over with --fresh")
