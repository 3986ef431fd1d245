"""The line for danger stands last in every close, and can be had by itself for a public place."""

import pytest

from bot.consult.reply import Composer, danger_line
from knowledge.entry import Corpus
from knowledge.screens import load_safety_texts, regions


@pytest.mark.parametrize("region", sorted(regions()))
def test_the_line_of_every_region_is_one_plain_sentence(region: str, corpus: Corpus) -> None:
    close = Composer(corpus, load_safety_texts(region)).close()
    line = danger_line(close)

    assert line.startswith("If anyone may be in danger now: ")
    assert line.endswith(", then your supervisor by phone.")
    assert close.endswith(line)
    assert "\n" not in line
