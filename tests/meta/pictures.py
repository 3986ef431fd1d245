"""Makes the README's pictures from the program's own output; `python -m tests.meta.pictures` writes them.

Each picture carries the text that it was made of, so that a test can tell whether the program still says the same.
"""

import io
import re
from collections import deque
from collections.abc import Iterable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from bot.app import Services
from bot.cli.rehearse import Room
from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.pipeline import Consultant
from bot.note.pdf import as_pdf
from bot.note.sections import Note, Section
from bot.safety.screening import load_screens
from bot.settings import Settings
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.loader import load_corpus
from knowledge.sync import SyncReport
from tests.consult.fakes import FakeRetriever, found
from tests.meta.generated import REPOSITORY

NOTE = REPOSITORY / "docs" / "supervision-note.png"
REHEARSAL = REPOSITORY / "docs" / "rehearsal.svg"

_SCALE = 1.25
_COLOURS = 64
_MARGIN = 60
"""Pixels left under the last line; the rest of the page is empty."""
_TEXT = "Text"
_COLUMNS = 98
_SCENARIO = "polite-since-late"
_LINES = (
    "The bus was late because of the snow, and I did tell you that mornings are hard for me.",
    "I came late again and hurried us on to the homework. What was the wait like for you?",
)
_WEB_FONT = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
"""Rich names fonts on another server; a reader's own will do, and nobody is asked for one."""

_INK_ON_PAPER = TerminalTheme(
    (252, 252, 250),
    (40, 40, 44),
    [(40, 40, 44), (170, 40, 40)] * 4,
)

EXAMPLE = Note(
    date(2026, 11, 23),
    {
        Section.HAPPENED: "I made a joke to lighten things up after a silence. The client smiled politely, changed the "
        "subject and left early.",
        Section.NOTICED: "A quick smile and eyes to the door. In me: heat in the face, and the wish to explain.",
        Section.MARKERS: "It may be a withdrawal. Other explanations are possible; ask rather than assume.",
        Section.MY_PART: "The joke was for me: the silence was long, and I wanted it over.",
        Section.PASSAGES: "- Humor can bond or belittle. (humor#r1, practice wisdom)\n"
        "- Stop and own the joke in a few words. (humor#s1, practice wisdom)",
        Section.WANT: "How do I come back to it next week, in two sentences? Can we say it once in a role-play?",
    },
)


class _Typed(Console):
    """A console that records, and on which somebody types the given lines, then nothing."""

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__(
            record=True,
            file=io.StringIO(),
            width=_COLUMNS,
            force_terminal=True,
            highlight=False,
            color_system="truecolor",
        )
        self._lines = deque(lines)

    def input(self, prompt: Any = "", **_: Any) -> str:  # noqa: ANN401  # as rich has it
        """Type the next line."""
        line = self._lines.popleft() if self._lines else ""
        if line:
            self.print(f"{prompt}{line}")
        return line


def note_png() -> bytes:
    """Return the first page of the example note's PDF as a picture."""
    page = pypdfium2.PdfDocument(as_pdf(EXAMPLE))[0]
    image = page.render(scale=_SCALE).to_pil().convert("RGB")
    _, _, _, last = ImageOps.invert(image.convert("L")).getbbox() or (0, 0, 0, image.height)
    image = image.crop((0, 0, image.width, min(image.height, last + _MARGIN)))
    carried = PngInfo()
    carried.add_itxt(_TEXT, note_text())
    made = io.BytesIO()
    image.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        made, "PNG", optimize=True, pnginfo=carried
    )
    return made.getvalue()


def note_text() -> str:
    """Return what the page says."""
    page = pypdfium2.PdfDocument(as_pdf(EXAMPLE))[0]
    return " ".join(str(page.get_textpage().get_text_bounded()).split())


def carried_by(picture: Path) -> str:
    """Return the text that a picture was made of."""
    if picture.suffix == ".png":
        with Image.open(picture) as image:
            image.load()
            return str(image.info[_TEXT])
    return said_in(picture.read_text(encoding="utf-8"))


def said_in(svg: str) -> str:
    """Return the words that stand in a picture of the terminal."""
    return " ".join(unescape(" ".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg))).split())


def rehearsal_svg(corpus: Corpus, embedder: MiniLmEmbedder) -> str:
    """Return a whole rehearsal in the terminal, with the real screens and the real reader."""
    services = _services(corpus, embedder)
    console = _Typed(_LINES)
    Room(services, console).run(services.rehearsals.scenarios[_SCENARIO])
    console.print()  # rich cuts the last line's descenders
    return console.export_svg(
        title=f"supervision-bot rehearse {_SCENARIO}",
        theme=_INK_ON_PAPER,
        code_format=_WEB_FONT.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code", "Menlo, Consolas, DejaVu Sans Mono"),
        unique_id="rehearsal",
    )


def _services(corpus: Corpus, embedder: MiniLmEmbedder) -> Services:
    """Return the parts of a rehearsal; nothing in it looks a card up, so that there is no index."""
    screens, retriever = load_screens(embedder), FakeRetriever(found(*corpus.cards[:1]))
    consultant = Consultant(
        crisis=screens.crisis,
        language=screens.language,
        privacy=screens.privacy,
        scope=screens.scope,
        retriever=retriever,
        writer=BuiltInWriter(),
    )
    return Services(
        settings=Settings(),
        corpus=corpus,
        retriever=retriever,  # type: ignore[arg-type]  # a rehearsal asks for none
        consultant=consultant,
        embedder=embedder,
        privacy=screens.privacy,
        sync=SyncReport("current", None, 0, 0, 0),
    )


def main() -> None:
    """Write the pictures."""
    NOTE.write_bytes(note_png())
    REHEARSAL.write_text(rehearsal_svg(load_corpus(), MiniLmEmbedder()), encoding="utf-8")


if __name__ == "__main__":
    main()
