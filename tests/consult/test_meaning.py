"""What is measured of a statement beside what it cites, and that the shipped model tells a few plain cases apart."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.consult.cues import cues
from bot.consult.grounding import Grounder, Verdict
from bot.consult.meaning import SourceReader, measure
from bot.consult.outcome import Statement
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.support import load_support_model

_SOURCE = "Ask once, then wait. It may be a day before they answer."


@pytest.fixture(scope="module")
def reader(embedder: MiniLmEmbedder) -> SourceReader:
    """Reads with the shipped embedder."""
    return SourceReader(embedder)


@pytest.fixture(scope="module")
def grounder(corpus: Corpus, embedder: MiniLmEmbedder) -> Grounder:
    """Grounding with the shipped model and no privacy screen."""
    return Grounder(corpus=corpus, reader=embedder, support=load_support_model())


def test_a_statement_in_its_sources_words_is_as_like_as_can_be(reader: SourceReader) -> None:
    found = measure(_SOURCE, [_SOURCE], reader).cues
    assert found["new"] == 0
    assert [found[name] for name in ("words", "worst word", "unit", "worst sentence", "worst clause")] == pytest.approx(
        [1.0] * 5, abs=1e-3
    )


@given(st.text(max_size=80))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_measured(reader: SourceReader, text: str) -> None:
    found = measure(text, [_SOURCE], reader)
    assert found.own.shape[1] == found.sources.shape[1] == 384
    assert all(-1.01 <= value <= 1.01 for value in found.cues.values())


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("never ask; wait.", "negated alone"),
        ("it is a day before they answer.", "hedge lost"),
        ("asking always works.", "absolute"),
        ("ask once, so that they feel safe.", "new reason"),
        ("ask first.", "new step"),
    ],
)
def test_a_cue_is_seen_where_it_stands_and_not_in_the_source_itself(text: str, cue: str) -> None:
    source = "ask once. it may be a day." if cue == "new step" else _SOURCE.casefold()
    assert cues(text, source, [(text, source)], twisted=False)[cue] == 1
    assert cues(source, source, [(source, source)], twisted=False)[cue] == 0


def test_the_shipped_model_reads_the_cues_that_are_measured(
    corpus: Corpus, embedder: MiniLmEmbedder, grounder: Grounder
) -> None:
    unit = corpus.units["silence#s2"]
    found = grounder.measure("Wait a little longer.", [unit], SourceReader(embedder))
    card = load_support_model().card
    assert tuple(found.cues) == card.cues
    assert card.embedder == embedder.name


@pytest.mark.parametrize(
    ("text", "cite", "verdict"),
    [
        ("Say sorry once, then be quiet and let them answer.", "apology-short-and-specific#s2", Verdict.GROUNDED),
        ("Ask what the wait was like before you offer a fix.", "lateness-counselor-late#s2", Verdict.GROUNDED),
        ("Send the client a gift to make up for it.", "apology-short-and-specific#s2", Verdict.UNGROUNDED),
        ("Never ask what the wait was like; offer a fix.", "lateness-counselor-late#s2", Verdict.UNGROUNDED),
    ],
)
def test_plain_cases_are_told_apart(corpus: Corpus, grounder: Grounder, text: str, cite: str, verdict: Verdict) -> None:
    assert grounder.verdict(Statement(text, (cite,)), corpus.units) is verdict


@pytest.mark.parametrize("text", ["What the two of you did matters.", "Take half a minute."])
def test_who_is_not_how_many_and_half_a_minute_is_thirty_seconds(corpus: Corpus, text: str) -> None:
    unit = corpus.units["deliberate-practice#s5"]
    assert Grounder(corpus=corpus).words_stand(text, [unit], "")
