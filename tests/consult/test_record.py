"""The JSON record of an answer, against its schema in docs/."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from bot.app import Services
from bot.consult.outcome import Abstained, Answered, Consultation, CrisisReferral, Outcome, Withheld
from bot.consult.record import record
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Level, Redaction
from tests.conftest import REPOSITORY
from tests.consult.outcomes import ANSWERED, OUTCOMES
from tests.consult.test_reply import US

SCHEMA: dict[str, Any] = json.loads((REPOSITORY / "docs" / "answer.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
ANSWER = Draft202012Validator({**SCHEMA["$defs"]["answer"], "$defs": SCHEMA["$defs"]})


def _record(outcome: Outcome, region: str = "us") -> dict[str, Any]:
    consultation = Consultation(outcome, {"crisis": 0.5, "total": 1.25})
    written = record("q1", consultation, US.compose(outcome), region)
    read: dict[str, Any] = json.loads(json.dumps(written))
    return read


def _objects(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # any JSON
    if isinstance(part, dict):
        if "properties" in part and part.get("type") == "object" and "additionalProperties" in part:
            yield part
        for inner in part.values():
            yield from _objects(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _objects(inner)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_describes_every_field_and_allows_no_other() -> None:
    described = list(_objects(SCHEMA))
    assert len(described) >= 6
    for one in described:
        assert one["additionalProperties"] is False
        assert set(one["required"]) == set(one["properties"])
        assert all(field["description"].endswith(".") for field in one["properties"].values())


def test_the_schema_names_every_danger_and_audience() -> None:
    crisis = SCHEMA["$defs"]["crisis"]["properties"]
    assert set(crisis["kind"]["enum"]) == {danger.value for danger in Danger}
    assert set(crisis["audience"]["enum"]) == {audience.value for audience in Audience}


@given(OUTCOMES)
def test_every_outcome_becomes_a_record_that_holds_to_the_schema(outcome: Outcome) -> None:
    ANSWER.validate(_record(outcome))
    VALIDATOR.validate(_record(outcome))


@given(OUTCOMES, st.sampled_from(sorted(SCHEMA["$defs"]["answer"]["required"])))
def test_a_record_that_lacks_a_field_is_refused(outcome: Outcome, field: str) -> None:
    kept = {name: value for name, value in _record(outcome).items() if name != field}
    assert not VALIDATOR.is_valid(kept)


@given(ANSWERED)
def test_an_answer_lists_its_suggestions_and_each_found_card_once_best_first(outcome: Answered) -> None:
    line = _record(outcome)
    assert [tuple(one["cites"]) for one in line["suggestions"]] == [one.cites for one in outcome.draft.suggestions]
    assert [one["card"] for one in line["retrieved"]] == [passage.card.id for passage in outcome.passages]
    assert [one["topics"][0] for one in line["retrieved"]] == [p.card.primary_topic for p in outcome.passages]
    assert line["dropped"] == outcome.dropped
    prompt = outcome.draft.prompt
    assert line["writer"] == {
        "name": outcome.draft.writer,
        "prompt": prompt.name if prompt else None,
        "version": prompt.version if prompt else None,
        "hash": prompt.digest if prompt else None,
        "fell_back": outcome.draft.fell_back,
        "missing": outcome.missing,
        "filled": outcome.filled,
        "judge": outcome.judge,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("crisis", {"kind": "suicide", "audience": "other", "region": "us"}),
        ("clarify", "What happened?"),
        ("writer", "built-in"),
        ("suggestions", [{"text": "Ask.", "cites": ["card#s1"]}]),
        ("retrieved", [{"card": "card", "topics": ["topic"], "score": 1.0}]),
        ("question", "raw words"),
        ("removed", [{"type": "name", "count": 1}]),
        ("dropped", 1),
        ("outcome", "unsure"),
        ("ms", {"crisis": 1.0}),
        ("ms", {"total": 1.0, "coffee": 1.0}),
        ("reply", "Do as you like."),
        ("surprise", 1),
    ],
)
def test_the_schema_refuses_what_a_withheld_question_cannot_hold(field: str, value: object) -> None:
    line = _record(Withheld(CALM))
    assert ANSWER.is_valid(line)
    with pytest.raises(ValidationError):
        ANSWER.validate({**line, field: value})


def test_a_crisis_names_its_kind_its_audience_and_its_region_and_nothing_of_the_question() -> None:
    line = _record(CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)), "neutral")
    assert line["outcome"] == "crisis"
    assert line["crisis"] == {"kind": "counselor", "audience": "self", "region": "neutral"}
    assert (line["question"], line["suggestions"], line["retrieved"]) == ("", [], [])
    assert line["caution"] is False


def test_caution_is_told_and_is_no_crisis() -> None:
    line = _record(Abstained(question=Redaction("x"), alarm=Alarm(Level.CAUTION), clarify="What happened?"))
    assert (line["outcome"], line["caution"], line["crisis"]) == ("abstained", True, None)
    assert line["clarify"] == "What happened?"


async def test_the_real_path_writes_lines_that_hold_to_the_schema(services: Services) -> None:
    questions = [
        "my client named Dana Quillfeather went quiet after my joke and i want to repair it",
        "she wants to die tonight",
        "what dose of sertraline is usual",
        "hm",
        "",
        "x" * 5000,
    ]
    outcomes = []
    for question in questions:
        consultation = await services.consultant.answer(question)
        reply = services.composer().compose(consultation.outcome)
        line = json.loads(json.dumps(record("q", consultation, reply, "us")))
        ANSWER.validate(line)
        assert "Quillfeather" not in json.dumps(line)
        assert line["reply"] == reply.text
        outcomes.append(line["outcome"])
    assert outcomes == ["answered", "crisis", "out_of_scope", "abstained", "abstained", "abstained"]
