"""A server's scope card under replies: in a crisis, where the law matters, and one small line elsewhere."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.outcome import Answered, CrisisReferral, Outcome, OutOfScope, Passage, Withheld
from bot.consult.reply import Composer, Role
from bot.consult.scope_card import scope_lines, with_scope
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Field, Level, Redaction
from bot.storage.scope_card import ScopeCard
from knowledge.entry import Corpus, Section
from knowledge.screens import load_safety_texts
from tests.cogs.fakes import answered
from tests.consult.outcomes import CORPUS, OUTCOMES, TEXTS

_CARD = ScopeCard("clinic", "LPC-Associate", "Texas.", "weekdays 8 to 6", "https://wiki.example.org/crisis")
_COMPOSER = Composer(CORPUS, load_safety_texts("us"))


def _said(outcome: Outcome, card: ScopeCard = _CARD) -> list[str]:
    reply = with_scope(_COMPOSER.compose(outcome), outcome, card)
    return [part.text for part in reply.parts if part.role is Role.SCOPE]


def _on(corpus: Corpus, topic: str) -> Answered:
    """Return an answer that rests on a card with this primary topic."""
    card = next(card for card in corpus.cards if card.primary_topic == topic)
    outcome = answered(corpus)
    cites = (card.section(Section.SUGGESTION)[0].id,)
    draft = replace(
        outcome.draft,
        suggestions=tuple(replace(one, cites=cites) for one in outcome.draft.suggestions),
        reading=None,
        watch=None,
    )
    return replace(outcome, draft=draft, passages=(Passage(card, 1.0),))


def test_steps_for_a_client_are_followed_by_on_call_hours_and_the_place_of_the_protocol() -> None:
    outcome = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
    reply = with_scope(_COMPOSER.compose(outcome), outcome, _CARD)

    assert [part.role for part in reply.parts][-2:] == [Role.SAFETY, Role.SCOPE]
    assert reply.parts[-1].text.splitlines()[1:] == [
        "- On call: weekdays 8 to 6",
        "- Crisis protocol: https://wiki.example.org/crisis",
    ]
    assert reply.close == _COMPOSER.compose(outcome).close


def test_steps_for_ones_own_danger_say_nothing_of_the_site() -> None:
    assert _said(CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE, Audience.SELF))) == []


def test_a_safety_line_is_followed_by_it_too() -> None:
    outcome = Withheld(Alarm(Level.CAUTION))
    roles = [part.role for part in with_scope(_COMPOSER.compose(outcome), outcome, _CARD).parts]
    assert roles == [Role.SAFETY, Role.SCOPE, Role.PRIVACY]


@pytest.mark.parametrize("topic", ["documentation", "informed-consent-and-limits", "telehealth-ruptures"])
def test_where_the_law_matters_the_jurisdiction_stands_under_the_answer(corpus: Corpus, topic: str) -> None:
    (line,) = _said(_on(corpus, topic))
    assert line.startswith("-# **Jurisdiction here, as this server's managers wrote it:** Texas. Its law")


def test_an_answer_on_danger_has_the_protocol_and_the_jurisdiction(corpus: Corpus) -> None:
    protocol, line = _said(_on(corpus, "crisis-abuse-reporting"))
    assert "Crisis protocol" in protocol
    assert "Texas" in line


def test_a_declined_question_of_law_names_the_jurisdiction_and_another_says_nothing() -> None:
    law = OutOfScope(question=Redaction("q"), alarm=CALM, field=Field.LAW)
    assert "Texas" in _said(law)[0]
    assert _said(replace(law, field=Field.HOMEWORK)) == []


def test_other_answers_get_one_small_line(corpus: Corpus) -> None:
    (line,) = _said(_on(corpus, "humor"))
    assert line == "-# **Here:** clinic; LPC-Associate. `/about` shows this server's scope card."
    assert _said(_on(corpus, "humor"), ScopeCard(on_call="weekdays")) == []
    assert _said(CrisisReferral(Alarm(Level.CRISIS)), ScopeCard(setting="clinic")) == []


@given(outcome=OUTCOMES, card=st.builds(ScopeCard, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS))
def test_whatever_a_card_says_the_rest_of_the_reply_stays_as_it_was(outcome: Outcome, card: ScopeCard) -> None:
    before = _COMPOSER.compose(outcome)
    after = with_scope(before, outcome, card)

    assert tuple(part for part in after.parts if part.role is not Role.SCOPE) == before.parts
    assert after.close == before.close
    assert all("\n\n" not in part.text for part in after.parts)


def test_a_card_in_words_leaves_out_what_was_not_said() -> None:
    assert scope_lines(ScopeCard(jurisdiction="Texas")) == ["- **Jurisdiction:** Texas"]
