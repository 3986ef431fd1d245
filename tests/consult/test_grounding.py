"""Grounding: what a statement may say of what it cites."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.grounding import Grounder, Verdict
from bot.consult.outcome import Draft, PromptUsed, Statement
from knowledge.entry import Citation, Corpus, Section, Unit

_TEXTS = {
    "card#s1": 'Say it within 2 weeks. In 30% of cases Bowlby and Ann McWilliams say "I\'m sorry I was late" works, '
    "as José did.",
    "card#s2": "Ask once, then wait 1.5 minutes. It may be May before they answer; Annals of 1,200 days.",
}
ALLOWED = {name: Unit(name, Section.SUGGESTION, text, (Citation("source"),)) for name, text in _TEXTS.items()}


PLAIN = Grounder()
"""Facts and direction only, without the cards and without an embedder."""


def _judge(text: str, *cites: str) -> Verdict:
    return PLAIN.verdict(Statement(text, cites or ("card#s1",)), ALLOWED)


@pytest.mark.parametrize("cites", [(), ("card#s9",), ("card#s1", "card#s9"), ("CARD#S1",), ("",), ("card",)])
def test_a_statement_that_cites_nothing_that_was_found_is_missing(cites: tuple[str, ...]) -> None:
    assert PLAIN.verdict(Statement("Ask once.", cites), ALLOWED) is Verdict.MISSING


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_a_statement_that_says_nothing_is_missing(text: str) -> None:
    assert _judge(text) is Verdict.MISSING


@pytest.mark.parametrize(
    "text",
    [
        "Wait up to 2 weeks.",
        "About 30% found that it works.",
        "Own it first, as Bowlby would, and Ann too.",
        "Ask as McWilliams asks.",
        "Try what José tried.",
        'Linger a moment. Then name it. "I\'m sorry I was late" is enough.',
        "Say \N{LEFT DOUBLE QUOTATION MARK}I\N{RIGHT SINGLE QUOTATION MARK}m  SORRY\N{RIGHT DOUBLE QUOTATION MARK}.",
        "Leave CBT and DBT for later.",
        'Say "no" to that.',
        "I think I'd ask.",
    ],
)
def test_a_statement_whose_facts_all_stand_in_what_it_cites_is_grounded(text: str) -> None:
    assert _judge(text) is Verdict.GROUNDED


@pytest.mark.parametrize(
    "text",
    [
        "Wait up to 3 weeks.",
        "Wait up to 20 weeks.",
        "About 3% found that it works.",
        "About 0% found that it works.",
        "About 2.5 weeks.",
        "About 30.5% found that it works.",
        "Wait \N{ARABIC-INDIC DIGIT TWO} weeks.",
    ],
)
def test_a_changed_number_is_ungrounded(text: str) -> None:
    assert _judge(text) is Verdict.UNGROUNDED


@pytest.mark.parametrize(
    "text",
    [
        "Own it first, as Winnicott would.",
        "Ask as McLeod asks.",
        "Try what Éva tried.",
        "Try what Josée tried.",
        "Try what Anne tried.",
        "Leave it, says Bow.",
    ],
)
def test_a_foreign_name_is_ungrounded(text: str) -> None:
    assert _judge(text) is Verdict.UNGROUNDED


@pytest.mark.parametrize(
    "text",
    [
        'Say "I regret that I was late".',
        'Say "I\'m sorry I was late again".',
        "Say \N{LEFT DOUBLE QUOTATION MARK}tell me more\N{RIGHT DOUBLE QUOTATION MARK} and wait.",
    ],
)
def test_an_invented_quotation_is_ungrounded(text: str) -> None:
    assert _judge(text) is Verdict.UNGROUNDED


@pytest.mark.parametrize(("text", "number"), [("1.5 minutes", "1.5"), ("1,200 days", "1,200")])
def test_a_number_stands_only_in_the_unit_that_holds_it(text: str, number: str) -> None:
    assert number in text
    assert _judge(f"Wait {text}.", "card#s2") is Verdict.GROUNDED
    assert _judge(f"Wait {text}.", "card#s1") is Verdict.UNGROUNDED
    assert _judge(f"Wait {text} in 30%.", "card#s1", "card#s2") is Verdict.GROUNDED


def test_every_unit_of_the_corpus_is_grounded_in_itself(corpus: Corpus) -> None:
    verdicts = {
        unit.id: PLAIN.verdict(Statement(unit.text, (unit.id,)), corpus.units) for unit in corpus.units.values()
    }
    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.GROUNDED} == set()


@given(st.text(), st.lists(st.sampled_from(["card#s1", "card#s2", "card#s3"])))
def test_any_text_gets_a_verdict_and_a_number_that_no_unit_holds_is_never_grounded(text: str, cites: list[str]) -> None:
    assert PLAIN.verdict(Statement(text, tuple(cites)), ALLOWED) in Verdict
    assert PLAIN.verdict(Statement(f"{text} 987654321 ", tuple(cites)), ALLOWED) is not Verdict.GROUNDED


def _draft(good: Statement, bad: Statement) -> Draft:
    return Draft(
        suggestions=(bad, good, bad),
        reading=bad,
        wording=good,
        watch=bad,
        reflect="What did I feel?",
        supervision="What might I be missing?",
        writer="fake:model",
    )


async def test_what_does_not_hold_is_taken_out_and_counted() -> None:
    good, bad = Statement("Ask once.", ("card#s2",)), Statement("Wait 17 days.", ("card#s2",))
    grounded = await PLAIN.ground(_draft(good, bad), ALLOWED.values())
    assert grounded.dropped == 4
    assert grounded.draft.suggestions == (good,)
    assert (grounded.draft.reading, grounded.draft.wording, grounded.draft.watch) == (None, good, None)
    assert grounded.draft.reflect == "What did I feel?"


async def test_a_draft_that_holds_is_left_as_it_is() -> None:
    good = Statement("Ask once.", ("card#s2",))
    grounded = await PLAIN.ground(_draft(good, good), ALLOWED.values())
    assert grounded.dropped == 0
    assert grounded.draft == _draft(good, good)


@pytest.mark.parametrize(
    "text",
    [
        "Push for an answer right away.",
        "They always answer after a minute.",
        "You're right, just wait.",
        "Ask once; your supervisor need not know.",
        "Research shows that asking once works.",
        "Ask once, then raise the dose.",
        "Ask once: https://example.org",
        "Pregunte una vez y espere.",
    ],
)
def test_a_statement_that_says_more_or_otherwise_is_ungrounded(corpus: Corpus, text: str) -> None:
    unit = Unit(
        "silence#s2", Section.SUGGESTION, "Don't push for an answer. Ask once, then wait.", (Citation("practice"),)
    )
    verdict = Grounder(corpus=corpus).verdict(Statement(text, (unit.id,)), {unit.id: unit})
    assert verdict is Verdict.UNGROUNDED


async def test_too_few_are_filled_from_the_cards_and_every_cited_card_keeps_its_caution(corpus: Corpus) -> None:
    first, second = corpus.by_id["silence"], corpus.by_id["humor"]
    own = second.section(Section.SUGGESTION)[0]
    curated = Draft(
        suggestions=tuple(Statement(unit.text, (unit.id,)) for unit in first.section(Section.SUGGESTION)[:3]),
        reading=None,
        wording=None,
        watch=None,
        reflect="What did I feel?",
        supervision="What might I be missing?",
        writer="built-in",
    )
    draft = replace(
        curated,
        suggestions=(Statement("Wait.", ("made-up#s1",)), Statement(own.text, (own.id,))),
        reflect="Is 7 enough?",
        writer="m:one",
        prompt=PromptUsed("answer", 2, "0"),
        spare=curated,
    )
    grounded = await PLAIN.ground(draft, [*first.units, *second.units])
    assert (grounded.dropped, grounded.missing, grounded.filled) == (1, 1, 1)
    assert [one.cites for one in grounded.draft.suggestions] == [(own.id,), curated.suggestions[0].cites]
    assert grounded.draft.watch is not None
    assert {cite.partition("#")[0] for cite in grounded.draft.watch.cites} == {"silence", "humor"}
    assert grounded.draft.reflect == "What did I feel?"
