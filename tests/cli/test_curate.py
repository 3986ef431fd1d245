"""`curate`: answers of a server from files, into files, and as a list."""

from pathlib import Path

import pytest

from tests.cli.process import Program
from tests.curation.made import word

ANSWER = """---
id: late-fees
title: What to say about late fees
asks:
- they missed again and i have to charge them
---

## What it may be

## To consider

- Say the rule once, and then ask how it landed.

## Words to try

- "I would like to hear how that was for you."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one answer."""
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "late-fees.md").write_text(ANSWER, encoding="utf-8")
    return folder


def test_answers_come_in_as_drafts_and_go_out_as_the_same_files(program: Program, folder: Path, tmp_path: Path) -> None:
    assert program.run("curate", "list", "--server", "5").out == "The server 5 has no answers.\n"
    assert program.run("curate", "import", "--server", "5", str(folder)).out == "1 new, 0 changed, 0 unchanged.\n"
    out = tmp_path / "out"
    assert program.run("curate", "export", "--server", "5", str(out)).out == f"Wrote 1 answers to {out}.\n"
    first = (out / "late-fees.md").read_bytes()
    assert program.run("curate", "import", "--server", "5", str(out)).out == "0 new, 0 changed, 1 unchanged.\n"
    program.run("curate", "export", "--server", "5", str(out))
    assert (out / "late-fees.md").read_bytes() == first
    listed = program.run("curate", "list", "--server", "5").out
    assert "late-fees" in listed
    assert "draft" in listed
    assert program.run("curate", "list", "--server", "6").out == "The server 6 has no answers.\n"


def test_a_bad_file_is_named_and_nothing_is_brought_in(program: Program, folder: Path) -> None:
    (folder / "bad.md").write_text("no front matter", encoding="utf-8")
    refused = program.run("curate", "import", "--server", "5", str(folder))
    assert refused.status == 1
    assert "bad.md:1: front matter: missing" in refused.out
    assert "nothing was brought in" in refused.err
    assert program.run("curate", "list", "--server", "5").out == "The server 5 has no answers.\n"


def test_a_document_comes_in_as_a_draft_without_what_identifies_anybody(program: Program, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "Late fees.docx").write_bytes(
        word("# Late fees", "Say the rule once.", "Ask Jane Miller at 555-201-3344.")
    )
    taken = program.run("curate", "import", "--server", "5", str(folder)).out
    assert taken.startswith('Late fees.docx: "Late fees", 2 lines; it names no questions')
    assert taken.endswith("1 new, 0 changed, 0 unchanged.\n")
    program.run("curate", "export", "--server", "5", str(out))
    written = (out / "late-fees.md").read_text(encoding="utf-8")
    assert "- Say the rule once. {#s1}" in written
    assert "Miller" not in written
    assert "555" not in written


def test_one_bad_document_keeps_the_whole_folder_out(program: Program, folder: Path) -> None:
    (folder / "scan.pdf").write_bytes(b"no PDF")
    refused = program.run("curate", "import", "--server", "5", str(folder))
    assert refused.status == 1
    assert "scan.pdf:0: file: is no PDF, whatever its ending says" in refused.out
    assert program.run("curate", "list", "--server", "5").out == "The server 5 has no answers.\n"


def test_an_answer_that_tells_of_present_danger_is_named_and_kept_as_a_draft(program: Program, folder: Path) -> None:
    told = ANSWER.replace(
        "they missed again and i have to charge them", "my client just texted that she will kill herself"
    )
    (folder / "tonight.md").write_text(told.replace("id: late-fees", "id: tonight"), encoding="utf-8")
    said = program.run("curate", "import", "--server", "5", str(folder)).out
    assert "tonight.md: reads like present danger to somebody (question 1); weigh it with care; kept as a" in said
    assert "late-fees.md" not in said
    assert "2 new, 0 changed, 0 unchanged." in said
    listed = program.run("curate", "list", "--server", "5").out
    assert "approved" not in listed
