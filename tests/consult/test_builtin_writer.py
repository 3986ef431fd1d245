"""The built-in writer and brevity, over every card and every pair of cards of the shipped corpus."""

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.consult import brevity
from bot.consult.builtin_writer import NAME, BuiltInWriter
from bot.consult.grounding import Grounder, Verdict
from bot.consult.outcome import Answered, Draft, Passage, Statement
from bot.consult.reply import Composer, Role
from bot.safety.verdicts import CALM, Redaction
from knowledge.entry import Card, Corpus, Section, Unit
from knowledge.loader import load_corpus
from knowledge.retrieval import Retrieved
from knowledge.screens import load_safety_texts

CORPUS = load_corpus()
NO_NEARNESS = Retrieved((), {})
LONGEST_FIRST = Retrieved((), {unit.id: float(len(unit.text.split())) for unit in CORPUS.units.values()})
"""Makes the writer take each section's longest units: no question can make an answer longer."""

GROUNDER = Grounder()


def _passages(*cards: Card, second_score: float = 1.0) -> tuple[Passage, ...]:
    return tuple(Passage(card, 1.0 if place == 0 else second_score) for place, card in enumerate(cards))


def _statements(draft: Draft) -> list[Statement]:
    return [one for one in (draft.reading, *draft.suggestions, draft.wording, draft.watch) if one]


def _words_before_sources(draft: Draft, cards: Iterable[Card], composer: Composer) -> int:
    answered = Answered(question=Redaction(""), alarm=CALM, draft=draft, passages=_passages(*cards), dropped=0)
    parts = composer.compose(answered).parts
    return sum(len(part.text.split()) for part in parts if part.role is not Role.SOURCES)


@pytest.fixture(scope="module")
def composer(corpus: Corpus) -> Composer:
    """The composer of the region with the longest texts."""
    return Composer(corpus, load_safety_texts("us"))


def _problems(draft: Draft, cards: tuple[Card, ...], composer: Composer) -> list[str]:
    """Return what is wrong with the answer that a draft becomes."""
    allowed = {unit.id: unit for card in cards for unit in card.units}
    verdicts = [GROUNDER.verdict(one, allowed) for one in _statements(draft)]
    dropped = len(verdicts) - verdicts.count(Verdict.GROUNDED)
    short = brevity.shorten(draft)
    shown = _statements(short)
    often = [text for text, count in Counter(one.text for one in shown).items() if count > 1]
    words = _words_before_sources(short, cards, composer)
    problems = [f"stands twice: {text}" for text in often]
    if words > brevity.MOST_WORDS:
        problems.append(f"{words} words")
    if short.watch is None or short.watch.cites[0] not in {u.id for u in cards[0].section(Section.CAUTION)}:
        problems.append("no caution of the first card")
    if dropped:
        problems.append(f"{dropped} statements are not grounded")
    if any(CORPUS.units[cite].text != one.text for one in shown for cite in one.cites):
        problems.append("a text is not the card's own")
    return [f"{' + '.join(card.id for card in cards)}: {problem}" for problem in problems]


@pytest.mark.parametrize("retrieved", [NO_NEARNESS, LONGEST_FIRST], ids=["in the card's order", "longest units"])
def test_every_card_alone_makes_a_short_answer_of_its_own_units_with_its_caution(
    composer: Composer, retrieved: Retrieved
) -> None:
    writer = BuiltInWriter()
    problems = [
        problem
        for card in CORPUS.cards
        for problem in _problems(writer.compose(_passages(card), retrieved), (card,), composer)
    ]
    assert problems == []


def test_every_pair_of_cards_makes_a_short_answer_that_says_nothing_twice(composer: Composer) -> None:
    writer = BuiltInWriter()
    problems = [
        problem
        for first in CORPUS.cards
        for second in CORPUS.cards
        if first is not second
        for problem in _problems(writer.compose(_passages(first, second), LONGEST_FIRST), (first, second), composer)
    ]
    assert problems == []


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_near_the_question_the_answer_stays_short_and_says_nothing_twice(data: st.DataObject) -> None:
    cards = data.draw(st.lists(st.sampled_from(CORPUS.cards), min_size=1, max_size=4, unique_by=lambda card: card.id))
    near = {unit.id: data.draw(st.floats(-1, 1), label=unit.id) for card in cards[:2] for unit in card.units}
    score = data.draw(st.floats(0, 1), label="second score")
    draft = BuiltInWriter().compose(_passages(*cards, second_score=score), Retrieved((), near))
    assert _problems(draft, tuple(cards), Composer(CORPUS, load_safety_texts("us"))) == []


