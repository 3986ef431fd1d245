"""How the corpus is read from a folder."""

from pathlib import Path

import pytest

from knowledge.entry import Corpus
from knowledge.errors import FixCorpus
from knowledge.loader import load_corpus, read_corpus
from tests.knowledge.small import SOURCES, TOPICS, asks_of, card_file, card_text, write_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


def _problems(folder: Path) -> list[str]:
    return [str(problem) for problem in read_corpus(folder)[1]]


def test_the_shipped_corpus_loads_with_a_card_for_every_topic(corpus: Corpus) -> None:
    assert {card.primary_topic for card in corpus.cards} == set(corpus.topics)
    assert list(corpus.by_id) == sorted(corpus.by_id)
    assert all(unit_id.partition("#")[0] in corpus.by_id for unit_id in corpus.units)


def test_a_corpus_holds_its_cards_by_id_its_sources_and_its_topics_in_their_order(folder: Path) -> None:
    corpus = load_corpus(folder)

    assert [card.id for card in corpus.cards] == sorted(TOPICS)
    assert corpus.topics == TOPICS
    assert list(corpus.sources) == ["practice", "rhodes2024", "trial2020"]
    assert corpus.sources["rhodes2024"].issued is not None
    assert corpus.units["anger#s1"].card_id == "anger"


def test_the_same_files_give_the_same_digest_and_one_changed_letter_another(folder: Path) -> None:
    before = load_corpus(folder).digest
    assert load_corpus(folder).digest == before

    file = card_file(folder, "anger")
    file.write_text(file.read_text(encoding="utf-8").replace("waiting room", "waiting roam"), encoding="utf-8")

    assert load_corpus(folder).digest != before


def test_a_folder_without_cards_says_so(tmp_path: Path) -> None:
    with pytest.raises(FixCorpus, match=r"no cards in .*; reinstall the program, or point to a folder with cards"):
        load_corpus(tmp_path)


def test_one_wrong_card_stops_the_load_and_is_named(folder: Path) -> None:
    card_file(folder, "anger").write_text("nothing", encoding="utf-8")

    with pytest.raises(FixCorpus, match=r"some/anger.md:1: front matter: missing.*\(1 more\)") as error:
        load_corpus(folder)

    assert error.value.mend == "`supervision-bot cards check` lists all"


def test_a_single_problem_is_told_without_a_count(folder: Path) -> None:
    (folder / "topics.txt").write_text("\n".join([*TOPICS, "hope"]), encoding="utf-8")

    with pytest.raises(FixCorpus, match="write one; `supervision-bot cards check` lists all"):
        load_corpus(folder)


def test_a_card_that_is_not_utf_8_is_a_problem_not_a_crash(folder: Path) -> None:
    card_file(folder, "anger").write_bytes(b"---\nid: \xff\xfe")

    assert "some/anger.md:0: file: is not UTF-8; restore it" in _problems(folder)


@pytest.mark.parametrize("name", ["topics.txt", "sources.yaml"])
def test_a_missing_file_is_a_problem_not_a_crash(folder: Path, name: str) -> None:
    (folder / name).unlink()

    assert f"{name}:0: file: cannot be read; restore it" in _problems(folder)


def test_a_folder_named_like_a_card_is_a_problem_not_a_crash(folder: Path) -> None:
    (folder / "corpus" / "some" / "x.md").mkdir()

    assert "some/x.md:0: file: cannot be read; restore it" in _problems(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SOURCES + "  - {", "sources.yaml:15: file: is not YAML; mend it"),
        (SOURCES + "- 2024-99-99\n", "sources.yaml:1: file: is not YAML; mend it"),
        ("just words", "sources.yaml:0: file: input should be a valid list"),
        (SOURCES.replace("grade: study", "grade: gossip"), "sources.yaml:0: 2.custom.grade: input should be"),
        (SOURCES.replace("title: A trial", "titel: A trial"), "sources.yaml:0: 2.title: field required"),
        (SOURCES.replace("id: trial2020", "id: practice"), "sources.yaml:0: practice: stands twice; remove one"),
    ],
)
def test_a_bibliography_that_does_not_hold_to_its_form_is_told(folder: Path, text: str, told: str) -> None:
    (folder / "sources.yaml").write_text(text, encoding="utf-8")

    assert any(problem.startswith(told) for problem in _problems(folder)), _problems(folder)


def test_an_empty_bibliography_leaves_every_source_unknown(folder: Path) -> None:
    (folder / "sources.yaml").write_text("", encoding="utf-8")

    assert "some/anger.md:2: sources: rhodes2024 is not in sources.yaml; add it there or use another" in _problems(
        folder
    )


def test_cards_in_any_folder_below_the_corpus_are_read(folder: Path) -> None:
    deep = folder / "corpus" / "a" / "b" / "quiet-again.md"
    deep.parent.mkdir(parents=True)
    deep.write_text(card_text("quiet-again", ["silence"], asks_of("silence", 20)), encoding="utf-8")

    assert load_corpus(folder).by_id["quiet-again"].path == "a/b/quiet-again.md"
