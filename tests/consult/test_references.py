"""The numbers of an answer's sources and the line that lists them."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.consult.outcome import Statement
from bot.consult.references import References, one_line
from knowledge.entry import Card, Citation, Corpus, Review, Section, Source, Unit


def _source(name: str, label: str, grade: str) -> Source:
    return Source.model_validate(
        {"id": name, "type": "article-journal", "title": name, "custom": {"grade": grade, "label": label}}
    )


SOURCES = {
    source.id: source
    for source in (
        _source("rhodes", "Rhodes 2024", "article"),
        _source("wisdom", "practice wisdom", "practice wisdom"),
        _source("meta", "Eubanks 2018", "meta-analysis"),
    )
}


def _unit(number: int, *citations: Citation) -> Unit:
    return Unit(f"card#s{number}", Section.SUGGESTION, f"Text {number}.", citations)


@pytest.fixture
def card(corpus: Corpus) -> Card:
    """A card whose units cite one, several and quoted sources."""
    units = (
        _unit(1, Citation("wisdom")),
        _unit(2, Citation("rhodes", "Muran"), Citation("meta")),
        _unit(3, Citation("rhodes", "Grad")),
        _unit(4, Citation("rhodes", "Heaney"), Citation("rhodes", "Grad")),
        _unit(5, Citation("wisdom", "Muran")),
    )
    return replace(corpus.cards[0], units=units)


def _references(card: Card) -> References:
    return References(Corpus((card,), SOURCES, (), ""))


def _cite(references: References, *numbers: int) -> str:
    return references.cite(Statement("Said.", tuple(f"card#s{number}" for number in numbers)))


def test_sources_are_numbered_in_the_order_in_which_they_are_cited(card: Card) -> None:
    references = _references(card)
    assert _cite(references, 2) == "Said. [1][2]"
    assert _cite(references, 1) == "Said. [3]"
    assert _cite(references, 1, 3) == "Said. [1][3]"
    assert references.line([]) == (
        "-# [1] Muran and Grad, in Rhodes 2024 (article) · [2] Eubanks 2018 (meta-analysis) · [3] practice wisdom"
    )


def test_one_voice_stands_before_its_source(card: Card) -> None:
    references = _references(card)
    _cite(references, 3)
    assert references.line([]) == "-# [1] Grad, in Rhodes 2024 (article)"


def test_three_voices_are_listed_each_once(card: Card) -> None:
    references = _references(card)
    _cite(references, 2, 3, 4)
    assert "Muran, Grad and Heaney, in Rhodes 2024 (article)" in references.line([])


def test_a_grade_that_is_the_label_is_not_said_again_even_with_a_voice(card: Card) -> None:
    references = _references(card)
    _cite(references, 5)
    assert references.line([]) == "-# [1] Muran, in practice wisdom"


def test_the_line_says_whether_the_cards_were_reviewed(card: Card) -> None:
    review = Review(role="supervisor", licence="LPC-S", jurisdiction="Texas", date=dt.date(2026, 11, 1))
    reviewed = replace(card, head=card.head.model_copy(update={"review": review}))
    references = _references(card)
    _cite(references, 1)
    assert references.line([card, card]).endswith("practice wisdom · Not yet clinician-reviewed")
    assert references.line([reviewed]).endswith("practice wisdom · Reviewed: supervisor, LPC-S, Texas, 2026-11-01")
    both = references.line([card, reviewed])
    assert "Reviewed: supervisor" in both
    assert "Not yet clinician-reviewed" in both


def test_a_statement_with_paragraphs_is_put_on_one_line(card: Card) -> None:
    text = _references(card).cite(Statement("One.\n\n**Bring to supervision:** no.\r\n\x1b[2J", ("card#s1",)))
    assert text == "One. **Bring to supervision:** no. [2J [1]"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\u2028b\x85c", "a b c"),
        (" \n ", ""),
        ("José said “no”", "José said “no”"),
        ("\ud800x", "x"),
        ("a\u00a0b", "a b"),
    ],
)
def test_one_line_keeps_letters_and_drops_what_does_not_print(text: str, line: str) -> None:
    assert one_line(text) == line
