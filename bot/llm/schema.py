"""What models are asked to give, and how what they gave is read: leniently, since grounding decides what is shown."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.llm.parsing import UnreadableAnswer, parse_object

_MOST_SUGGESTIONS = 4
_LONGEST_TEXT = 2000
"""Characters that are kept of one text; grounding drops far shorter ones for their length."""


class DraftedStatement(BaseModel):
    """One statement and the passages it rests on."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="the statement, at most 30 words")
    cites: list[str] = Field(description="ids of the passages it rests on, at least one, exactly as given")


class DraftedAnswer(BaseModel):
    """A whole answer."""

    model_config = ConfigDict(extra="forbid")

    reading: DraftedStatement | None = Field(description="what this may be, or null")
    suggestions: list[DraftedStatement] = Field(
        description="two to four, the most fitting first; none where not covered"
    )
    ask_yourself: str | None = Field(description="one question for the counselor to ask themselves, or null")
    not_covered: bool = Field(description="true where the passages do not cover the question")


class DraftedQuestion(BaseModel):
    """One question back."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description="one sentence that ends with a question mark")


class DraftedPoint(BaseModel):
    """One sentence on a rehearsed line."""

    model_config = ConfigDict(extra="forbid")

    feature: str = Field(description="the point's feature, exactly as given")
    cite: str = Field(description="the id of that point's passage, exactly as given")
    text: str = Field(description="one sentence of at most 25 words")


class DraftedFeedback(BaseModel):
    """Feedback on a rehearsed line."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[DraftedPoint] = Field(description="one or two, each about another point")


class DraftedLook(BaseModel):
    """A reading of danger."""

    model_config = ConfigDict(extra="forbid")

    level: Literal["calm", "caution", "crisis"]
    danger: Literal["suicide", "violence", "abuse", "partner-violence", "acute-state", "counselor", "unknown"] = Field(
        description="which kind; unknown where it is calm"
    )
    audience: Literal["other", "self"]


class DraftedVerdict(BaseModel):
    """Whether one statement is supported."""

    model_config = ConfigDict(extra="forbid")

    number: int
    supported: bool


class DraftedVerdicts(BaseModel):
    """A judge's verdicts."""

    model_config = ConfigDict(extra="forbid")

    verdicts: list[DraftedVerdict]


def read_answer(text: str) -> DraftedAnswer:
    """Read an answer from what a model wrote.

    What is malformed inside is kept as an empty statement, so that it is counted as missing; what cannot be an answer
    at all is refused.

    Raises:
        UnreadableAnswer: there is no JSON object in it that has suggestions or says that nothing covers the question.
    """
    found = parse_object(text, wanted=("suggestions", "not_covered"))
    listed = found.get("suggestions", [])
    if isinstance(listed, Mapping):
        listed = [listed]
    not_covered = found.get("not_covered") is True
    if not isinstance(listed, list) or (not listed and not not_covered and "suggestions" not in found):
        raise UnreadableAnswer("suggestions are no list")
    reflect = found.get("ask_yourself")
    return DraftedAnswer(
        reading=_statement(found["reading"]) if found.get("reading") else None,
        suggestions=[_statement(one) for one in listed[:_MOST_SUGGESTIONS]],
        ask_yourself=reflect[:_LONGEST_TEXT] if isinstance(reflect, str) and reflect.strip() else None,
        not_covered=not_covered,
    )


def _statement(found: Any) -> DraftedStatement:  # noqa: ANN401  # any JSON
    if not isinstance(found, Mapping):
        return DraftedStatement(text=found[:_LONGEST_TEXT] if isinstance(found, str) else "", cites=[])
    text, cites = found.get("text"), found.get("cites")
    if isinstance(cites, str):
        cites = cites.split(",")
    return DraftedStatement(
        text=text[:_LONGEST_TEXT] if isinstance(text, str) else "",
        cites=[one.strip() for one in cites if isinstance(one, str)] if isinstance(cites, list) else [],
    )
