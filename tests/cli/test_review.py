"""`cards review`: a licensed reviewer in the terminal, and the sheet that goes out and comes back."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from knowledge.entry import Review
from knowledge.loader import load_corpus
from tests.cli.process import Program
from tests.cli.within import Ran
from tests.knowledge.small import card_file, write_corpus

_STEPS = "---\nreview: unreviewed\n---\n**Pick up the phone.**\n1. {emergency}\n"
_WHO = ("--role", "supervisor", "--licence", "LPC-S", "--jurisdiction", "Texas")


@pytest.fixture
def folder(program: Program) -> Path:
    """A small corpus of three cards and a crisis text."""
    folder = write_corpus(program.cwd / "cards")
    (folder / "screens" / "steps").mkdir(parents=True)
    (folder / "screens" / "steps" / "suicide.md").write_text(_STEPS, encoding="utf-8")
    return folder


def _review(program: Program, *words: str, typed: str = "") -> Ran:
    return program.run("cards", "review", "--folder", "cards", *words, stdin=typed.encode())


def _decide(path: Path, decisions: dict[str, tuple[str, str]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            row["decision"], row["note"] = decisions.get(row["id"], ("", ""))
            writer.writerow(row)


def test_a_reviewer_walks_through_the_texts_and_what_is_accepted_lands_in_the_file(
    program: Program, folder: Path
) -> None:
    ran = _review(program, typed="clinical supervisor\nnone\nLPC-S\nTexas\ns\nhm\naccept\nn\nToo stiff.\nq\n")

    assert (ran.status, ran.err) == (0, "")
    assert "only by someone who holds a licence" in ran.out
    assert ran.out.index("1 of 4: crisis text") < ran.out.index("{emergency}") < ran.out.index("2 of 4: concept")
    assert "Type accept, skip, note or quit, or its first letter." in ran.out
    assert ran.out.endswith("1 accepted, 1 skipped, 1 noted in review-notes.csv.\n")
    states = {card.id: card.head.review for card in load_corpus(folder).cards}
    today = dt.datetime.now().astimezone().date()
    accepted = Review(role="clinical supervisor", licence="LPC-S", jurisdiction="Texas", date=today)
    assert states == {"anger": accepted, "lateness": "unreviewed", "silence": "unreviewed"}
    notes = (program.cwd / "review-notes.csv").read_text(encoding="utf-8").splitlines()
    assert len(notes) == 2
    assert notes[1].startswith("lateness,concept,What to do about lateness,sha256:")
    assert notes[1].endswith(",note,Too stiff.")


def test_a_second_walk_shows_only_what_is_left_and_adds_to_the_notes(program: Program, folder: Path) -> None:
    _review(program, *_WHO, typed="a\na\nn\nOne.\nq\n")
    ran = _review(program, *_WHO, typed="n\nTwo.\na\n")

    assert "1 of 2: concept" in ran.out
    assert ran.out.endswith("1 accepted, 0 skipped, 1 noted in review-notes.csv.\n")
    assert len((program.cwd / "review-notes.csv").read_text(encoding="utf-8").splitlines()) == 3
    assert "review: {role:" in (folder / "screens" / "steps" / "suicide.md").read_text(encoding="utf-8")


def test_a_card_is_reviewed_again_by_its_name_and_shown_with_all_its_asks(program: Program, folder: Path) -> None:
    _review(program, *_WHO, typed="a\na\na\na\n")
    done = _review(program, *_WHO)
    again = _review(program, "silence", "--role", "counselor", *_WHO[2:], typed="a\n")

    assert done.out == "Every text has been reviewed. Name a card to review it again.\n"
    assert again.status == 0
    assert all(ask in again.out for ask in load_corpus(folder).by_id["silence"].head.asks)
    assert str(load_corpus(folder).by_id["silence"].head.review).startswith("counselor, LPC-S, Texas, ")


def test_the_end_of_the_input_ends_the_walk_and_keeps_what_was_accepted(program: Program, folder: Path) -> None:
    ran = _review(program, *_WHO, typed="s\na\n")

    assert ran.status == 130
    assert ran.err.endswith("stopped; nothing was lost.\n")
    assert load_corpus(folder).by_id["anger"].head.review != "unreviewed"


def test_a_sheet_goes_out_and_comes_back(program: Program, folder: Path) -> None:
    sheet = program.cwd / "sheet.csv"
    out = _review(program, "--export", "sheet.csv")
    _decide(sheet, {"steps/suicide": ("accept", ""), "anger": ("ACCEPT", "fine"), "silence": ("note", "Too long.")})
    back = _review(program, "--import", "sheet.csv", *_WHO)

    assert out.out.startswith("4 rows in sheet.csv. ")
    assert back.out == (
        "Note on anger: fine\nNote on silence: Too long.\n2 accepted, 0 skipped, 1 without a decision.\n"
    )
    assert [card.id for card in load_corpus(folder).cards if card.head.review != "unreviewed"] == ["anger"]
    assert "LPC-S" in (folder / "screens" / "steps" / "suicide.md").read_text(encoding="utf-8")


def test_a_sheet_with_one_card_that_changed_since_writes_nothing_at_all(program: Program, folder: Path) -> None:
    _review(program, "--export", "sheet.csv")
    _decide(program.cwd / "sheet.csv", {"anger": ("accept", ""), "silence": ("accept", "")})
    path = card_file(folder, "silence")
    path.write_text(path.read_text(encoding="utf-8").replace("case 3", "case 33"), encoding="utf-8")
    before = {file: file.read_bytes() for file in folder.rglob("*.md")}
    ran = _review(program, "--import", "sheet.csv", *_WHO)

    assert ran.status == 1
    assert ran.out.startswith("line 5: silence has changed since the sheet was made; read it again")
    assert ran.err == ("supervision-bot: rows of sheet.csv that cannot be taken: 1; mend them; nothing was written.\n")
    assert {file: file.read_bytes() for file in folder.rglob("*.md")} == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody",), "there is no card called nobody"),
        (("--licence", "none"), "--licence cannot be used; a review counts only by someone who holds a licence"),
        (("--role", "7"), "--role cannot be used; write 2 to 80 letters and digits"),
        (("--export", "there.csv"), "there.csv is there already; name a new file"),
        (("--export", "no/where.csv"), "no/where.csv cannot be used (no such file or directory)"),
        (("--import", "none.csv"), "none.csv cannot be used (no such file or directory)"),
        (("--import", "x", "--export", "y"), "cannot be exported and imported at once"),
        (("--notes", "there.csv"), "there.csv is not a sheet of notes"),
        (("--notes", "."), ". cannot be used (is a directory)"),
        (("--notes", "no/where.csv"), "notes cannot be written to no/where.csv; name another file with --notes"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(
    program: Program, folder: Path, words: tuple[str, ...], said: str
) -> None:
    (program.cwd / "there.csv").write_text("mine")
    ran = _review(program, *words)

    assert ran.status == 1
    assert ran.err.startswith("supervision-bot: ")
    assert ran.err.count("\n") == 1
    assert said in ran.err
    assert folder.exists()
