"""A feeling of one's own is named where it is plain, and another's, or one that is denied, is not."""

import pytest

from bot.consult.feelings import Feeling, Felt, feeling_in


@pytest.mark.parametrize(
    ("felt", "found"),
    [
        ("Relieved when she cancelled", Felt(Feeling.PULL, "Relieved")),
        ("annoyed, and under it ashamed", Felt(Feeling.SHAME, "ashamed")),
        ("not angry, only tired", Felt(Feeling.UNEASE, "tired")),
        ("I didn't feel so angry", None),
        ("she was angry", None),
        ("he's furious", None),
        ("nothing much", None),
        ("", None),
    ],
)
def test_the_feeling_that_weighs_most_is_named_by_its_own_word(felt: str, found: Felt | None) -> None:
    assert feeling_in(felt) == found
