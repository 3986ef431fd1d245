"""What stands sealed in a public button is read by the bot alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.router import LONGEST_ID, custom_id
from bot.cogs.seal import ROOM, Seal
from bot.safety.verdicts import Audience, Danger

_TEXTS = st.text(st.characters(codec="ascii", exclude_characters=" "), max_size=ROOM).filter(
    lambda text: text == text.rstrip()
)


@given(_TEXTS, st.text())
def test_a_sealed_text_opens_with_the_same_secret_after_a_restart(text: str, about: str) -> None:
    sealed = Seal("token").close(text, about)

    assert Seal("token").open(sealed, about) == text
    assert Seal("another").open(sealed, about) is None
    assert Seal("token").open(sealed, about + "1") is None


@given(st.text())
def test_what_was_never_sealed_opens_to_nothing(text: str) -> None:
    assert Seal("token").open(text, "1") is None


def test_sealed_texts_are_of_one_length_and_never_alike() -> None:
    sealed = [Seal("token").close(text, "1") for text in ("", "suicide:self:es", "suicide:self:es")]

    assert len({len(each) for each in sealed}) == 1
    assert len(set(sealed)) == 3
    assert not any("suicide" in each for each in sealed)


def test_every_kind_of_danger_fits_into_a_custom_id() -> None:
    for danger in Danger:
        for audience in Audience:
            sealed = Seal("token").close(f"{danger.value}:{audience.value}:es", "1" * 20)
            assert len(custom_id("steps", "1" * 20, sealed)) <= LONGEST_ID


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        Seal("token").close("x" * (ROOM + 1), "1")
