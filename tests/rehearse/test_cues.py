"""The signs: the same numbers for the same line, whatever it holds, and what the sharp ones tell apart."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearse.cues import flags
from bot.rehearse.signs import acts, asks, defends, explains, first_move, many_apologies, owns, said, sentences


@given(st.text())
def test_any_line_has_as_many_signs_as_every_other(line: str) -> None:
    found = flags(line)
    assert found.shape == flags("").shape
    assert set(np.unique(found)) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("Okay, well, the reason I asked is simple. Sorry.", "the reason i asked is simple."),
        ("I was late. What was it like?", "i was late."),
        ("Mm.", "mm."),
        ("", ""),
    ],
)
def test_the_first_move_stands_behind_the_small_words(line: str, first: str) -> None:
    assert first_move(said(line)) == first


def test_words_typed_short_are_read_and_quotations_are_not() -> None:
    assert said("u weren't ur \N{LEFT DOUBLE QUOTATION MARK}never mind\N{RIGHT DOUBLE QUOTATION MARK}, im sure") == (
        "you weren't your QUOTE, i'm sure"
    )
    assert sentences("I was late. Oh! What now?") == ["I was late.", "What now?"]


@pytest.mark.parametrize(
    ("sign", "there", "absent"),
    [
        (owns, "I cut you off twice.", "You went quiet after I cut you off."),
        (owns, "That was my mistake.", "It's hardly my mistake."),
        (owns, "I'm sorry I missed your call.", "I'm sorry you took it that way."),
        (owns, "The clinic moved you. I didn't check, that's on me.", "I only interrupted because we were late."),
        (acts, "I handed you a form.", "Since I handed you a form it's been stiff."),
        (acts, "I called you by the wrong name.", "I called because you asked me to."),
        (asks, "How did that land?", "You look tired."),
        (explains, "The reason I asked is the form.", "I hear that. How was it?"),
        (explains, "Because of the lag I spoke over you.", "Why did you ask?"),
        (explains, "It's clinic policy to ask.", "You stopped talking after my joke."),
        (defends, "I never said that.", "I said the wrong thing."),
        (defends, "I hear you, but you did agree to it.", "I hear you, and I was wrong."),
        (defends, "Don't you think you're being hard on me?", "What do you think I missed?"),
        (many_apologies, "Sorry, sorry, I'm so sorry.", "I'm sorry."),
    ],
)
def test_a_sharp_sign_is_there_or_not(sign: Callable[[str], bool], there: str, absent: str) -> None:
    assert sign(said(there))
    assert not sign(said(absent))