def _two(corpus: Corpus) -> tuple[Card, Card]:
    first, second = [card for card in corpus.cards if len(card.section(Section.SUGGESTION)) >= 4][:2]
    return first, second


@pytest.mark.parametrize(("score", "from_second"), [(0.9, 1), (0.89, 0)])
def test_a_second_card_gives_one_suggestion_where_its_score_earns_it(
    corpus: Corpus, score: float, from_second: int
) -> None:
    first, second = _two(corpus)
    draft = BuiltInWriter().compose(_passages(first, second, second_score=score), NO_NEARNESS)
    cards = [corpus.units[one.cites[0]].card_id for one in draft.suggestions]
    assert cards == [first.id] * (3 - from_second) + [second.id] * from_second


def test_a_third_card_gives_nothing(corpus: Corpus) -> None:
    first, second = _two(corpus)
    third = next(card for card in corpus.cards if card not in (first, second))
    passages = (Passage(first, 1.0), Passage(second, 0.1), Passage(third, 1.0))
    draft = BuiltInWriter().compose(passages, NO_NEARNESS)
    assert {corpus.units[one.cites[0]].card_id for one in draft.suggestions} == {first.id}


def test_suggestions_near_the_question_are_taken_and_stay_in_the_cards_order(corpus: Corpus) -> None:
    first, _ = _two(corpus)
    units = first.section(Section.SUGGESTION)
    near = {units[3].id: 0.9, units[1].id: 0.8}
    draft = BuiltInWriter().compose(_passages(first), Retrieved((), near))
    assert [one.cites for one in draft.suggestions] == [(units[0].id,), (units[1].id,), (units[3].id,)]


async def test_the_writer_leaves_the_question_alone_and_says_who_wrote(corpus: Corpus) -> None:
    first, _ = _two(corpus)
    writer = BuiltInWriter()
    draft = await writer.write("any question", _passages(first), NO_NEARNESS)
    assert draft == writer.compose(_passages(first), NO_NEARNESS)
    assert draft.writer == NAME
    assert not draft.fell_back
    assert (draft.reflect, draft.supervision) == (first.head.reflect, first.head.supervision)


def _long(words: int) -> Statement:
    return Statement(" ".join(["word"] * words), ("a#s1",))


def _draft(suggestions: list[int], *, wording: int = 10, reading: int = 10) -> Draft:
    return Draft(
        suggestions=tuple(_long(words) for words in suggestions),
        reading=_long(reading),
        wording=_long(wording),
        watch=_long(25),
        reflect="What did I feel?",
        supervision="What might I be missing?",
        writer="fake:model",
    )


def test_an_answer_that_fits_is_left_as_it_is() -> None:
    draft = _draft([30, 30, 30])
    assert brevity.shorten(draft) == draft


def test_the_last_suggestions_go_first_and_two_stay() -> None:
    short = brevity.shorten(_draft([50, 51, 52, 53, 54]))
    assert [len(one.text.split()) for one in short.suggestions] == [50, 51]
    assert short.wording is not None


def test_then_the_wording_goes() -> None:
    short = brevity.shorten(_draft([60, 60, 60], wording=60))
    assert len(short.suggestions) == 2
    assert short.wording is None
    assert short.reading is not None


def test_then_the_reading_goes_and_what_to_watch_for_stays() -> None:
    short = brevity.shorten(_draft([80, 80, 80], reading=40))
    assert short.reading is None
    assert short.watch == _long(25)


def test_every_unit_of_a_card_can_be_cited_by_its_id(corpus: Corpus) -> None:
    units: list[Unit] = [unit for card in corpus.cards for unit in card.units]
    assert len(corpus.units) == len(units)
