"""Turns one document into Markdown, as a process of its own: `python -m bot.curation.converting .pdf < a.pdf`.

A document is a stranger's: what it makes the readers use of time and memory ends with this process. It reads no other
file and asks no network.
"""

import io
import sys
from contextlib import suppress
from enum import IntEnum

_SECONDS = 60
_BYTES = 3_000_000_000


class Ended(IntEnum):
    """How it ended."""

    WELL = 0
    UNREADABLE = 3
    ENCRYPTED = 4


def convert(ending: str, document: bytes) -> str:
    """Return a document's text as Markdown.

    Args:
        ending: `.docx` or `.pdf`.
        document: its bytes.
    """
    from markitdown import StreamInfo  # noqa: PLC0415  # an extra, and it takes two seconds
    from markitdown.converters import DocxConverter, PdfConverter  # noqa: PLC0415

    # The two converters by themselves: the whole of markitdown would guess at the kind, and take any.
    converter = DocxConverter() if ending == ".docx" else PdfConverter()  # type: ignore[no-untyped-call]  # its own
    return converter.convert(io.BytesIO(document), StreamInfo(extension=ending)).markdown


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return
    with suppress(ValueError, OSError):  # where the machine sets lower limits, or knows none of memory
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))


def main() -> int:
    """Convert what stands on the standard input."""
    _limit()
    try:
        text = convert(sys.argv[1], sys.stdin.buffer.read())
    except Exception as error:  # noqa: BLE001  # whatever the readers of two formats end in; its text may hold the document's
        return Ended.ENCRYPTED if type(error).__name__ == "PDFPasswordIncorrect" else Ended.UNREADABLE
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    return Ended.WELL


if __name__ == "__main__":
    sys.exit(main())
