"""What is said to a reflection rests on the cards, and only on what stands in the reflection."""

from dataclasses import replace

import pytest

from bot.consult import responding
from bot.consult.feelings import Feeling, Felt
from bot.consult.outcome import Abstained
from bot.consult.reading import UNREAD, Marker, Reading
from bot.consult.reflection import UNREADABLE, Reflection
from bot.consult.reply import Composer, Role
from bot.consult.responding import grounds, response
from bot.consult.share import Told
from bot.safety.verdicts import CALM, Redaction, Removal
from knowledge.entry import Corpus
from knowledge.screens import load_safety_texts
from tests.cogs.fakes import answered

_QUIET = Reading(marker=Marker.WITHDRAWAL, signs=("went quiet",))


def _said(reflection: Reflection | None, corpus: Corpus, read: Reading = UNREAD) -> str:
    return "\n".join(statement.text for statement in response(reflection, read, corpus))


@pytest.mark.parametrize("feeling", Feeling)
def test_every_feeling_is_met_with_a_passage_and_its_own_word(feeling: Feeling, corpus: Corpus) -> None:
    said = _said(Reflection(felt="so", feeling=Felt(feeling, "such a word")), corpus)
    assert 'You wrote "such a word". It may' in said
    (unit,) = grounds(Reflection(feeling=Felt(feeling, "so")), UNREAD, corpus)
    assert corpus.units[unit].text.split()[0] in said


def test_a_client_made_the_whole_explanation_is_met_with_a_kind_question_for_ones_own_share(corpus: Corpus) -> None:
    trait = Reflection(between="resistant", told=Told.CLIENT, trait=True)
    assert "what did you do, or leave out" in _said(trait, corpus)
    assert grounds(trait, UNREAD, corpus) == ("why-we-miss-it#c2",)
    deed = Reflection(between="she left", told=Told.CLIENT)
    assert grounds(deed, UNREAD, corpus) == ("what-counts-as-a-rupture#s1",)


def test_oneself_made_the_whole_explanation_is_met_with_the_other_side(corpus: Corpus) -> None:
    assert "from their side" in _said(Reflection(between="I failed", told=Told.SELF), corpus)


def test_a_marker_is_told_once_with_its_sign(corpus: Corpus) -> None:
    reflection = Reflection(between="she went quiet", rupture=_QUIET)
    assert '"went quiet"' in _said(reflection, corpus)
    assert '"went quiet"' not in _said(reflection, corpus, read=_QUIET)


@pytest.mark.parametrize("told", [Told.BOTH, Told.NONE])
def test_where_nothing_is_sure_no_name_is_put_to_it(told: Told, corpus: Corpus) -> None:
    assert _said(Reflection(between="this and that", told=told), corpus).startswith("I put no name to it.")


def test_who_did_not_reflect_is_told_nothing_and_who_could_not_be_read_is_told_so(corpus: Corpus) -> None:
    assert response(None, UNREAD, corpus) == ()
    assert "left it unread" in _said(UNREADABLE, corpus)
    assert grounds(UNREADABLE, UNREAD, corpus) == ()


def test_the_first_part_of_an_answer_takes_up_the_reflection_and_numbers_its_source(corpus: Corpus) -> None:
    outcome = answered(corpus)
    removed = (Removal("name", 1),)
    reflected = Reflection(between="she is resistant", told=Told.CLIENT, trait=True, removed=removed)
    composer = Composer(corpus, load_safety_texts("us"))
    reply = composer.compose(replace(outcome, reflection=reflected))
    roles = [part.role for part in reply.parts]
    assert roles[:2] == [Role.PRIVACY, Role.REFLECTED]
    assert roles.index(Role.REFLECTED) < roles.index(Role.READING)
    assert reply.parts[1].text.startswith(responding.HEADING)
    assert reply.parts[1].text.endswith("]")
    assert "1 name" in reply.parts[0].text


def test_a_question_that_no_card_covers_is_answered_on_what_was_reflected_with_its_sources(corpus: Corpus) -> None:
    outcome = Abstained(
        question=Redaction("q"), alarm=CALM, clarify=None, reflection=Reflection(between="I failed", told=Told.SELF)
    )
    reply = Composer(corpus, load_safety_texts("us")).compose(outcome)
    assert [part.role for part in reply.parts] == [Role.REFLECTED, Role.TEXT, Role.SOURCES]
    assert reply.text.endswith(reply.close)
