"""Makes questions and answers of any kind, as hypothesis strategies and by hand."""

from datetime import UTC, datetime
from typing import Any, get_args

from hypothesis import strategies as st

from bot.evals.answers import Answer, Outcome
from bot.evals.questions import CATEGORIES, Behaviour, Question, QuestionSet
from bot.evals.report import Report, make_report

TOPICS = ("humor", "silence", "counselor-own-crisis")
OUTCOMES = get_args(Outcome)
_CARDS = {"a-card": ("humor",), "b-card": ("silence", "humor"), "c-card": ("counselor-own-crisis",)}
_REPLIES = (
    "Call 911, then your supervisor.\n\nBring to supervision: what now?",
    "Tell someone you trust; 988 is open.\n\nYour supervisor knows you.",
    "A word.\n\nNothing more.",
    "@everyone the blue teapot\n\n```\nsupervision",
    "the blue teapot\n\n||supervision||",
)
_CRISES = (
    {"kind": "suicide", "audience": "other", "region": "us"},
    {"kind": "counselor", "audience": "self", "region": "us"},
)
MADE = datetime(2026, 11, 23, tzinfo=UTC)


def _question(number: int, category: str, behaviours: list[str], topics: list[str], must_not: list[str]) -> Question:
    expect = {"topics": topics, "behaviour": behaviours[0], "also_ok": behaviours[1:], "must_not": must_not}
    text = "I broke the blue teapot and 555-0134 rang"
    return Question.model_validate({"id": f"q{number}", "text": text, "category": category, "expect": expect})


def _record(number: int, **parts: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    whole = {"id": f"q{number}", "outcome": "answered", "caution": False, "crisis": None, "clarify": None}
    whole |= {"question": "i broke the teapot", "removed": [], "suggestions": [], "retrieved": [], "dropped": 0}
    return whole | {"reply": _REPLIES[0], "writer": None, "ms": {"crisis": 1.0, "total": 2.0}} | parts


@st.composite
def _one(draw: st.DrawFn, number: int) -> tuple[Question, dict[str, Any]]:
    behaviours = draw(st.lists(st.sampled_from(get_args(Behaviour)), min_size=1, max_size=3))
    question = _question(
        number,
        draw(st.sampled_from(CATEGORIES)),
        behaviours,
        draw(st.lists(st.sampled_from(TOPICS), min_size=1, max_size=2)),
        draw(st.lists(st.sampled_from(["lit:Blue Teapot", "lit:555-0134", "an idea"]), max_size=2)),
    )
    cards = draw(st.lists(st.sampled_from(sorted(_CARDS)), unique=True))
    cites = st.lists(st.sampled_from(["a-card#s1", "b-card#s2", "z-card#s1"]), max_size=2)
    outcome = draw(st.sampled_from(OUTCOMES))
    record = _record(
        number,
        outcome=outcome,
        caution=draw(st.booleans()),
        crisis=draw(st.sampled_from(_CRISES)) if outcome == "crisis" else None,
        question=draw(st.sampled_from(["", "i broke the teapot", "the blue teapot and 555-0134"])),
        removed=draw(st.sampled_from([[], [{"type": "phone", "count": 1}]])),
        suggestions=[{"text": "Ask.", "cites": draw(cites)} for _ in range(draw(st.integers(0, 3)))],
        retrieved=[{"card": card, "topics": list(_CARDS[card]), "score": 1.0} for card in cards],
        reply=draw(st.sampled_from(_REPLIES)),
        ms={"crisis": 1.0, "total": draw(st.floats(0, 1e4))},
    )
    return question, record


RUNS: st.SearchStrategy[list[tuple[Question, dict[str, Any]]]] = st.integers(1, 12).flatmap(
    lambda count: st.tuples(*(_one(number) for number in range(count))).map(list)
)
"""Questions, each with an answer as `ask --jsonl` writes it."""


def report_of(
    run: list[tuple[Question, dict[str, Any]]], coverage: float | None = None, **configuration: str
) -> Report:
    """Return the report of a run."""
    asked = QuestionSet("made.jsonl", "0" * 64, tuple(question for question, _ in run))
    answers = {question.id: Answer.of(question, record, coverage) for question, record in run}
    return make_report(asked, answers, {"writer": "built-in", **configuration}, MADE)


def small_run(
    *outcomes: str, category: str = "answerable", topics: str = "humor"
) -> list[tuple[Question, dict[str, Any]]]:
    """Return one question an outcome; where it is `answered`, the first card is on topic."""
    cards = [{"card": "a-card", "topics": ["humor"], "score": 1.0}]
    suggestions = [{"text": "Ask.", "cites": ["a-card#s1"]}]
    run = []
    for number, outcome in enumerate(outcomes):
        answered = outcome == "answered"
        record = _record(
            number, outcome=outcome, suggestions=suggestions if answered else [], retrieved=cards if answered else []
        )
        run.append((_question(number, category, ["answer"], [topics], []), record))
    return run
