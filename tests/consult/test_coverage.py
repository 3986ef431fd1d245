"""Coverage: whether what was found answers the question at all."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import Services
from bot.consult.coverage import is_bare, judge
from knowledge.entry import Corpus
from knowledge.retrieval import Found, Retrieved

QUESTION = "she went quiet after my joke and i do not know how to repair it"


def _retrieved(corpus: Corpus, nearness: float, overlap: float = 0.0, fit: float = 0.0) -> Retrieved:
    return Retrieved((Found(corpus.cards[0], 1.0, nearness, overlap, 1.0, fit),), {})


@pytest.mark.parametrize(("text", "too_thin"), [("", True), ("help me now", True), ("can you help me", False)])
def test_nothing_found_covers_nothing_and_a_short_question_is_too_thin(text: str, *, too_thin: bool) -> None:
    coverage = judge(text, Retrieved((), {}), outside=-1.0)
    assert not coverage.covered
    assert coverage.probability == 0.0
    assert coverage.too_thin is too_thin


def test_a_question_like_the_cards_own_is_covered(services: Services) -> None:
    coverage = judge(QUESTION, services.retriever.retrieve(QUESTION), outside=-1.0)
    assert coverage.covered
    assert not coverage.too_thin


def test_a_question_about_something_else_is_not_covered(services: Services) -> None:
    question = "qwertz blorp zzxy snargle"
    coverage = judge(question, services.retriever.retrieve(question), outside=-1.0)
    assert not coverage.covered
    assert not coverage.too_thin


def test_a_short_question_that_is_covered_is_not_too_thin(corpus: Corpus) -> None:
    coverage = judge("client angry again", _retrieved(corpus, 1.0, 20.0, 2.0), outside=-1.0)
    assert coverage.covered
    assert not coverage.too_thin


@given(near=st.floats(-1, 1), overlap=st.floats(0, 500), fit=st.floats(-50, 50), words=st.integers(0, 5000))
def test_the_probability_is_one_and_rises_with_the_evidence(
    corpus: Corpus, near: float, overlap: float, fit: float, words: int
) -> None:
    text = "word " * words
    coverage = judge(text, _retrieved(corpus, near, overlap, fit), outside=0.0)
    assert 0.0 <= coverage.probability <= 1.0
    assert not math.isnan(coverage.probability)
    assert judge(text, _retrieved(corpus, near, overlap + 1, fit), outside=0.0).probability >= coverage.probability


@pytest.mark.parametrize("question", ["hm", "ok", "thx", "sad", "mm yes", "", "?!"])
def test_a_word_or_two_are_asked_back_about(question: str) -> None:
    assert is_bare(question)
