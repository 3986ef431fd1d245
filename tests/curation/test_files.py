"""Answers as files: what is written is read back exactly, and what cannot be read is named."""

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.curation.files import LARGEST_FILE, name_of, parse_answer, read_folder, render_answer, write_folder
from bot.errors import FixInput
from bot.storage.curated import Content, Item
from knowledge.loader import PACKAGE_FOLDER

_letters = st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" ")
_line = st.text(_letters, min_size=1, max_size=60).map(lambda text: " ".join(text.split())).filter(bool)
_text = _line.filter(lambda text: "{#" not in text)
_id = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
_items = st.lists(st.builds(Item, _text, st.lists(_id, max_size=2).map(tuple)), max_size=3).map(tuple)
_contents = st.builds(
    Content,
    title=_line,
    text=_items.filter(bool),
    asks=st.lists(_line, min_size=1, max_size=4).map(tuple),
    when_to_use=_items,
    wording=_items,
    caution=_items,
    sources=st.lists(_line, max_size=3).map(tuple),
    topics=st.lists(_id, max_size=3).map(tuple),
    reflect=st.just("") | _line,
    supervision=st.just("") | _line,
)


@given(content=_contents)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back_exactly(content: Content) -> None:
    text = render_answer("late-fees", content)
    entry, problems = parse_answer(text, "late-fees.md")
    assert problems == []
    assert entry is not None
    assert entry.content == content
    assert render_answer("late-fees", entry.content) == text


@given(text=st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    entry, problems = parse_answer(text, "x.md")
    assert (entry is None) == bool(problems)


def test_every_card_of_the_corpus_is_an_answers_file(tmp_path: Path) -> None:
    for path in sorted((PACKAGE_FOLDER / "corpus").glob("*/*.md")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    found = read_folder(tmp_path)
    assert found.problems == ()
    write_folder(tmp_path / "out", [(entry.name, render_answer(entry.name, entry.content)) for entry in found.entries])
    assert read_folder(tmp_path / "out").entries == found.entries


HEAD = "---\nid: x\ntitle: A title\nasks: [one]\n---\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no head", "x.md:1: front matter: missing; start the file with a block between two lines of ---"),
        (HEAD.replace("title", "titel"), "x.md:3: titel: unknown key; known are id, title"),
        (HEAD.replace("title: A title\n", ""), "x.md:1: title: missing; every answer has it"),
        (HEAD.replace("id: x", "id: y"), "x.md:2: id: is y; it has to be the file's name without .md"),
        (HEAD.replace("[one]", "[one"), "x.md:"),
        ("---\n- a\n---\n", "x.md:2: front matter: is no list of keys"),
        (f"{HEAD}- lost\n", "x.md:6: item: no item under a heading"),
        (f"{HEAD}## Advice\n", "x.md:6: Advice: unknown or twice; the headings are What it may be"),
        (f"{HEAD}## To consider\n- a {{#s2}}\n", "x.md:7: s2: is out of its order; here stands s1"),
        (f"{HEAD}## To consider\n- a {{#s1}} {{#s2}}\n", "x.md:7: s2: is out of its order"),
    ],
)
def test_a_bad_file_is_named_with_line_and_mend(text: str, said: str) -> None:
    entry, problems = parse_answer(text, "x.md")
    assert entry is None
    assert any(str(problem).startswith(said) for problem in problems)


def test_files_that_are_too_large_or_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "large.md").write_bytes(b"x" * (LARGEST_FILE + 1))
    (tmp_path / "macros.md").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    found = read_folder(tmp_path)
    assert found.entries == ()
    assert [str(problem) for problem in found.problems] == [
        "large.md:0: file: larger than 200,000 bytes; an answer is a page or two, so split it",
        "macros.md:0: file: not UTF-8 text; save it as UTF-8",
    ]


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(FixInput, match="no folder that can be read"):
        read_folder(tmp_path / "missing")
    with pytest.raises(FixInput, match=r"holds no \.md, \.docx or \.pdf file"):
        read_folder(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(FixInput, match="cannot be written"):
        write_folder(tmp_path / "file" / "inner", [("a", "b")])


def test_a_name_is_made_of_the_title_and_of_a_number_where_it_is_taken() -> None:
    assert name_of("Late fees: who pays?") == "late-fees-who-pays"
    assert name_of("Late fees", frozenset({"late-fees", "late-fees-2"})) == "late-fees-3"
    assert name_of("日本") == "answer"
    assert len(name_of("long " * 50)) <= 60
