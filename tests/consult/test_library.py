"""Looking things up in the cards: suggestions, titles, searches, and what may not pass."""

from hypothesis import given
from hypothesis import strategies as st

from bot import app
from bot.consult.library import SUGGESTIONS, Library
from bot.safety.verdicts import Redaction
from knowledge.entry import Corpus
from knowledge.loader import load_corpus
from tests.consult.fakes import FakePrivacyScreen, FakeRetriever, found


def _library(corpus: Corpus, *, journal: list[tuple[str, str]] | None = None) -> Library:
    return Library(
        corpus=corpus,
        retriever=FakeRetriever(found(*corpus.cards[:8]), journal=journal),
        privacy=FakePrivacyScreen(Redaction("as redacted")),
        choose=lambda cards: cards[-1],
    )


_SHIPPED = _library(load_corpus())


async def test_what_is_searched_for_is_the_redacted_text(corpus: Corpus) -> None:
    journal: list[tuple[str, str]] = []
    result = await _library(corpus, journal=journal).search("as typed")

    assert journal == [("retrieve", "as redacted")]
    assert result is not None
    assert result.cards == corpus.cards[:6]


async def test_nothing_is_found_for_no_words(corpus: Corpus) -> None:
    journal: list[tuple[str, str]] = []
    retriever = FakeRetriever(found(*corpus.cards[:8]), journal=journal)
    result = await Library(corpus=corpus, retriever=retriever, privacy=FakePrivacyScreen()).search(" \n ")

    assert result is not None
    assert result.cards == ()
    assert journal == []


def test_titles_come_before_asks_and_whole_words_before_parts_of_words(corpus: Corpus) -> None:
    titles = [card.head.title.casefold() for card in corpus.cards]
    library = _library(corpus)
    suggested = library.suggest("late")

    begins = [f" {'late'}" in f" {one.text.casefold()}" for one in suggested]
    assert begins == sorted(begins, reverse=True)
    are_titles = [one.text.casefold() in titles for one, begin in zip(suggested, begins, strict=True) if begin]
    assert are_titles == sorted(are_titles, reverse=True)


def test_a_card_is_found_by_id_and_by_title_however_it_is_typed(corpus: Corpus) -> None:
    library, card = _library(corpus), corpus.cards[5]

    assert library.find(card.id) is card
    assert library.find(f"  {card.head.title.upper()}\n") is card
    assert library.find("no card of ours") is None
    assert library.any_card() is corpus.cards[-1]


@given(st.text(st.characters(), max_size=80), st.booleans())
def test_suggestions_hold_every_word_typed_whatever_is_typed(typed: str, titles_only: bool) -> None:  # noqa: FBT001
    suggested = _SHIPPED.suggest(typed, titles_only=titles_only)

    assert len(suggested) <= SUGGESTIONS
    assert all(word in one.text.casefold() for one in suggested for word in typed.casefold().split())


async def test_a_screen_that_fails_lets_nothing_pass(corpus: Corpus) -> None:
    journal: list[tuple[str, str]] = []
    retriever = FakeRetriever(found(*corpus.cards[:8]), journal=journal)
    library = Library(corpus=corpus, retriever=retriever, privacy=FakePrivacyScreen(RuntimeError("boom")))

    assert await library.redact("as typed") is None
    assert await library.search("as typed") is None
    assert journal == []


async def test_the_real_library_finds_cards_for_words_of_a_counselor(services: app.Services) -> None:
    result = await services.library.search("she just says fine and changes the subject")

    assert result is not None
    assert result.removed == ()
    assert any("withdraw" in " ".join(card.head.topics) for card in result.cards)
