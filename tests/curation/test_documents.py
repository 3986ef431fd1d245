"""Documents of Word and PDF become drafts; whatever else bears their endings is refused in a sentence."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.curation import converting, documents
from bot.curation.converting import Ended, convert
from bot.curation.drafting import drafted
from bot.curation.files import Folder, read_folder
from bot.curation.screening import LONGEST_LINE, MOST_LINES
from bot.errors import InstallExtra
from bot.storage.curated import Content, Item
from tests.curation.made import pdf, word

_WORD_LINES = (
    "# What to say about late fees",
    "Some words before any part.",
    "## To consider",
    "- Say the rule once.",
    "- Ask how it landed <now>, 1*2 and [so].",
    "## Words to try",
    '"I would like to hear how that was for you."',
    "## Background",
    "Groups differ.",
    "## Questions",
    "- who pays for a missed hour",
    "## Sources",
    "House rules, 2026",
)


def _folder(tmp_path: Path, **files: bytes) -> Folder:
    for name, held in files.items():
        (tmp_path / name.replace("__", ".")).write_bytes(held)
    return read_folder(tmp_path)


def _said(tmp_path: Path, name: str, held: bytes) -> str:
    (tmp_path / name).write_bytes(held)
    found = read_folder(tmp_path)
    assert found.entries == ()
    (problem,) = found.problems
    return str(problem)


def test_documents_of_both_kinds_become_drafts_beside_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_converted", _in_this_process)
    in_pdf = (
        "Fees after a missed hour",
        "Say the rule once, and then ask how it landed with them, in words of your own, and leave time for what comes.",
        "What to watch for",
        "- do not bargain\n- do not lecture",
        "7",
    )
    found = _folder(tmp_path, late_fees__docx=word(*_WORD_LINES), missed__pdf=pdf(*in_pdf))
    assert found.problems == ()
    fees, missed = found.entries
    assert (fees.name, missed.name) == ("late-fees", "missed")
    assert fees.content == Content(
        title="What to say about late fees",
        text=tuple(
            Item(text)
            for text in (
                "Some words before any part.",
                "Say the rule once.",
                "Ask how it landed <now>, 1*2 and [so].",
                "Background: Groups differ.",
            )
        ),
        asks=("who pays for a missed hour",),
        wording=(Item('"I would like to hear how that was for you."'),),
        sources=("House rules, 2026",),
    )
    assert missed.content == Content(
        title="Fees after a missed hour",
        text=(Item(in_pdf[1]),),
        asks=("Fees after a missed hour",),
        caution=(Item("do not bargain"), Item("do not lecture")),
    )
    assert found.remarks[0] == 'late_fees.docx: "What to say about late fees", 5 lines'
    assert "its title stands as the one that finds it" in found.remarks[1]


_MACROS = {"word/vbaProject.bin": b"x"}
_KIND = "application/vnd.ms-word.document.macroEnabled.main+xml"
_BOMB = {"word/media/zeros.xml": bytes(60_000_000)}
_ENTITIES = {"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}


@pytest.mark.parametrize(
    ("name", "held", "said"),
    [
        ("a.docx", word("x") + bytes(5_000_001), "larger than 5 MB"),
        ("a.docm", word("x"), "can carry macros; save it as .docx"),
        ("a.docx", word("x", more=_MACROS), "carries macros; save it as .docx without them"),
        ("a.docx", word("x", kind=_KIND), "carries macros; save it as .docx without them"),
        ("a.docx", word("x", more=_BOMB), "unpacks to more than any answer needs"),
        ("a.docx", word("x", more=_ENTITIES), "holds declarations that Word does not write"),
        ("a.docx", b"\xd0\xcf\x11\xe0 an old file", "is in Word's old format, or under a password"),
        ("a.doc", b"anything", "is in Word's old format, or under a password"),
        ("a.docx", pdf("x"), "is no Word document, whatever its ending says"),
        ("a.docx", b"", "is no Word document, whatever its ending says"),
        ("a.docx", word("x")[:-30], "is no Word document, whatever its ending says"),
        ("a.docx", word("# Only a title", "## What to watch for", "that"), "has nothing to consider in it"),
        ("a.docx", word(*["line"] * (MOST_LINES + 1)), f"has {MOST_LINES + 1} paragraphs and list items in one part"),
        ("a.docx", word("x", "## Questions", *["- q"] * 81), "has more than 80 questions"),
        ("a.docx", word(), "holds no text"),
        ("a.docx", word(more={"word/document.xml": b"<broken"}), "cannot be read; save it anew"),
        ("a.pdf", word("x"), "is no PDF, whatever its ending says"),
        ("a.pdf", b"%PDF-1.7\nnothing else", "cannot be read; save it anew"),
        ("a.pdf", pdf(), "holds no text, as a scan does"),
        ("a.pdf", pdf("x", password="secret"), "is encrypted; save it without a password"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_document_that_cannot_be_a_draft_is_named_with_its_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, held: bytes, said: str
) -> None:
    monkeypatch.setattr(documents, "_converted", _in_this_process)
    assert _said(tmp_path, name, held).startswith(f"{name}:0: file: {said}")


def _in_this_process(ending: str, document: bytes) -> str | Ended:
    """Convert without a process of its own, which takes two seconds; the other tests have it."""
    try:
        return convert(ending, document)
    except Exception as error:  # noqa: BLE001  # as the process does
        encrypted = type(error).__name__ == "PDFPasswordIncorrect"
        return Ended.ENCRYPTED if encrypted else Ended.UNREADABLE


def test_a_zip_of_which_a_part_is_locked_is_encrypted(tmp_path: Path) -> None:
    held = bytearray(word("x"))
    (tmp_path / "a.docx").write_bytes(held)
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        start = archive.start_dir
    held[start + 8] |= 1
    assert _said(tmp_path, "a.docx", bytes(held)) == "a.docx:0: file: is encrypted; save it without a password"


def test_a_process_of_its_own_reads_and_says_when_it_cannot(tmp_path: Path) -> None:
    found = _folder(tmp_path, a__pdf=pdf("x", password="secret"), b__docx=word("# A title", "One thing."))
    assert [entry.content.text for entry in found.entries] == [(Item("One thing."),)]
    assert [problem.text for problem in found.problems] == ["is encrypted; save it without a password"]


@pytest.mark.parametrize(
    ("held", "ended"),
    [
        (pdf("some words"), Ended.WELL),
        (pdf("x", password="secret"), Ended.ENCRYPTED),
        (b"%PDF-1.7", Ended.UNREADABLE),
    ],
    ids=["well", "encrypted", "unreadable"],
)
def test_the_process_ends_with_what_it_found(monkeypatch: pytest.MonkeyPatch, held: bytes, ended: Ended) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(converting, "_limit", lambda: None)  # it would hold for the tests after this one
    monkeypatch.setattr("sys.argv", ["converting", ".pdf"])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(held)))
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written))
    assert converting.main() is ended
    assert (b"some words" in written.getvalue()) == (ended is Ended.WELL)


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_SECONDS", 0.01)
    assert "cannot be read" in _said(tmp_path, "a.pdf", pdf("some words"))


def test_without_the_extra_the_folder_is_refused_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "find_spec", lambda _: None)
    with pytest.raises(InstallExtra, match=r"supervision-assistant\[documents\]"):
        _folder(tmp_path, a__pdf=pdf("x"))


def test_two_files_of_one_name_are_refused_and_words_own_lock_file_is_passed_over(tmp_path: Path) -> None:
    found = _folder(tmp_path, **{"~$a__docx": b"x", "a__docx": b"x", "a__pdf": b"x"})
    assert [str(problem) for problem in found.problems] == [
        "a.docx:0: file: is no Word document, whatever its ending says; give it its right ending, or save it anew",
        "a.pdf:0: file: would become a, as a.docx does; rename one",
    ]


def test_a_file_that_nobody_may_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").symlink_to(tmp_path / "gone")
    (problem,) = read_folder(tmp_path).problems
    assert problem.text == "cannot be read; mend its permissions"


def test_marks_tables_links_and_long_paragraphs_become_plain_lines() -> None:
    long = "A sentence of some length. " * 100
    text = f"# T\n\n**Bold** and [words](https://a.example)\n\n| a | b |\n| --- | --- |\n| c | d |\n\n{long}\n\n## Last"
    content, wrong, _ = drafted(text, "file", has_headings=True)
    assert wrong == ""
    assert content is not None
    texts = [item.text for item in content.text]
    assert texts[:3] == ["Bold and words (https://a.example)", "a, b", "c, d"]
    assert texts[-1] == "Last"
    assert "".join(texts[3:-1]).replace(" ", "") == long.replace(" ", "")
    assert max(map(len, texts)) <= LONGEST_LINE


def test_the_files_name_is_the_title_where_there_is_no_heading() -> None:
    content, _, remark = drafted("Some words.\n\n## To consider\n\nOne.", "late_fees-and more", has_headings=True)
    assert content is not None
    assert content.title == "Late fees and more"
    assert remark.startswith('"Late fees and more", 2 lines')
    plain, _, _ = drafted("One sentence, and it ends.", "x", has_headings=False)
    assert plain is not None
    assert plain.title == "X"


@given(text=st.text(max_size=400), has_headings=st.booleans())
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_drafting_and_none_of_its_words_are_lost(text: str, *, has_headings: bool) -> None:
    content, wrong, _ = drafted(text, "name", has_headings=has_headings)
    assert (content is None) == bool(wrong)
    if content is not None:
        assert content.text
        assert content.asks
