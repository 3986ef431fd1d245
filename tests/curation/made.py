"""Makes the documents that the tests read: Word's by hand, so that each part of them can be wrong, PDFs by fpdf2."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

import fpdf

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/></w:style>'
    for level in (1, 2)
)
_NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def word(*lines: str, kind: str = _KIND, more: Mapping[str, bytes] | None = None) -> bytes:
    """Return a .docx.

    Args:
        lines: paragraphs; `# ` and `## ` begin a heading, `- ` an item of a list.
        kind: the content type of its main part.
        more: further parts, which may take the place of the usual ones.
    """
    body = "".join(map(_paragraph, lines))
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
        ),
        "_rels/.rels": _relationships(officeDocument="word/document.xml"),
        "word/_rels/document.xml.rels": _relationships(styles="styles.xml", numbering="numbering.xml"),
        "word/styles.xml": f"<w:styles {_WORD}>{_STYLES}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_WORD}>{_NUMBERING}</w:numbering>",
        "word/document.xml": f"<w:document {_WORD}><w:body>{body}</w:body></w:document>",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in ({name: part.encode() for name, part in parts.items()} | dict(more or {})).items():
            archive.writestr(name, part)
    return written.getvalue()


def pdf(*paragraphs: str, password: str | None = None) -> bytes:
    """Return a PDF with its text in paragraphs, or without any text where there are none."""
    made = fpdf.FPDF()
    made.add_page()
    made.set_font("helvetica", size=11)
    if paragraphs:
        made.multi_cell(0, text="\n\n".join(paragraphs))
    else:
        made.rect(10, 10, 50, 50)
    if password:
        made.set_encryption("owner", password)
    return bytes(made.output())


def _paragraph(line: str) -> str:
    marks = {"# ": '<w:pStyle w:val="Heading1"/>', "## ": '<w:pStyle w:val="Heading2"/>'}
    marks["- "] = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    mark = next((mark for mark in marks if line.startswith(mark)), "")
    text = escape(line.removeprefix(mark))
    return f"<w:p><w:pPr>{marks.get(mark, '')}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _relationships(**targets: str) -> str:
    held = "".join(
        f'<Relationship Id="r{kind}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{held}</Relationships>'
