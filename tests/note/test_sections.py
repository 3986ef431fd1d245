"""What a supervision note holds, and its two forms."""

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.outcome import Abstained, CrisisReferral, Withheld
from bot.consult.reflection import LONGEST_FIELD, Reflection
from bot.note.pdf import as_pdf, printable
from bot.note.sections import (
    CLOSE,
    HINTS,
    LONGEST_SECTION,
    STAMP,
    TITLES,
    Note,
    Section,
    as_markdown,
    note_from,
)
from bot.safety.verdicts import CALM, Alarm, Level, Redaction
from knowledge.entry import Corpus
from tests.cogs.fakes import answered

_DAY = date(2026, 11, 23)
_EMPTY = Note(_DAY, {})


def test_an_answer_gives_question_passages_and_what_to_ask(corpus: Corpus) -> None:
    note = note_from(answered(corpus), corpus, _DAY)
    assert note.text(Section.HAPPENED) == "q"
    assert note.text(Section.WANT) == "What might I be missing?"
    assert note.text(Section.PASSAGES).startswith("- ")
    assert note.text(Section.MY_PART) == ""


def test_what_only_the_counselor_knows_is_left_open_with_a_hint() -> None:
    written = as_markdown(_EMPTY)
    assert all(f"## {TITLES[section]}\n\n*{HINTS[section]}*" in written for section in Section)


@pytest.mark.parametrize("outcome", [CrisisReferral(Alarm(Level.CRISIS)), Withheld(CALM)])
def test_an_outcome_without_a_redacted_question_gives_an_empty_note(
    outcome: CrisisReferral | Withheld, corpus: Corpus
) -> None:
    assert note_from(outcome, corpus, _DAY) == _EMPTY


def test_an_abstention_gives_what_happened_only(corpus: Corpus) -> None:
    note = note_from(Abstained(question=Redaction("she left"), alarm=CALM, clarify=None), corpus, _DAY)
    assert [section for section in Section if note.text(section)] == [Section.HAPPENED]


@given(st.lists(st.text(max_size=3000), min_size=7, max_size=7))
def test_any_text_fits_stamped_and_closed_on_one_page(texts: list[str]) -> None:
    note = _EMPTY
    for section, text in zip(Section, texts, strict=True):
        note = note.with_text(section, text)
    written, made = as_markdown(note), as_pdf(note)
    assert f"**{STAMP}.**" in written
    assert written.rstrip().endswith(CLOSE)
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") == 1
    assert all(len(note.text(section)) <= LONGEST_SECTION for section in Section)


def test_letters_that_the_font_lacks_are_written_by_their_nearest() -> None:
    assert printable("“fine” — naïve Ở \x00") == "“fine” — naïve O "
    assert printable("\N{GRINNING FACE}") == "?"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="there is no pdftotext here to read the page back")
def test_the_page_says_what_the_note_says(corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "note.pdf"
    file.write_bytes(as_pdf(note_from(answered(corpus), corpus, _DAY)))
    read = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607  # the system's own
    assert STAMP.upper() in read
    assert all(title in read for title in TITLES.values())
    assert "What might I be missing?" in read


def test_what_was_reflected_before_the_answer_stands_whole_under_what_i_noticed(corpus: Corpus) -> None:
    full = Reflection(between="b" * LONGEST_FIELD, felt="f" * LONGEST_FIELD)
    note = note_from(replace(answered(corpus), reflection=full), corpus, _DAY)
    assert note.text(Section.NOTICED) == f"Between us, I think: {full.between}\nI felt: {full.felt}"
    only = replace(answered(corpus), reflection=Reflection(felt="torn"))
    assert note_from(only, corpus, _DAY).text(Section.NOTICED) == "I felt: torn"
