"""The checklist sheet: what is written is taken back, and what cannot be taken is told row by row."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import FixReview
from knowledge.review import Reviewable
from knowledge.sheet import COLUMNS, Decision, Verdict, read_sheet, write_sheet

_TEXTS = [
    Reviewable("steps/suicide", "crisis text", "Someone's life, in danger", Path("a.md"), "sha256:1e5", "unreviewed"),
    Reviewable("humor", "situation", 'A joke; "flat"', Path("b.md"), "sha256:2", "unreviewed"),
]
_HEAD = ",".join(COLUMNS)


def _problems(*rows: str) -> list[str]:
    return read_sheet("\n".join([_HEAD, *rows]).encode(), _TEXTS)[1]


def test_a_sheet_has_one_row_a_text() -> None:
    assert write_sheet(_TEXTS).split("\r\n") == [
        "id,kind,title,hash,decision,note",
        'steps/suicide,crisis text,"Someone\'s life, in danger",sha256:1e5,,',
        'humor,situation,"A joke; ""flat""",sha256:2,,',
        "",
    ]


def test_an_empty_sheet_decides_nothing() -> None:
    assert read_sheet(write_sheet(_TEXTS).encode(), _TEXTS) == ([], [])


@given(
    st.lists(
        st.tuples(st.sampled_from(_TEXTS), st.sampled_from(Decision), st.text(max_size=30)),
        unique_by=lambda row: row[0].id,
    )
)
def test_what_was_decided_is_taken_back(rows: list[tuple[Reviewable, Decision, str]]) -> None:
    # A spreadsheet program saves no lone surrogate and no NUL, and spaces around a cell mean nothing.
    clean = [
        (text, decision, note.encode("utf-8", "ignore").decode().replace("\0", "").strip())
        for text, decision, note in rows
    ]
    verdicts = [Verdict(text, decision, note or "so") for text, decision, note in clean]

    assert read_sheet(write_sheet([], verdicts).encode(), _TEXTS) == (verdicts, [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_sheet_is_read_as_spreadsheet_programs_save_it(separator: str) -> None:
    rows = [list(COLUMNS), ["humor", "situation", "A joke", "sha256:2", " Accept ", ""], ["", "", "", "", "", ""]]
    data = b"\xef\xbb\xbf" + "\r\n".join(separator.join(row) for row in rows).encode()

    assert read_sheet(data, _TEXTS) == ([Verdict(_TEXTS[1], Decision.ACCEPT)], [])


def test_a_note_alone_is_a_note() -> None:
    assert read_sheet(f"{_HEAD}\nhumor,,,sha256:2,,too stiff".encode(), _TEXTS)[0] == [
        Verdict(_TEXTS[1], Decision.NOTE, "too stiff")
    ]


def test_a_text_that_changed_since_is_refused_and_the_others_are_still_looked_at() -> None:
    assert _problems("humor,,,sha256:3,accept,", "steps/suicide,,,sha256:1e5,maybe,") == [
        "line 2: humor has changed since the sheet was made; read it again, or empty its decision and note.",
        "line 3: steps/suicide: the decision maybe is not known; write one of accept, skip, note, or nothing.",
    ]


def test_a_changed_text_without_a_decision_is_no_matter() -> None:
    assert _problems("humor,,,sha256:3,,", "steps/suicide,,,sha256:9,skip,") == []


def test_unknown_double_and_noteless_rows_are_told() -> None:
    assert _problems("x,,,,accept,", ",,,,accept,", "humor,,,sha256:2,note,", "humor,,,sha256:2,,") == [
        "line 2: there is no card or crisis text called x; restore the id, or remove the row.",
        "line 3: there is no card or crisis text called (nothing); restore the id, or remove the row.",
        "line 4: humor: there is no note; write one beside the decision `note`, or empty the decision.",
        "line 5: humor stands twice; remove one of its rows.",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the sheet is empty"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"id,kind,title,decision\n", "has no column hash, note"),
        (f"{_HEAD},colour\n".encode(), "a column that is not known: colour"),
        (f"{_HEAD},note\n".encode(), "a column that is not known: one twice"),
        (f'{_HEAD}\n"open'.encode(), "line 2 of the sheet is not CSV"),
    ],
)
def test_what_is_no_sheet_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(FixReview, match=said):
        read_sheet(data, _TEXTS)


@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: f"{_HEAD}\n{text}".encode("utf-8", "replace")))
def test_no_file_makes_the_reader_crash(data: bytes) -> None:
    try:
        verdicts, _ = read_sheet(data, _TEXTS)
    except FixReview:
        return
    assert len(verdicts) <= len(_TEXTS)
