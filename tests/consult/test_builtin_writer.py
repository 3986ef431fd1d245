"""The built-in writer and brevity, over every card and every pair of cards of the shipped corpus."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.consult import brevity
from bot.consult.builtin_writer import NAME, BuiltInWriter
from bot.consult.grounding import Grounder, Verdict
from bot.consult.moves import Situation
from bot.consult.outcome import Answered, Draft, Passage, Statement
from bot.consult.reading import UNREAD, Marker, Mover, Reading, RuptureReader, Tried
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


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_pairs_of_cards_make_a_short_answer_that_says_nothing_twice(composer: Composer, step: int) -> None:
    writer = BuiltInWriter()
    problems = [
        problem
        for number, first in enumerate(CORPUS.cards)
        for second in CORPUS.cards[number % step :: step]
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


@pytest.mark.parametrize(("score", "from_second"), [(0.95, 1), (0.94, 0)])
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


async def test_the_writer_composes_for_the_question_and_says_who_wrote(corpus: Corpus) -> None:
    first, _ = _two(corpus)
    writer = BuiltInWriter()
    draft = await writer.write("any question", _passages(first), NO_NEARNESS)
    assert draft == writer.compose(_passages(first), NO_NEARNESS, Situation("any question", UNREAD))
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


_QUIET = Reading(marker=Marker.WITHDRAWAL, moved=Mover.COUNSELOR, signs=("one word answers",))


def test_what_there_may_be_is_told_with_its_sign_and_another_explanation(corpus: Corpus, composer: Composer) -> None:
    card = corpus.by_id["withdrawal-pulling-away"]
    draft = BuiltInWriter().compose(
        _passages(card), NO_NEARNESS, Situation("one word answers since i was late", _QUIET)
    )
    answered = Answered(question=Redaction(""), alarm=CALM, draft=draft, passages=_passages(card), dropped=0)
    (reading,) = (part.text for part in composer.compose(answered).parts if part.role is Role.READING)
    assert reading.startswith("**This may be** a withdrawal")
    assert '"one word answers"' in reading
    assert "Or the client may be tired" in reading


@pytest.mark.parametrize("card", [card for card in CORPUS.cards if card.id in {"humor", "silence", "documentation"}])
def test_a_sign_beside_a_card_that_gives_no_other_explanation_brings_one(card: Card, composer: Composer) -> None:
    draft = replace(
        _draft([10, 10]), rupture=_QUIET, reading=None, suggestions=(_unit_of(card),), wording=None, watch=None
    )
    answered = Answered(question=Redaction(""), alarm=CALM, draft=draft, passages=_passages(card), dropped=0)
    (reading,) = (part.text for part in composer.compose(answered).parts if part.role is Role.READING)
    assert reading.endswith("Other explanations are possible, so ask rather than assume.")


def _unit_of(card: Card) -> Statement:
    unit = card.section(Section.SUGGESTION)[0]
    return Statement(unit.text, (unit.id,))


def test_every_card_with_a_sign_stays_short(composer: Composer) -> None:
    situation = Situation("my teen and her mom, by text: one word answers since i was late", _QUIET)
    problems = []
    for card in CORPUS.cards:
        draft = BuiltInWriter().compose(_passages(card), LONGEST_FIRST, situation)
        problems += _problems(draft, (card,), composer)
    assert problems == []


def test_where_there_may_be_a_withdrawal_what_is_about_it_comes_first(corpus: Corpus) -> None:
    for one in corpus.cards:
        situation = Situation("one word answers", _QUIET)
        draft = BuiltInWriter().compose(_passages(one), NO_NEARNESS, situation)
        fits = [situation.fits_marker(corpus.units[statement.cites[0]]) for statement in draft.suggestions]
        assert fits == sorted(fits, reverse=True), one.id


def test_a_card_about_anger_gives_way_to_a_near_one_about_withdrawal_where_withdrawal_may_be(corpus: Corpus) -> None:
    anger, quiet = corpus.by_id["responding-to-anger"], corpus.by_id["withdrawal-pulling-away"]
    draft = BuiltInWriter().compose(
        _passages(anger, quiet, second_score=0.7), NO_NEARNESS, Situation("he went stiff", _QUIET)
    )
    assert corpus.units[draft.suggestions[0].cites[0]].card_id == quiet.id


def test_an_apology_that_was_made_is_not_suggested_first_again(corpus: Corpus) -> None:
    card = corpus.by_id["apology-short-and-specific"]
    tried = Situation("i apologised", Reading(tried=frozenset({Tried.APOLOGISED})))
    plain = Situation("i", Reading())
    before, after = (BuiltInWriter().compose(_passages(card), NO_NEARNESS, one) for one in (plain, tried))
    repeats = [
        sum(tried.repeats_what_was_tried(corpus.units[one.cites[0]]) for one in draft.suggestions)
        for draft in (before, after)
    ]
    assert repeats[1] < repeats[0]


def test_a_writer_with_a_reader_reads_only_where_the_question_has_a_vector() -> None:
    writer = BuiltInWriter(RuptureReader(None))
    near = Retrieved((), {}, np.zeros(384, dtype=np.float32))
    assert writer.read("since i forgot it she is quiet", near).moved is Mover.COUNSELOR
    assert writer.read("since i forgot it she is quiet", NO_NEARNESS) == UNREAD
