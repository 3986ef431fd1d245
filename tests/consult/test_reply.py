"""The reply: what is said for each outcome, in which order, and that the close stands last whatever happens."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.outcome import (
    Abstained,
    Answered,
    CrisisReferral,
    Draft,
    Outcome,
    OutOfScope,
    Passage,
    Statement,
    Unavailable,
    Withheld,
)
from bot.consult.reply import Composer, Reply, Role
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Field, Level, Redaction, Removal
from knowledge.entry import Card, Corpus, Kind, Section
from knowledge.retrieval import Retrieved
from knowledge.screens import load_safety_texts, regions
from tests.consult.fakes import draft_of
from tests.consult.outcomes import CORPUS, OUTCOMES

CAUTION = Alarm(Level.CAUTION)
REDACTION = Redaction("my client [name] hates our new room", (Removal("date", 2), Removal("name", 1)))
COMPOSERS = {region: Composer(CORPUS, load_safety_texts(region)) for region in regions()}
US = COMPOSERS["us"]


def _situation(corpus: Corpus) -> Card:
    return next(card for card in corpus.cards if card.head.kind is Kind.SITUATION)


def _roles(reply: Reply) -> list[Role]:
    return [part.role for part in reply.parts]


def _text(reply: Reply, role: Role) -> str:
    return "\n".join(part.text for part in reply.parts if part.role is role)


def _answered(*cards: Card, draft: Draft | None = None, alarm: Alarm = CALM) -> Answered:
    passages = tuple(Passage(card, 1.0 / place) for place, card in enumerate(cards, 1))
    draft = draft or BuiltInWriter().compose(passages, Retrieved((), {}))
    return Answered(question=Redaction("how"), alarm=alarm, draft=draft, passages=passages, dropped=0)


@given(outcome=OUTCOMES, region=st.sampled_from(sorted(COMPOSERS)))
def test_every_reply_ends_with_a_close_that_names_supervision_whatever_was_written(
    outcome: Outcome, region: str
) -> None:
    reply = COMPOSERS[region].compose(outcome)
    assert reply.text.endswith(f"\n\n{reply.close}")
    assert reply.text.split("\n\n")[-1] == reply.close
    assert "supervis" in reply.close
    assert reply.text.count("\n\n") == len(reply.parts)


@given(outcome=OUTCOMES, region=st.sampled_from(sorted(COMPOSERS)))
def test_no_part_of_a_reply_holds_a_blank_line_or_a_control_character(outcome: Outcome, region: str) -> None:
    reply = COMPOSERS[region].compose(outcome)
    for text in (*(part.text for part in reply.parts), reply.close):
        assert all(line.strip() for line in text.splitlines())
        assert text.splitlines() == text.split("\n")
        assert all(letter.isprintable() or letter == "\n" for letter in text)
    assert reply.text.encode("utf-8")


@given(outcome=OUTCOMES, region=st.sampled_from(sorted(COMPOSERS)))
def test_the_steps_come_first_for_caution_and_stand_nowhere_for_calm(outcome: Outcome, region: str) -> None:
    texts = load_safety_texts(region)
    reply = COMPOSERS[region].compose(outcome)
    if outcome.alarm.level is Level.CAUTION:
        if isinstance(outcome, OutOfScope) and outcome.language:
            steps = [part.text for part in reply.parts if part.role is Role.SAFETY][-2:]
            assert steps == [texts.other["unknown"], texts.other_limits]
        else:
            own = outcome.alarm.audience is Audience.SELF
            said = texts.own_caution if own else texts.caution
            assert (reply.parts[0].role, reply.parts[0].text) == (Role.SAFETY, said)
            assert _roles(reply).count(Role.SAFETY) == 1
    elif outcome.alarm.level is Level.CALM:
        assert Role.SAFETY not in _roles(reply)
    else:
        assert set(_roles(reply)) == {Role.SAFETY}


@given(outcome=OUTCOMES, region=st.sampled_from(sorted(COMPOSERS)))
def test_every_reply_says_what_to_do_in_danger_in_the_words_of_its_region(outcome: Outcome, region: str) -> None:
    text = COMPOSERS[region].compose(outcome).text
    assert load_safety_texts(region).emergency in text
    if region == "neutral" and isinstance(outcome, Withheld | Unavailable | CrisisReferral):
        assert "911" not in text
        assert "988" not in text


@pytest.mark.parametrize("region", sorted(COMPOSERS))
def test_danger_to_someone_else_gives_the_steps_and_nothing_else(region: str) -> None:
    texts = load_safety_texts(region)
    reply = COMPOSERS[region].compose(CrisisReferral(Alarm(Level.CRISIS, Danger.ABUSE)))
    assert [part.text for part in reply.parts] == [texts.other["abuse"], texts.other_limits]
    assert reply.close == "**Next step:** your supervisor or on-call person, by phone. Repair can wait."


@pytest.mark.parametrize("region", sorted(COMPOSERS))
def test_danger_to_the_counselor_puts_the_person_before_the_work(region: str) -> None:
    texts = load_safety_texts(region)
    reply = COMPOSERS[region].compose(CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)))
    assert [part.text for part in reply.parts] == [texts.own, texts.own_limits]
    assert "a supervisor who is safe for you" in reply.close


@pytest.mark.parametrize("danger", [Danger.SUICIDE, Danger.COUNSELOR])
def test_a_text_that_nobody_has_reviewed_says_so_in_its_last_small_line(danger: Danger) -> None:
    audience = Audience.SELF if danger is Danger.COUNSELOR else Audience.OTHER
    crisis = US.compose(CrisisReferral(Alarm(Level.CRISIS, danger, audience)))
    caution = US.compose(Unavailable("write", CAUTION))
    for text in (crisis.parts[-1].text, caution.parts[0].text):
        assert text.splitlines()[-1] == "-# This text has not been reviewed by a licensed clinician."


@pytest.mark.parametrize("region", sorted(COMPOSERS))
def test_another_language_is_answered_in_it_then_with_the_steps_and_no_advice(region: str) -> None:
    texts = load_safety_texts(region)
    outcome = OutOfScope(question=Redaction(""), alarm=CAUTION, field=Field.OTHER, language="es")
    reply = COMPOSERS[region].compose(outcome)
    sentence, steps, limits, english = (part.text for part in reply.parts)
    assert sentence.startswith("Solo puedo responder en ingl\u00e9s.")
    assert (steps, limits) == (texts.other["unknown"], texts.other_limits)
    assert english.startswith("I can only answer in English")


def test_a_language_without_a_sentence_is_answered_in_english() -> None:
    outcome = OutOfScope(question=Redaction(""), alarm=CAUTION, field=Field.OTHER, language="el")
    assert _roles(US.compose(outcome)) == [Role.SAFETY, Role.SAFETY, Role.TEXT]


def test_a_crisis_told_in_another_language_gets_its_sentence_before_the_same_steps() -> None:
    alarm = Alarm(Level.CRISIS, Danger.SUICIDE)
    plain, told = US.compose(CrisisReferral(alarm)), US.compose(CrisisReferral(alarm, "fr"))
    assert told.parts[1:] == plain.parts
    assert told.parts[0].text.startswith("Je ne peux r\u00e9pondre")


@pytest.mark.parametrize("region", sorted(COMPOSERS))
def test_an_answer_follows_the_order_of_the_examples(corpus: Corpus, region: str) -> None:
    card = _situation(corpus)
    reply = COMPOSERS[region].compose(_answered(card))
    assert _roles(reply) == [
        Role.READING,
        Role.SUGGESTIONS,
        Role.WORDING,
        Role.WATCH,
        Role.REFLECT,
        Role.SOURCES,
    ]
    assert _text(reply, Role.SUGGESTIONS).splitlines()[0] == "**To consider**"
    assert [line[:3] for line in _text(reply, Role.SUGGESTIONS).splitlines()[1:]] == ["1. ", "2. ", "3. "]
    assert _text(reply, Role.REFLECT) == f"**Ask yourself:** {card.head.reflect}"
    assert reply.close.startswith(
        f'**Bring to supervision:** "{card.head.supervision}" Your supervisor knows your work'
    )
    danger = {"us": "911 (or your emergency number)", "neutral": "your emergency number"}[region]
    assert reply.close.endswith(f"\n-# If anyone may be in danger now: {danger}, then your supervisor by phone.")


def test_an_answer_with_caution_and_removals_says_both_before_the_answer(corpus: Corpus) -> None:
    answered = replace(_answered(_situation(corpus), alarm=CAUTION), question=REDACTION)
    reply = US.compose(answered)
    assert _roles(reply)[:3] == [Role.SAFETY, Role.PRIVACY, Role.READING]
    assert _text(reply, Role.PRIVACY).startswith("**I removed 2 date, 1 name before processing this.**")


def test_a_draft_with_little_in_it_leaves_the_empty_parts_out(corpus: Corpus) -> None:
    card = _situation(corpus)
    unit = card.units[0]
    reply = US.compose(_answered(card, draft=draft_of(Statement(unit.text, (unit.id,)))))
    assert _roles(reply) == [Role.SUGGESTIONS, Role.REFLECT, Role.SOURCES]


def test_an_answer_of_the_fallback_says_so(corpus: Corpus) -> None:
    card = _situation(corpus)
    answered = _answered(card)
    fell_back = replace(answered, draft=replace(answered.draft, fell_back=True))
    assert "language model could not be reached" in US.compose(fell_back).parts[0].text
    assert "language model" not in US.compose(answered).text


@pytest.mark.parametrize("kind", list(Kind))
def test_the_reading_of_what_is_known_is_called_worth_knowing(corpus: Corpus, kind: Kind) -> None:
    cards = [
        card
        for card in corpus.cards
        if card.head.kind is kind and not card.section(Section.READING)[0].text.startswith("This may be ")
    ]
    text = _text(US.compose(_answered(cards[0])), Role.READING)
    known = kind not in {Kind.MARKER, Kind.SITUATION}
    assert text.startswith("**Worth knowing:** " if known else "**What this may be:** ")


def test_a_reading_that_opens_with_this_may_be_gets_no_second_label(corpus: Corpus) -> None:
    card = _situation(corpus)
    unit = next(unit for unit in card.units if len(unit.citations) == 1)
    draft = draft_of(Statement("Ask.", (unit.id,)))
    draft = replace(draft, reading=Statement("This may be a withdrawal.", (unit.id,)))
    assert _text(US.compose(_answered(card, draft=draft)), Role.READING) == "**This may be** a withdrawal. [1]"


@pytest.mark.parametrize("field", list(Field))
def test_each_question_outside_the_purpose_names_its_right_person(field: Field) -> None:
    reply = US.compose(OutOfScope(question=REDACTION, alarm=CAUTION, field=field))
    assert _roles(reply) == [Role.SAFETY, Role.PRIVACY, Role.TEXT]
    said = _text(reply, Role.TEXT)
    assert "outside what I hold, and I won't guess." in said
    assert said.endswith("If something is strained between you and a client over it, ask me that.")
    assert "this question, in your own words, to your supervisor" in reply.close


def test_a_question_that_is_not_covered_is_told_what_is() -> None:
    reply = US.compose(Abstained(question=Redaction("x"), alarm=CALM, clarify=None))
    assert _roles(reply) == [Role.TEXT]
    assert "I won't guess" in reply.parts[0].text
    assert "strain in the alliance" in reply.parts[0].text


def test_a_thin_question_is_asked_back() -> None:
    reply = US.compose(Abstained(question=Redaction("x"), alarm=CAUTION, clarify="What happened?"))
    assert _roles(reply) == [Role.SAFETY, Role.TEXT]
    assert reply.parts[1].text == "What happened?"


def test_a_withheld_question_is_told_why_and_a_failed_one_that_its_words_were_not_kept() -> None:
    withheld, failed = US.compose(Withheld(CALM)), US.compose(Unavailable("write", CALM))
    assert _roles(withheld) == [Role.PRIVACY]
    assert "I did not process it" in withheld.parts[0].text
    assert _roles(failed) == [Role.TEXT]
    assert "your words were not kept" in failed.parts[0].text
    assert "write" not in failed.parts[0].text


def test_each_card_makes_a_reply_that_lists_every_number_it_uses_and_no_other() -> None:
    for card in CORPUS.cards:
        reply = US.compose(_answered(card))
        *body, sources = (part.text for part in reply.parts)
        used = {number for number in range(1, 30) if any(f"[{number}]" in text for text in body)}
        listed = {number for number in range(1, 30) if f"[{number}] " in sources}
        assert used == listed == set(range(1, len(listed) + 1)), card.id


def test_where_it_may_be_the_counselor_who_is_at_risk_the_safety_line_speaks_to_them(corpus: Corpus) -> None:
    alarm = Alarm(Level.CAUTION, Danger.COUNSELOR, Audience.SELF)
    texts = load_safety_texts("us")
    first, *_ = Composer(corpus, texts).compose(Withheld(alarm)).parts
    assert first.text == texts.own_caution
    assert "911" in first.text
    assert "someone you trust" in first.text
