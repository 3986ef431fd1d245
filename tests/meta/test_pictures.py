"""The README's pictures show what the program says now, are small, and reach for nothing elsewhere."""

from pathlib import Path

import pytest

from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from tests.meta.generated import README
from tests.meta.pictures import NOTE, REHEARSAL, carried_by, note_png, note_text, rehearsal_svg, said_in

_MOST_BYTES = 150_000


def test_the_note_in_the_picture_says_what_the_pdf_says_now(tmp_path: Path) -> None:
    made = tmp_path / "made.png"
    made.write_bytes(note_png())
    assert carried_by(NOTE) == carried_by(made) == note_text()
    assert "NOT THE CLINICAL RECORD" in note_text()


def test_the_rehearsal_in_the_picture_is_the_one_of_now(corpus: Corpus, embedder: MiniLmEmbedder) -> None:
    assert carried_by(REHEARSAL) == said_in(rehearsal_svg(corpus, embedder))


@pytest.mark.parametrize("picture", [NOTE, REHEARSAL])
def test_a_picture_is_small_and_stands_in_the_readme_with_a_description(picture: Path) -> None:
    assert picture.stat().st_size < _MOST_BYTES
    (line,) = [each for each in README.read_text(encoding="utf-8").splitlines() if f"(docs/{picture.name})" in each]
    assert len(line.partition("](")[0]) > len("![a description]")


def test_the_picture_of_the_terminal_names_no_other_server() -> None:
    assert "url(http" not in REHEARSAL.read_text(encoding="utf-8")
