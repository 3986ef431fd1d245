"""`cards`: check, list, show and search."""

import re
import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len

from knowledge.entry import Corpus, Section
from knowledge.loader import PACKAGE_FOLDER
from tests.cli.process import Program
from tests.knowledge.small import card_file, write_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped cards that a test may break."""
    copy = tmp_path / "knowledge"
    shutil.copytree(PACKAGE_FOLDER / "corpus", copy / "corpus")
    for name in ("topics.txt", "sources.yaml"):
        shutil.copy(PACKAGE_FOLDER / name, copy / name)
    return copy


def test_the_shipped_cards_have_no_problems_and_the_hardest_to_read_is_told(program: Program, corpus: Corpus) -> None:
    ran = program.run("cards", "check")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"{len(corpus.cards)} cards, {len(corpus.units)} units, ")
    assert re.search(r" sources, reading level up to grade \d+\.\d: no problems\.\n$", ran.out)


def test_a_broken_card_is_named_with_file_line_and_field(program: Program) -> None:
    folder = write_corpus(program.cwd / "knowledge")
    path = card_file(folder, "silence")
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines, 1) if line.startswith("kind:"))
    lines[number - 1] = "kind: [poem]"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = program.run("cards", "check", "--folder", str(folder))
    assert ran.status == 1
    assert f"some/silence.md:{number}: kind: " in ran.out
    assert ran.out.splitlines()[-1].endswith(" problems.")
    assert "\x1b" not in ran.out
    assert ran.err == ""


def test_a_card_that_is_no_card_at_all_stands_on_one_line_of_the_report(program: Program) -> None:
    folder = write_corpus(program.cwd / "knowledge")
    card_file(folder, "broken").write_bytes(b"\xff [bold]no card[/bold]")
    ran = program.run("cards", "check", "--folder", str(folder))
    assert ran.status == 1
    assert any(line.startswith("some/broken.md:") for line in ran.out.splitlines())


def test_a_suggestion_that_promises_or_repeats_another_card_is_named(program: Program, folder: Path) -> None:
    path = next((folder / "corpus").rglob("silence.md"))
    lines = path.read_text(encoding="utf-8").splitlines()
    places = {mark: next(n for n, line in enumerate(lines) if f"{{#{mark} " in line) for mark in ("s1", "s2")}
    lines[places["s1"]] = "- Wait, and the silence will repair itself. {#s1 practice}"
    lines[places["s2"]] = (
        "- Put the worksheet away when a teen clearly wants something else, and say so. {#s2 practice}"
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = program.run("cards", "check", "--folder", str(folder))
    assert ran.status == 1
    assert 'situations/silence.md:0: silence#s1: promises an outcome ("will repair")' in ran.out
    assert "situations/adolescents.md:0: adolescents#s3: says nearly what silence#s2 says" in ran.out
    assert ran.out.splitlines()[-1].endswith(": 2 problems.")


def test_a_folder_without_cards_is_refused(program: Program) -> None:
    ran = program.run("cards", "check", "--folder", str(program.cwd / "nothing"))
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("supervision-bot: no cards in ")
    assert ran.err.count("\n") == 1


def test_the_list_holds_every_id_whole_on_one_line_each(program: Program, corpus: Corpus) -> None:
    ran = program.run("cards", "list")
    assert ran.status == 0
    head, *rows = ran.out.splitlines()
    assert head.split() == ["Card", "Kind", "Topic", "Evidence", "Review"]
    assert [row.split()[0] for row in rows] == [card.id for card in corpus.cards]
    assert [row.split()[2] for row in rows] == [card.primary_topic for card in corpus.cards]


def test_the_list_of_one_kind_holds_that_kind_alone(program: Program, corpus: Corpus) -> None:
    ran = program.run("cards", "list", "--kind", "ethics")
    wanted = [card.id for card in corpus.cards if card.head.kind == "ethics"]
    assert [row.split()[0] for row in ran.out.splitlines()[1:]] == wanted


def test_a_kind_that_is_none_is_answered_with_the_kinds(program: Program) -> None:
    ran = program.run("cards", "list", "--kind", "poem")
    assert (ran.status, ran.out) == (1, "")
    assert "there is no kind of card called poem; the kinds are concept, ethics," in ran.err


def test_a_narrow_terminal_folds_ids_and_cuts_none(program: Program, corpus: Corpus) -> None:
    terminal = program.open_terminal("cards", "list", NO_COLOR="1")
    assert terminal.end() == 0
    assert max(cell_len(line.rstrip()) for line in terminal.printed.splitlines()) <= 60
    letters = "".join(line.split(" ")[0] for line in terminal.printed.splitlines()[1:])
    assert all(card.id in letters for card in corpus.cards)


def test_a_card_is_shown_with_all_its_units_and_sources(program: Program, corpus: Corpus) -> None:
    card = next(card for card in corpus.cards if any(c.voice for unit in card.units for c in unit.citations))
    ran = program.run("cards", "show", card.id)
    assert (ran.status, ran.err) == (0, "")
    shown = " ".join(ran.out.split())
    for unit in card.units:
        assert " ".join(unit.text.split()) in shown
    for heading in ("What it may be", "To consider", "Words to try", "Watch for"):
        assert f"\n\n{heading}\n- " in ran.out
    for source in card.head.sources:
        assert f"[{source}] {corpus.sources[source].custom.label}" in shown
    assert f"Ask yourself: {card.head.reflect}" in shown
    assert all(card.section(section) for section in Section)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("SILEN", "did you mean "),
        ("zzz", "`supervision-bot cards list` lists them."),
        ("", "did you mean "),
        ("../silence", "`supervision-bot cards list` lists them."),
        ("[bold]", "`supervision-bot cards list` lists them."),
    ],
)
def test_a_card_that_is_none_is_answered_with_a_hint(program: Program, name: str, hint: str) -> None:
    ran = program.run("cards", "show", name)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"supervision-bot: there is no card called {name}; {hint}")
    assert ran.err.count("\n") == 1


def test_a_search_finds_the_nearest_cards_first(asking: Program) -> None:
    ran = asking.run("cards", "search", "he keeps coming late and cancels")
    assert (ran.status, ran.err) == (0, "")
    head, *rows = ran.out.splitlines()
    assert head.split() == ["Card", "Title", "Topic", "Score"]
    assert len(rows) == 8
    assert any("late" in row.split()[0] for row in rows[:2])
    scores = [float(row.split()[-1]) for row in rows]
    assert scores == sorted(scores, reverse=True)


def test_a_search_for_bytes_that_are_no_text_finds_something(asking: Program) -> None:
    ran = asking.run("cards", "search", b"\xff\xfe")
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 9
