"""A supervision note as a PDF of one page."""

import unicodedata

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from bot.note.sections import CLOSE, HINTS, STAMP, TITLES, Note, Section

_FONT = "helvetica"
_ENCODING = "windows-1252"
_MARGIN = 18.0
_SIZES = (11.5, 10.5, 9.5, 8.5, 7.5, 6.5)
"""Points; the largest at which the note fits on one page is taken."""

_RULE_HEIGHT = 12.0
"""Millimetres left to write by hand in a section that holds nothing."""

_INK, _FAINT, _RED = 30, 120, (170, 40, 40)


def as_pdf(note: Note) -> bytes:
    """Return the note as a PDF; characters that its font lacks are written by their nearest letters."""
    for size in _SIZES:
        page = _drawn(note, size)
        if page.pages_count == 1:
            break
    return bytes(page.output())


def _drawn(note: Note, size: float) -> FPDF:
    page = FPDF(format="A4")
    page.core_fonts_encoding = _ENCODING
    page.set_title("Note for supervision")
    page.set_creator("supervision-assistant")
    page.set_margins(_MARGIN, _MARGIN)
    page.set_auto_page_break(auto=True, margin=_MARGIN)
    page.add_page()
    page.set_text_color(_INK)
    page.set_font(_FONT, "B", 16)
    page.cell(0, 8, "Note for supervision", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(_FONT, "B", 10)
    page.set_text_color(*_RED)
    page.cell(0, 6, f"{STAMP.upper()}  -  {note.made_on.isoformat()}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for section in Section:
        _section(page, TITLES[section], note.text(section), HINTS[section], size)
    page.ln(3)
    page.set_draw_color(_FAINT)
    page.line(_MARGIN, page.get_y(), page.w - _MARGIN, page.get_y())
    page.ln(2)
    page.set_text_color(_INK)
    page.set_font(_FONT, "", size - 1)
    page.multi_cell(0, size / 2, printable(CLOSE), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return page


def _section(page: FPDF, title: str, text: str, hint: str, size: float) -> None:
    page.ln(size / 4)
    page.set_text_color(_INK)
    page.set_font(_FONT, "B", size + 1)
    page.cell(0, size / 2 + 1, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if text:
        page.set_font(_FONT, "", size)
        page.multi_cell(0, size / 2, printable(text), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return
    page.set_text_color(_FAINT)
    page.set_font(_FONT, "I", size - 1)
    page.multi_cell(0, size / 2, hint, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(_RULE_HEIGHT * size / _SIZES[0])


def printable(text: str) -> str:
    """Return the text in the letters that the font has; others become their base letter, or a question mark."""
    return "".join(_letter(letter) for letter in text if letter == "\n" or letter.isprintable())


def _letter(letter: str) -> str:
    try:
        letter.encode(_ENCODING)
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        return plain or "?"
    return letter
