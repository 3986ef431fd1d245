"""Properties that hold for every text that someone may type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.crisis import CrisisScreen
from bot.safety.identifiers import FORMS
from bot.safety.normalise import normalise
from bot.safety.privacy import PrivacyScreen
from bot.safety.scope import ScopeScreen
from bot.safety.sentences import sentences
from bot.safety.verdicts import Alarm, ScopeReading

_EMAIL = next(form for kind, form in FORMS if kind == "email")
_MARKS = st.sampled_from("ab.@ \n-_1\u0430\u0435\u0300\u0306\u200b\u00ad\ufe0f\uff11\u00e9\u2019[]()")
_ANY = st.text(max_size=2000) | st.text(_MARKS, max_size=200)
_EMAILS = st.lists(
    st.emails() | st.sampled_from(["jane dot doe at example dot com", "a (at) b (dot) org", "\u200b", "x@", ".com"]),
    max_size=20,
).map(" ".join)
_often = settings(max_examples=60, deadline=None)


@_often
@given(text=_ANY, thread=st.lists(st.text(max_size=200), max_size=2))
def test_the_crisis_screen_reads_any_text(crisis: CrisisScreen, text: str, thread: list[str]) -> None:
    assert isinstance(crisis.read(text, thread), Alarm)


@_often
@given(text=_ANY)
def test_the_scope_screen_reads_any_text(scope: ScopeScreen, text: str) -> None:
    assert isinstance(scope.read(text), ScopeReading)


@_often
@given(text=_ANY | _EMAILS)
def test_no_redacted_text_holds_the_form_of_an_email(privacy: PrivacyScreen, text: str) -> None:
    redaction = privacy.redact(text)

    assert redaction is None or not _EMAIL.search(redaction.text)


@_often
@given(text=_ANY)
def test_what_was_removed_is_counted_once_a_type_and_at_least_once(privacy: PrivacyScreen, text: str) -> None:
    redaction = privacy.redact(text)

    if redaction is not None:
        types = [removal.type for removal in redaction.removed]
        assert types == sorted(set(types))
        assert all(removal.count > 0 for removal in redaction.removed)


@_often
@given(text=_ANY)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@_often
@given(text=_ANY)
def test_a_text_always_has_sentences_and_at_most_forty(text: str) -> None:
    assert 1 <= len(sentences(text)) <= 40


@pytest.mark.parametrize(
    ("hidden", "plain"),
    [
        ("e\u200b\u0301", "\u00e9"),
        ("\u0430\u0300", "\u00e0"),
        ("\u0430\u0435\u043e", "aeo"),
        ("j a n e", "jane"),
        ("j.a.n.e", "jane"),
        ("\uff11\uff12", "12"),
        ("a b", "a b"),
    ],
)
def test_hidden_letters_become_plain_at_once(hidden: str, plain: str) -> None:
    assert normalise(hidden) == plain


def test_sentences_are_cut_at_ends_and_lines_and_short_ones_are_left_out() -> None:
    assert sentences("He was quiet today. Why? I asked him\nand he left early") == [
        "He was quiet today.",
        "I asked him",
        "and he left early",
    ]
    assert sentences("too short") == ["too short"]
    assert sentences("one two three.\n" * 60) == ["one two three."]


def test_the_last_sentences_of_a_very_long_message_are_read_too() -> None:
    found = sentences("\n".join(f"this is line {number}" for number in range(1000)))
    assert found[0] == "this is line 0"
    assert found[-1] == "this is line 999"
    assert len(found) < 300
