"""An answer as JSON, the contract of `ask --jsonl` (docs/answer.schema.json)."""

from typing import Any, Literal, TypeAlias

from bot.consult.outcome import (
    Abstained,
    Answered,
    Consultation,
    CrisisReferral,
    Outcome,
    OutOfScope,
    Passage,
    Screened,
    Unavailable,
    Withheld,
)
from bot.consult.reply import Reply
from bot.safety.verdicts import Level

OutcomeName: TypeAlias = Literal["answered", "abstained", "out_of_scope", "crisis", "withheld", "unavailable"]
"""The outcomes by the names that they have in JSON and in the records."""

_NAMES: dict[type, OutcomeName] = {
    Answered: "answered",
    Abstained: "abstained",
    OutOfScope: "out_of_scope",
    CrisisReferral: "crisis",
    Withheld: "withheld",
    Unavailable: "unavailable",
}


def name_of(outcome: Outcome) -> OutcomeName:
    """Return an outcome's name."""
    return _NAMES[type(outcome)]


def record(question_id: str, consultation: Consultation, reply: Reply, region: str) -> dict[str, Any]:
    """Return one answer as a JSON object; it holds the question only as redacted."""
    outcome = consultation.outcome
    screened = outcome if isinstance(outcome, Screened) else None
    answered = outcome if isinstance(outcome, Answered) else None
    passages: tuple[Passage, ...] = getattr(outcome, "passages", ())
    crisis = None
    if isinstance(outcome, CrisisReferral):
        crisis = {"kind": outcome.alarm.danger, "audience": outcome.alarm.audience, "region": region}
    alarm = outcome.alarm
    removed = screened.question.removed if screened else ()
    return {
        "id": question_id,
        "outcome": name_of(outcome),
        "caution": alarm.level is Level.CAUTION,
        "crisis": crisis,
        "clarify": outcome.clarify if isinstance(outcome, Abstained) else None,
        "question": screened.question.text if screened else "",
        "removed": [{"type": removal.type, "count": removal.count} for removal in removed],
        "suggestions": [{"text": s.text, "cites": list(s.cites)} for s in answered.draft.suggestions]
        if answered
        else [],
        "retrieved": [
            {"card": passage.card.id, "topics": list(passage.card.head.topics), "score": round(passage.score, 4)}
            for passage in passages
        ],
        "dropped": answered.dropped if answered else 0,
        "reply": reply.text,
        "writer": _writer(answered) if answered else None,
        "ms": consultation.milliseconds,
    }


def _writer(answered: Answered) -> dict[str, Any]:
    draft = answered.draft
    return {
        "name": draft.writer,
        "prompt": draft.prompt.name if draft.prompt else None,
        "version": draft.prompt.version if draft.prompt else None,
        "hash": draft.prompt.digest if draft.prompt else None,
        "fell_back": draft.fell_back,
        "missing": answered.missing,
        "filled": answered.filled,
        "judge": answered.judge,
    }
