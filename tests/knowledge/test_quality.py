"""What is checked of how cards are written: each check finds a planted fault; the shipped cards have none."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Citation, Corpus, Section
from knowledge.frontmatter import Problem
from knowledge.loader import PACKAGE_FOLDER
from knowledge.quality import check_quality
from knowledge.quality.level import card_grade, check_level, grade, syllables
from knowledge.quality.likeness import TOO_ALIKE, alike_pairs, check_likeness
from knowledge.quality.numbers import check_numbers
from knowledge.quality.rules import Unconfirmed, read_rules
from knowledge.quality.shadows import check_shadows
from knowledge.quality.stock import FEWEST_ASKS, check_stock
from knowledge.quality.verbs import has_action
from knowledge.quality.wording import check_wording
from tests.knowledge.small import HashedWords


def _planted(corpus: Corpus, unit_id: str, text: str, *sources: str) -> Corpus:
    """Return the corpus with one unit saying something else, resting on other sources where some are named."""
    old = corpus.units[unit_id]
    cited = tuple(Citation(source) for source in sources) or old.citations
    new = replace(old, text=text, citations=cited)
    cards = tuple(
        replace(card, units=tuple(new if unit is old else unit for unit in card.units)) for card in corpus.cards
    )
    return replace(corpus, cards=cards)


def _told(problems: Iterable[Problem]) -> list[str]:
    return [f"{problem.field}: {problem.text}" for problem in problems]


def test_the_shipped_cards_are_well_written(corpus: Corpus, embedder: MiniLmEmbedder) -> None:
    assert _told(check_quality(corpus, PACKAGE_FOLDER, embedder)) == []


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("silence#s1", "Wait a little, and the silence will repair itself."),
        ("silence#r1", "Naming the silence always works."),
        ("silence#c1", "A good apology is sure to bring them back."),
        ("silence#w1", '"If you talk to me, you will feel better."'),
        ("silence#s1", "Name your part first. Then they will open up."),
        ("humor#r1", "Repair is proven to make therapy work."),
    ],
)
def test_a_promise_of_an_outcome_is_told(corpus: Corpus, unit: str, text: str) -> None:
    told = _told(check_wording(_planted(corpus, unit, text)))

    assert [line.partition(" (")[0] for line in told] == [f"{unit}: promises an outcome"]


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("silence#w1", "\"I can't promise it will fix things, and I'd like to try.\""),
        ("silence#s1", 'Ask first, and leave out "it will heal".'),
        ("silence#r1", "Nobody can say whether repair will work."),
        ("silence#s1", "Say what you will do differently."),
    ],
)
def test_a_promise_that_is_denied_quoted_or_about_your_own_act_is_none(corpus: Corpus, unit: str, text: str) -> None:
    assert _told(check_wording(_planted(corpus, unit, text))) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Studies found that repair causes a better outcome.", "causes"),
        ("A strong alliance leads to less dropout.", "leads to"),
        ("Hill and colleagues (2018) proved that immediacy helps.", "proved"),
    ],
)
def test_a_cause_read_into_a_study_is_told(corpus: Corpus, text: str, word: str) -> None:
    told = _told(check_wording(_planted(corpus, "silence#r1", text, "hill")))

    assert told == [f'silence#r1: "{word}" is more than a study shows; write what it found to go with what']


def test_research_without_a_hedge_is_told(corpus: Corpus) -> None:
    told = _told(check_wording(_planted(corpus, "silence#r1", "Research shows that silence is anger.", "hill")))

    assert told == [
        "silence#r1: speaks of research without a hedge; say who found it, or write may, tends, is linked with"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "In one study silence went with dropout.",
        "Studies suggest that silence may be withdrawal.",
        "Hill and colleagues (2018) describe a study of silence.",
        "That is a link in one study, not proof of cause.",
    ],
)
def test_research_that_is_hedged_or_told_as_one_works_finding_may_stand(corpus: Corpus, text: str) -> None:
    assert _told(check_wording(_planted(corpus, "silence#r1", text, "hill"))) == []


@pytest.mark.parametrize(
    "text", ["The mood of the hour matters most here.", "Patience with a slow client.", "It is good to be kind."]
)
def test_a_suggestion_without_a_verb_of_action_is_told(corpus: Corpus, text: str) -> None:
    (told,) = _told(check_wording(_planted(corpus, "silence#s1", text)))

    assert told.startswith("silence#s1: has no verb that says what to do; ")


@pytest.mark.parametrize(
    "text", ["Ask twice.", "If they wait, wait too.", "With a child, first offer paper.", 'On paper: "x", then stop.']
)
def test_a_verb_of_action_may_begin_any_clause(text: str) -> None:
    assert has_action(text)


def test_a_platitude_is_told(corpus: Corpus) -> None:
    told = _told(check_wording(_planted(corpus, "silence#s1", "Be empathic, and ask about it.")))

    assert told == ['silence#s1: "Be empathic" does not say how; say what one does or says']


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("About 40% of silences pass.", "40%"),
        ("Silence and dropout: r = .31.", ".31"),
        ("In 1,200 sessions silence was common.", "1,200"),
        ("The code speaks of silence (A.2.a).", "A.2.a"),
        ("Silence was seen in 12 studies.", "12 studies"),
    ],
)
def test_a_number_on_practice_wisdom_alone_is_told(corpus: Corpus, text: str, number: str) -> None:
    told = _told(check_numbers(_planted(corpus, "silence#r1", text, "practice"), ()))

    assert told == [
        f"silence#r1: has the number {number} and cites only practice wisdom; cite where it comes from, or leave it out"
    ]


@pytest.mark.parametrize("text", ["Wait 30 seconds.", "Fingers from 0 to 5.", "Call 911, or 988 in the US."])
def test_an_everyday_or_emergency_number_needs_no_source(corpus: Corpus, text: str) -> None:
    assert _told(check_numbers(_planted(corpus, "silence#s1", text, "practice"), ())) == []


def test_a_year_of_another_work_than_the_cited_one_is_told(corpus: Corpus) -> None:
    told = _told(check_numbers(_planted(corpus, "silence#r1", "Hill and colleagues (2017) found it.", "hill"), ()))

    assert told == [
        "silence#r1: has the year 2017, and no source it cites is of that year; cite that work or note the year there"
    ]


def test_an_unconfirmed_number_is_told_wherever_its_source_is_cited(corpus: Corpus) -> None:
    unconfirmed = [Unconfirmed(text=".29", sources=("eubanks2018",), why="read the paper first")]
    text = "Repair went with outcome (r = .29)."

    told = _told(check_numbers(_planted(corpus, "silence#r1", text, "eubanks2018"), unconfirmed))

    assert told == ["silence#r1: has .29, which is unconfirmed (read the paper first); leave it out until it is"]
    assert _told(check_numbers(_planted(corpus, "silence#r1", text, "hill"), unconfirmed)) == []


def test_a_section_of_a_code_is_not_found_inside_a_longer_one(corpus: Corpus) -> None:
    unconfirmed = [Unconfirmed(text="A.12", why="read the official text")]

    told = _told(check_numbers(_planted(corpus, "silence#r1", "See A.12.b and B.A.12.", "aca2014"), unconfirmed))

    assert not [line for line in told if line.startswith("silence")]


def test_the_numbers_that_the_project_holds_unconfirmed_are_read(corpus: Corpus) -> None:
    rules, problems = read_rules(PACKAGE_FOLDER, corpus)

    assert problems == []
    assert {"B.7.b", ".29", "1-800-799-7233"} <= {item.text for item in rules.unconfirmed}


def test_a_source_that_no_card_cites_is_told(corpus: Corpus) -> None:
    unused = corpus.sources["hill"].model_copy(update={"id": "unused2020"})

    told = _told(check_stock(replace(corpus, sources={**corpus.sources, "unused2020": unused})))

    assert told == ["unused2020: no card cites it; take it out, or cite it"]


def test_a_topic_with_few_asks_is_told(corpus: Corpus) -> None:
    poor = replace(
        corpus.by_id["silence"], head=corpus.by_id["silence"].head.model_copy(update={"asks": ["why?"] * 20})
    )
    cards = tuple(poor if card.id == "silence" else card for card in corpus.cards)

    assert _told(check_stock(replace(corpus, cards=cards))) == [
        f"silence: its cards hold 20 asks; give them {FEWEST_ASKS}"
    ]


@pytest.mark.parametrize("change", ["", " please", "?"])
def test_an_ask_that_stands_on_a_card_of_another_topic_too_is_told(corpus: Corpus, change: str) -> None:
    silence, humor = corpus.by_id["silence"], corpus.by_id["humor"]
    number, ask = max(enumerate(silence.head.asks, 1), key=lambda one: len(one[1]))
    head = humor.head.model_copy(update={"asks": [*humor.head.asks, ask.upper() + change]})
    planted = replace(corpus, cards=tuple(replace(c, head=head) if c is humor else c for c in corpus.cards))

    told = _told(check_shadows(planted))

    assert len(told) == 1
    assert told[0].startswith(f"asks: ask {len(head.asks)} is ask {number} of silence too")


def test_an_ask_may_stand_on_two_cards_of_one_topic(corpus: Corpus) -> None:
    first, second = (card for card in corpus.cards if card.primary_topic == "termination-endings")
    head = second.head.model_copy(update={"asks": [*second.head.asks, first.head.asks[0]]})
    planted = replace(corpus, cards=tuple(replace(c, head=head) if c is second else c for c in corpus.cards))

    assert _told(check_shadows(planted)) == []


def test_a_card_above_the_highest_grade_is_told(corpus: Corpus) -> None:
    hard = (
        "Notwithstanding considerable methodological heterogeneity, psychotherapeutic collaboration characteristically "
        "necessitates continuous intersubjective renegotiation of interpersonal responsibilities."
    )
    heavy = corpus
    for unit in corpus.by_id["silence"].section(Section.SUGGESTION):
        heavy = _planted(heavy, unit.id, hard)

    (problem,) = check_level(heavy)

    assert problem.file == "situations/silence.md"
    assert problem.text.endswith("; bring it to 11 with shorter sentences and words")


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("client", 2), ("something", 2), ("every", 2), ("safety", 2), ("didn't", 2), ("don't", 1), ("being", 2),
        ("reaction", 3), ("technique", 2), ("vague", 1), ("little", 2), ("asked", 1), ("wanted", 2), ("rules", 1),
        ("pauses", 2), ("colleagues", 2), ("supervision", 4), ("Kaloudis's", 3), ("the", 1), ("hopeless", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_heard(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_is_that_of_the_published_formula() -> None:
    assert grade(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)


@given(st.text())
def test_any_text_has_a_grade(text: str) -> None:
    assert grade([text]) == grade([text, "", "123"])


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", min_size=1))
def test_any_word_has_a_syllable(word: str) -> None:
    assert 1 <= syllables(word) <= 2 * len(word)


def test_the_shipped_cards_can_be_read_by_a_tired_reader(corpus: Corpus) -> None:
    grades = sorted(card_grade(card) for card in corpus.cards)

    assert grades[len(grades) // 2] < 9


def test_two_cards_that_suggest_the_same_are_told(corpus: Corpus, embedder: MiniLmEmbedder) -> None:
    said = "When shared fun turns sour, play it straight and ask whether they'd like joking dropped, changed or kept."

    told = _told(check_likeness(_planted(corpus, "silence#s3", said), frozenset(), embedder))

    (line,) = told
    assert line.startswith("humor#s6: says nearly what silence#s3 says (1.")


def test_an_accepted_pair_is_not_told(corpus: Corpus, embedder: MiniLmEmbedder) -> None:
    alike = _planted(corpus, "silence#s3", corpus.units["humor#s6"].text)

    assert _told(check_likeness(alike, frozenset({frozenset({"silence#s3", "humor#s6"})}), embedder)) == []


def test_an_accepted_pair_that_is_not_alike_any_more_is_told(corpus: Corpus, embedder: MiniLmEmbedder) -> None:
    accepted = frozenset({frozenset({"silence#s3", "humor#s6"})})

    assert _told(check_likeness(corpus, accepted, embedder)) == [
        "humor#s6 silence#s3: are not alike any more; take the pair out"
    ]


def test_safety_cards_may_give_the_same_step(corpus: Corpus) -> None:
    step = corpus.units["crisis-suicide#s1"].text

    alike = alike_pairs(_planted(corpus, "escalation-order#s1", step), HashedWords(), TOO_ALIKE)

    assert not {"crisis-suicide#s1", "escalation-order#s1"} <= {
        unit.id for left, right, _ in alike for unit in (left, right)
    }


def test_only_suggestions_that_share_words_are_embedded_so_that_the_check_stays_quick(corpus: Corpus) -> None:
    embedder = HashedWords()
    suggestions = sum(unit.section is Section.SUGGESTION for unit in corpus.units.values())

    alike_pairs(corpus, embedder)

    assert len(embedder.texts) < suggestions / 2


def test_an_accepted_pair_of_a_unit_that_is_gone_is_told(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "accepted_pairs.yaml").write_text(
        "- {units: [silence#s99, humor#s6], reason: they were alike once}\n", encoding="utf-8"
    )

    _, problems = read_rules(tmp_path, corpus)

    assert [str(problem) for problem in problems] == [
        "accepted_pairs.yaml:0: silence#s99: no card has this unit; take the pair out"
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"- {units: [a, b]}", "accepted_pairs.yaml:0: 0.reason: field required"),
        (b"- {units: [a, b], reason: because}", "0.reason: string should have at least 10 characters"),
        (b"- {units: [a, b], reason: they are steps, why: x}", "0.why: extra inputs are not permitted"),
        (b"- {units: [a,\n\xff", "file: cannot be read as YAML in UTF-8; mend it"),
        (b"- {units: [a", "accepted_pairs.yaml:2: file: cannot be read as YAML in UTF-8; mend it"),
    ],
)
def test_a_list_of_exceptions_that_cannot_be_read_is_told(
    corpus: Corpus, tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "accepted_pairs.yaml").write_bytes(content)

    rules, problems = read_rules(tmp_path, corpus)

    assert rules.accepted == frozenset()
    assert any(told in str(problem) for problem in problems), [str(problem) for problem in problems]
