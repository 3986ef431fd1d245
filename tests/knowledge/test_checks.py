"""The rules that a corpus holds to."""

from pathlib import Path

import pytest

from knowledge.checks import check_corpus
from knowledge.entry import Corpus
from knowledge.loader import read_corpus
from tests.knowledge.small import asks_of, card_file, card_text, write_corpus


def _problems(tmp_path: Path, **replaced: str) -> list[str]:
    """Return the problems of a small corpus in whose card `silence` texts were replaced, old=new."""
    folder = write_corpus(tmp_path / "corpus")
    file = card_file(folder, "silence")
    text = file.read_text(encoding="utf-8")
    for old, new in (pair.split(" => ") for pair in replaced.values()):
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return [str(problem) for problem in read_corpus(folder)[1]]


def test_the_small_corpus_breaks_no_rule(tmp_path: Path) -> None:
    assert _problems(tmp_path) == []


def test_the_shipped_corpus_breaks_no_rule(corpus: Corpus) -> None:
    assert [str(problem) for problem in check_corpus(corpus)] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("id: silence => id: quiet", "some/silence.md:2: id: differs from the file's name; make them equal"),
        ("topics: [silence] => topics: [silence, hope]", "topics: hope is not in topics.txt; use a topic from there"),
        ("topics: [silence] => topics: [silence, silence]", "topics: a topic stands twice; remove one"),
        (
            f"{asks_of('silence', 2)[1]} => {asks_of('silence', 1)[0].upper()}",
            "asks: an ask stands twice; remove one",
        ),
        (f"reflect: What => reflect: {'so ' * 12}What", "reflect: has 18 words; shorten it to 15"),
        (f"supervision: Can => supervision: {'so ' * 20}Can", "supervision: has 27 words; shorten it to 22"),
        (
            "sources: [practice, rhodes2024] => sources: [rhodes2024, practice]",
            "sources: must be the sorted ids that the units cite: practice, rhodes2024",
        ),
        (
            "sources: [practice, rhodes2024] => sources: [practice, rhodes2024, trial2020]",
            "sources: must be the sorted ids that the units cite: practice, rhodes2024",
        ),
        ("{#s1 rhodes2024@Grad} => {#s1 lost2024}", "sources: lost2024 is not in sources.yaml; add it there or use"),
        ("evidence: article => evidence: study", "evidence: study is more than its sources carry; use article"),
        ("{#s1 => {#s2", "suggestion: units are numbered s2; number them s1"),
        ("{#w1 => {#w1 practice}\n- Again. {#w1", "wording: units are numbered w1, w1; number them w1, w2"),
        ("kind: concept => kind: move", "To consider: a move card has at least 4 suggestions; add some"),
        (f"- A client => - {'so ' * 40}A client", "silence#r1: has 56 words; shorten it to 40"),
        (f"- Name => - {'so ' * 30}Name", "silence#s1: has 39 words; shorten it to 30"),
        (f"- Danger => - {'so ' * 25}Danger", "silence#c1: has 32 words; shorten it to 25"),
        (
            "- Name => - Research shows that you can name",
            "silence#s1: says what research shows, and cites no study; reword it or cite one",
        ),
    ],
)
def test_a_broken_rule_is_told_with_its_place_and_its_mend(tmp_path: Path, change: str, told: str) -> None:
    problems = _problems(tmp_path, change=change)

    assert any(told in problem for problem in problems), problems


def test_an_empty_section_is_told(tmp_path: Path) -> None:
    problems = _problems(tmp_path, change="- Danger comes before silence; phone your supervisor. {#c1 practice} => ")

    assert problems == ["some/silence.md:0: caution: the section is empty; give it a unit"]


def test_a_claim_of_research_may_stand_where_a_study_is_cited(tmp_path: Path) -> None:
    problems = _problems(
        tmp_path,
        text="- Name => - Studies show that you can name",
        cite="{#s1 rhodes2024@Grad} => {#s1 trial2020}",
        head="sources: [practice, rhodes2024] => sources: [practice, rhodes2024, trial2020]",
        grade="evidence: article => evidence: study",
    )

    assert problems == []


def test_an_id_that_two_cards_share_is_told(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    other = folder / "corpus" / "other" / "silence.md"
    other.parent.mkdir()
    other.write_text(card_text("silence", ["silence"], asks_of("silence", 20)), encoding="utf-8")

    problems = [str(problem) for problem in read_corpus(folder)[1]]

    assert problems == ["some/silence.md:2: id: silence is another card's id; choose another"]


def test_a_topic_that_no_card_answers_first_is_told(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    (folder / "topics.txt").write_text("silence\nanger\nlateness\nhope\n", encoding="utf-8")

    problems = [str(problem) for problem in read_corpus(folder)[1]]

    assert problems == ["topics.txt:0: hope: no card has it as its first topic; write one"]


def test_a_card_may_lie_in_the_corpus_folder_itself(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    card_file(folder, "silence").rename(folder / "corpus" / "silence.md")

    assert read_corpus(folder)[1] == []
