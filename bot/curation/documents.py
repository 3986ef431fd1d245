"""Documents of Word and PDF as drafts: looked at before anything opens them, then read by a process of their own."""

import io
import re
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

from bot.curation.converting import Ended
from bot.curation.drafting import drafted
from bot.errors import InstallExtra
from bot.storage.answers import Entry
from knowledge.frontmatter import Problem

ENDINGS = (".docx", ".pdf", ".docm", ".doc")
"""What is taken for a document; the last two are refused with their reason."""

LARGEST_DOCUMENT = 5_000_000
"""Bytes."""

_LARGEST_UNPACKED = 50_000_000
_MOST_PARTS = 2_000
_SECONDS = 90
_OLD_WORD = b"\xd0\xcf\x11\xe0"
"""With these bytes begin Word's old format, and a .docx under a password."""

_HEAD = 1024
"""Bytes among which `%PDF-` stands (ISO 32000, Annex H)."""

_NEEDED = ("markitdown", "mammoth", "pdfminer")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_ENCRYPTED = "is encrypted; save it without a password"
_MEND = "save it anew from the program that made it, or type it"


def require_reader() -> None:
    """Make sure that documents can be read at all.

    Raises:
        InstallExtra: the packages are not there.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise InstallExtra(
            "the folder holds .docx or .pdf files, and what reads them is not installed",
            'install the extra: pip install "supervision-assistant[documents]"; or take these files out of the folder',
        )


def read_document(path: Path, name: str) -> tuple[Entry | None, list[Problem], str]:
    """Read one document as a draft.

    Args:
        path: the file.
        name: the short name of the answer that it becomes.

    Returns:
        The answer, or None where there are problems; those; and what whoever brings it in should know.
    """
    ending = path.suffix.lower()
    text, wrong = _text_of(path, ending)
    if wrong:
        return None, [Problem(path.name, 0, "file", wrong)], ""
    content, wrong, remark = drafted(text, path.stem, has_headings=ending == ".docx")
    if content is None:
        return None, [Problem(path.name, 0, "file", wrong)], ""
    return Entry(name, content), [], f"{path.name}: {remark}"


def _text_of(path: Path, ending: str) -> tuple[str, str]:
    """Return a document's text, and what is wrong with it; one of the two is empty."""
    try:
        if path.stat().st_size > LARGEST_DOCUMENT:
            return "", "larger than 5 MB; take the pictures out, or split it"
        document = path.read_bytes()
    except OSError:
        return "", "cannot be read; mend its permissions"
    if wrong := _wrong_pdf(document) if ending == ".pdf" else _wrong_word(ending, document):
        return "", wrong
    text = _converted(ending, document)
    if isinstance(text, Ended):
        return "", _ENCRYPTED if text is Ended.ENCRYPTED else f"cannot be read; {_MEND}"
    text = _PICTURE.sub("", text)
    if any(letter.isalnum() for letter in text):
        return text, ""
    return "", "holds no text, as a scan does; run a text recognition over it first, or type it"


def _wrong_pdf(document: bytes) -> str | None:
    return None if b"%PDF-" in document[:_HEAD] else "is no PDF, whatever its ending says; give it its right ending"


def _wrong_word(ending: str, document: bytes) -> str | None:
    if ending == ".docm":
        return "can carry macros; save it as .docx"
    if document.startswith(_OLD_WORD) or ending == ".doc":
        return "is in Word's old format, or under a password; save it as .docx without one"
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            return _wrong_archive(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError):
        # zipfile knows not every way of packing; what it stumbles over, Word has not written.
        return "is no Word document, whatever its ending says; give it its right ending, or save it anew"


def _wrong_archive(archive: zipfile.ZipFile) -> str | None:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "word/document.xml" not in names:
        return "is no Word document, whatever its ending says; give it its right ending"
    if any(part.flag_bits & 1 for part in parts):
        return _ENCRYPTED
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        return "unpacks to more than any answer needs; copy its text into a new document"
    # Reading stops at the size that the archive states, so the sum above holds for what is read here.
    texts = [archive.read(part) for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
    if any(name.endswith("vbaproject.bin") for name in names) or any(b"macroEnabled" in text for text in texts):
        return "carries macros; save it as .docx without them"
    if any(b"<!DOCTYPE" in text or b"<!ENTITY" in text for text in texts):
        return f"holds declarations that Word does not write; {_MEND}"
    return None


def _converted(ending: str, document: bytes) -> str | Ended:
    words = [sys.executable, "-m", "bot.curation.converting", ending]
    try:
        done = subprocess.run(words, input=document, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # ours
    except (OSError, subprocess.TimeoutExpired):
        return Ended.UNREADABLE
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace")
    return Ended.ENCRYPTED if done.returncode == Ended.ENCRYPTED else Ended.UNREADABLE
