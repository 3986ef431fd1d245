"""What is kept of a conversation."""

from bot.consult.outcome import Abstained, CrisisReferral, Outcome
from bot.consult.thread import Thread
from bot.safety.verdicts import CALM, SCREEN_FAILED, Redaction


def _outcome(text: str) -> Outcome:
    return Abstained(question=Redaction(text), alarm=CALM, clarify=None)


def test_a_turn_is_kept_as_redacted() -> None:
    thread = Thread(lambda: 0.0)
    thread.add("Dana was late", _outcome("[name] was late"))
    thread.add("x" * 5000, _outcome(""))
    assert thread.turns == ("[name] was late",)


def test_a_turn_that_was_a_crisis_is_kept_as_typed_so_that_it_is_not_forgotten() -> None:
    thread = Thread(lambda: 0.0)
    thread.add("she wants to die", CrisisReferral(SCREEN_FAILED))
    assert thread.turns == ("she wants to die",)


def test_eight_turns_and_half_an_hour_are_kept() -> None:
    now = [0.0]
    thread = Thread(lambda: now[0])
    for number in range(10):
        thread.add("", _outcome(f"turn {number}"))
    assert thread.turns == tuple(f"turn {number}" for number in range(2, 10))
    now[0] = 1500.0
    thread.add("", _outcome("later"))
    now[0] = 2000.0
    assert thread.turns == ("later",)
