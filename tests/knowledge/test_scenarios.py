"""The scenario cards: usable as shipped, and a wrong one is named by file, line and field."""

from collections import Counter
from pathlib import Path

import pytest

from knowledge.entry import Corpus
from knowledge.errors import FixCorpus
from knowledge.scenarios import FOLDER, Marker, Theme, load_scenarios, read_scenarios

_ONE = "polite-since-late"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / f"{_ONE}.yaml").write_bytes((FOLDER / f"{_ONE}.yaml").read_bytes())
    return tmp_path


def _change(folder: Path, old: str, new: str) -> None:
    path = folder / f"{_ONE}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_twenty_scenarios_stand_over_every_marker_and_theme(corpus: Corpus) -> None:
    scenarios = load_scenarios(corpus)
    assert len(scenarios) == 20
    assert set(Counter(one.marker for one in scenarios)) == set(Marker)
    assert set(Counter(one.theme for one in scenarios)) == set(Theme)


def test_no_client_says_the_same_in_two_states(corpus: Corpus) -> None:
    for scenario in load_scenarios(corpus):
        replies = [reply for state in scenario.replies.model_dump().values() for reply in state]
        assert len(set(replies)) == len(replies), scenario.id


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("moved: away", "moved: sideways", "moved: input should be 'away'"),
        ("moved: away", "mood: away", "mood: unknown key; known are id, title"),
        ("  look:", "  looks:", "rests_on.looks: unknown key; known are named_shift"),
        ("  look: repair-language#r1", "  look: repair-language#r9", "rests_on.look: no card holds repair-language#r9"),
        ("supervision: lateness-counselor-late", "supervision: nowhere", "no card is called nowhere"),
        (f"id: {_ONE}", "id: another", "differs from the file's name"),
        ("    - Mm-hm. Yes. Fine.", "    - Okay. So, page three?", "replies.unclear: a reply stands twice"),
        ("moved: away", 'moved: "away', "is not YAML"),
    ],
)
def test_a_wrong_card_is_named_with_the_mend(corpus: Corpus, folder: Path, old: str, new: str, said: str) -> None:
    _change(folder, old, new)
    _, problems = read_scenarios(corpus, folder)
    assert any(said in str(problem) and problem.file == f"scenarios/{_ONE}.yaml" for problem in problems), problems
    with pytest.raises(FixCorpus, match="the scenarios are not usable"):
        load_scenarios(corpus, folder)


def test_the_line_of_a_problem_is_told(corpus: Corpus, folder: Path) -> None:
    _change(folder, "moved: away", "moved: sideways")
    _, (problem,) = read_scenarios(corpus, folder)
    assert problem.line == 7


def test_a_file_that_is_not_text_and_an_empty_folder_are_named(corpus: Corpus, folder: Path, tmp_path: Path) -> None:
    (folder / f"{_ONE}.yaml").write_bytes(b"\xff\xfe")
    _, (problem,) = read_scenarios(corpus, folder)
    assert "cannot be read as UTF-8" in str(problem)
    (tmp_path / "empty").mkdir()
    _, (empty,) = read_scenarios(corpus, tmp_path / "empty")
    assert "holds no scenario" in str(empty)
