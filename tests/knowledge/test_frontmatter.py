"""How one card file is read, and what a maintainer is told where it does not hold to the form."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import SECTION_HEADINGS, Card, Citation, FrontMatter, Kind, Section, Unit
from knowledge.frontmatter import Problem, parse_card
from tests.knowledge.small import asks_of, card_text

_FILE = "some/silence.md"
_CARD = card_text("silence", ["silence"], asks_of("silence", 20))


def _problems(text: str) -> list[str]:
    return [str(problem) for problem in parse_card(text, _FILE)[1]]


def _line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_a_sound_card_is_read_with_its_units_sections_and_speakers() -> None:
    card, problems = parse_card(_CARD, _FILE)

    assert problems == []
    assert card is not None
    assert card.id == "silence"
    assert card.head.kind is Kind.CONCEPT
    assert [unit.id for unit in card.units] == ["silence#r1", "silence#s1", "silence#w1", "silence#c1"]
    assert card.units[0].citations == (Citation("rhodes2024", "Muran"), Citation("practice"))
    assert card.units[1].text == "Name the silence you noticed, and ask about it."
    assert card.units[2].section is Section.WORDING
    assert card.units[3].card_id == "silence"


def test_a_card_with_an_unknown_key_names_the_file_the_line_and_the_key() -> None:
    text = _CARD.replace("review: unreviewed", "review: unreviewed\nreviewer: me")

    (problem,) = _problems(text)

    assert problem.startswith(f"{_FILE}:{_line_of(text, 'reviewer:')}: reviewer: unknown key; known are id, title,")


def test_a_card_without_a_key_is_told_what_to_add() -> None:
    assert _problems(_CARD.replace("reflect: What did I feel just then?\n", "")) == [
        f"{_FILE}:1: reflect: missing; add one question to ask oneself"
    ]


def test_a_value_that_does_not_fit_names_its_line_and_its_place_in_the_list() -> None:
    text = _CARD.replace("topics: [silence]", "topics: [silence, Not A Topic]")

    (problem,) = _problems(text)

    assert problem.startswith(f"{_FILE}:{_line_of(text, 'topics:')}: topics[2]: string should match pattern")


def test_a_key_that_stands_twice_is_refused_and_its_second_line_is_named() -> None:
    text = _CARD.replace("review: unreviewed", "review: unreviewed\nkind: move")

    (problem,) = _problems(text)

    line = _line_of(text, "review:") + 1
    assert problem == f"{_FILE}:{line}: front matter: the key 'kind' stands twice; quote the value or mend the YAML"


@pytest.mark.parametrize("text", ["", "# Silence\n", "---\nid: silence\n", "\ufeff" + _CARD])
def test_a_file_that_does_not_start_with_front_matter_says_how_to_start_it(text: str) -> None:
    card, problems = parse_card(text, _FILE)

    assert card is None
    assert [str(problem) for problem in problems] == [
        f"{_FILE}:1: front matter: missing; start the file with a block between two lines of ---"
    ]


def test_front_matter_that_is_no_mapping_says_so() -> None:
    assert "is no list of keys; write `key: value` lines" in _problems("---\n- id\n---\n")[0]


def test_broken_yaml_names_the_line_where_it_breaks() -> None:
    text = _CARD.replace("title: What to do about silence", 'title: "What to do: silence')

    assert _problems(text)[0].startswith(f"{_FILE}:")
    assert "quote the value or mend the YAML" in _problems(text)[0]


@pytest.mark.parametrize(
    "value", ["2024-99-99", "0x_", '!!int ""', "!!map x", "!!timestamp x", "!!bool x", "!!float x", "!!set x"]
)
def test_a_value_that_yaml_takes_for_a_date_or_a_number_and_cannot_read_is_a_problem_not_a_crash(value: str) -> None:
    card, problems = parse_card(_CARD.replace("review: unreviewed", f"review: {value}"), _FILE)

    assert card is None
    assert "quote the value" in problems[0].text


def test_an_unknown_heading_is_named_with_its_line() -> None:
    text = _CARD.replace("## Watch for", "## Beware")

    assert _problems(text)[0].startswith(f"{_FILE}:{_line_of(text, '## Beware')}: Beware: unknown heading; a card has")


def test_headings_in_another_order_are_refused() -> None:
    card, problems = parse_card(_CARD[: _CARD.index("## Words to try")], _FILE)

    assert card is not None
    assert [problem.field for problem in problems] == ["headings"]


@pytest.mark.parametrize(
    "item",
    [
        "Free text.",
        "- No mark at all.",
        "- No source. {#s2}",
        "- A bad letter. {#x1 practice}",
        "- Zero. {#s0 practice}",
        "- A voice in small letters. {#s2 rhodes2024@grad}",
        "* A star. {#s2 practice}",
    ],
)
def test_a_line_that_is_no_unit_is_named_and_shown_the_form(item: str) -> None:
    text = _CARD.replace("## Words to try", f"{item}\n\n## Words to try")

    form = "not a unit; each line under a heading is `- text {#s1 source source@Voice}`"
    assert _problems(text) == [f"{_FILE}:{text.splitlines().index(item) + 1}: unit: {form}"]


def test_a_unit_under_another_sections_heading_is_refused() -> None:
    assert ": s1: stands under the wrong heading" in _problems(_CARD.replace("{#r1 ", "{#s1 "))[0]


def test_a_unit_before_any_heading_is_refused() -> None:
    text = _CARD.replace("## What it may be", "- Early. {#r1 practice}\n\n## What it may be")

    assert ": r1: stands under the wrong heading" in _problems(text)[0]


def test_two_units_run_together_on_one_line_are_refused_so_that_no_mark_reaches_a_reader() -> None:
    text = _CARD.replace("{#s1 rhodes2024@Grad}", "{#s1 rhodes2024@Grad} - Then wait. {#s2 practice}")

    assert "s2: holds two marks; give each unit a line of its own" in _problems(text)[0]


def test_a_card_with_bad_front_matter_still_gets_its_body_checked() -> None:
    text = _CARD.replace("kind: concept", "kind: poem").replace("## Watch for", "## Beware")

    fields = [problem.field for problem in parse_card(text, _FILE)[1]]

    assert fields[:2] == ["kind", "Beware"]


def test_a_problem_prints_in_the_form_that_editors_jump_to() -> None:
    assert str(Problem("some/x.md", 7, "kind", "is wrong")) == "some/x.md:7: kind: is wrong"


@given(st.text())
def test_no_text_makes_the_reader_crash(text: str) -> None:
    card, problems = parse_card(text, _FILE)

    assert (card is None) <= bool(problems)


@given(st.text(alphabet="abz:-[]{}!&*|>#'\"%@`,?0123456789_.~ \n\t\\=<é\x07\u2028", max_size=60))
def test_no_front_matter_makes_the_reader_crash(head: str) -> None:
    card, problems = parse_card(f"---\n{head}\n---\n", _FILE)

    assert card is None
    assert problems


@given(st.text(max_size=60))
def test_no_line_in_the_body_makes_the_reader_crash(line: str) -> None:
    card, problems = parse_card(f"{_CARD}\n{line}\n", _FILE)

    assert card is not None
    assert bool(problems) == bool("".join(line.splitlines()).strip())


_word = st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=8)
_sentence = st.lists(_word | st.sampled_from(["it's", "-", "#", "{x}", "a:", '"so"', "%", "@you"]), min_size=3).map(
    " ".join
)
_id = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
_line = _sentence.filter(lambda text: len(text) <= 400)
_citation = st.builds(Citation, source=_id, voice=st.none() | st.sampled_from(["Grad", "Muran"]))
_reviews = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["clinical supervisor", "counselor"]),
        "licence": st.sampled_from(["LPC-S", "LCSW, 2"]),
        "jurisdiction": st.sampled_from(["Texas", "Nova Scotia (Canada)"]),
        "date": st.dates(dt.date(2026, 1, 1)),
    }
)


@st.composite
def _cards(draw: st.DrawFn) -> Card:
    values: dict[str, Any] = {
        "id": draw(_id),
        "title": draw(_line),
        "kind": draw(st.sampled_from(list(Kind))),
        "topics": draw(st.lists(_id, min_size=1, max_size=3)),
        "evidence": draw(st.sampled_from(["practice wisdom", "article", "study"])),
        "confidence": draw(st.sampled_from(["low", "moderate", "high"])),
        "sources": draw(st.lists(_id, min_size=1, max_size=3)),
        "review": draw(st.just("unreviewed") | _reviews),
        "reflect": draw(_line),
        "supervision": draw(_line),
        "asks": [*draw(st.lists(_line, min_size=1, max_size=3)), *asks_of("silence", 20)],
    }
    units = tuple(
        Unit(f"{values['id']}#{section}{number}", section, draw(_line), tuple(citations))
        for section in Section
        for number, citations in enumerate(draw(st.lists(st.lists(_citation, min_size=1, max_size=2), max_size=2)), 1)
    )
    return Card(FrontMatter.model_validate(values), units, _FILE)


def _render(card: Card) -> str:
    lines = [
        "---",
        *(
            f"{key}: {json.dumps(value, ensure_ascii=False)}"
            for key, value in card.head.model_dump(mode="json").items()
        ),
        "---",
    ]
    for heading, section in SECTION_HEADINGS.items():
        lines += ["", f"## {heading}", ""]
        for unit in card.section(section):
            sources = " ".join(c.source + (f"@{c.voice}" if c.voice else "") for c in unit.citations)
            lines.append(f"- {unit.text} {{#{unit.id.partition('#')[2]} {sources}}}")
    return "\n".join(lines) + "\n"


@given(_cards())
def test_a_card_that_was_written_out_reads_back_the_same(card: Card) -> None:
    assert parse_card(_render(card), _FILE) == (card, [])
