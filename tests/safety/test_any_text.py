"""Properties that hold for every text that someone may type."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.crisis import CrisisScreen
from bot.safety.identifiers import FORMS
from bot.safety.normalise import normalise
from bot.safety.privacy import PrivacyScreen
from bot.safety.scope import ScopeScreen
from bot.safety.verdicts import Alarm, ScopeReading
from bot.safety.windows import windows

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
@given(text=st.text(max_size=6000) | st.text(st.sampled_from("a. \n"), max_size=6000))
def test_windows_cover_a_text_and_share_what_stands_at_their_ends(text: str) -> None:
    found = windows(text)

    assert (found[0][0], found[-1][1]) == (0, len(text))
    assert all(end - start <= 900 for start, end in found)
    assert all(before[0] < after[0] < before[1] for before, after in pairwise(found))


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


def test_windows_are_cut_after_sentences_else_after_spaces() -> None:
    sentences = "She went quiet after I was late. " * 60
    words = "quiet " * 300

    assert all(sentences[:end].rstrip().endswith(".") for _, end in windows(sentences))
    assert all(words[:end].endswith(" ") for _, end in windows(words))
