"""The vectors on disk, in a real Chroma."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from knowledge.errors import FreeDataFolder, RebuildIndex
from knowledge.index import Row, VectorIndex, seal
from knowledge.places import Place
from tests.knowledge.small import HashedWords

_EMBEDDER = HashedWords()


def _rows(count: int, *, kind: str = "ask") -> list[Row]:
    return [
        Row(f"card{n % 3}#a{n}", f"card{n % 3}", kind, f"text number {n} about {n * 7}", f"d{n}") for n in range(count)
    ]


def _write(index: VectorIndex, rows: list[Row]) -> None:
    index.upsert(rows, _EMBEDDER.embed([row.text for row in rows]))


@pytest.fixture
def index(tmp_path: Path, new_place: Callable[[Path], Place]) -> Iterator[VectorIndex]:
    index = new_place(tmp_path).open("vectors", create=True)
    yield index
    index.close()


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[VectorIndex]:
    """One in a folder, whatever the others are in."""
    index = VectorIndex(tmp_path / "on-disk")
    yield index
    index.close()


def test_a_new_index_is_empty(index: VectorIndex) -> None:
    assert index.count() == 0
    assert index.digests() == {}
    assert index.vectors([]) == {}
    assert index.vectors(["card0#a0"]) == {}
    assert index.nearest(_EMBEDDER.embed(["quiet"])[0], 5) == []


def test_rows_come_back_with_their_digests_and_vectors(index: VectorIndex) -> None:
    rows = _rows(600)
    _write(index, rows)

    assert index.count() == 600
    assert index.digests() == {row.id: row.digest for row in rows}
    vectors = index.vectors([row.id for row in rows] + ["card9#a9"])
    assert set(vectors) == {row.id for row in rows}
    for row in rows[::97]:
        assert vectors[row.id] == pytest.approx(_EMBEDDER.embed([row.text])[0], abs=1e-6)


def test_the_nearest_row_is_the_same_text_with_a_similarity_of_one(index: VectorIndex) -> None:
    rows = _rows(30)
    _write(index, rows)

    found = index.nearest(_EMBEDDER.embed([rows[7].text])[0], 400)

    assert found[0][0] == "card1"
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert len(found) == 30
    similarities = [similarity for _, similarity in found]
    assert similarities == sorted(similarities, reverse=True)


def test_the_nearest_rows_are_those_that_an_exact_search_finds(index: VectorIndex) -> None:
    rows = _rows(1500)
    _write(index, rows)
    question = _EMBEDDER.embed(["text number 12 about something"])[0]
    exact = np.sort(_EMBEDDER.embed([row.text for row in rows]) @ question)[::-1][:400]

    found = [similarity for _, similarity in index.nearest(question, 400)]

    assert found == pytest.approx(exact.tolist(), abs=1e-4)


def test_a_row_written_again_replaces_the_old_one(index: VectorIndex) -> None:
    _write(index, _rows(3))
    _write(index, [Row("card0#a0", "card0", "ask", "another text", "new")])

    assert index.count() == 3
    assert index.digests()["card0#a0"] == "new"
    assert index.vectors(["card0#a0"])["card0#a0"] == pytest.approx(_EMBEDDER.embed(["another text"])[0], abs=1e-6)


def test_deleted_rows_are_gone_and_deleting_nothing_does_nothing(index: VectorIndex) -> None:
    _write(index, _rows(4))
    index.delete([])
    index.delete(["card0#a0", "card1#a1"])

    assert set(index.digests()) == {"card2#a2", "card0#a3"}


def test_an_index_opened_again_holds_what_was_written(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    _write(index, _rows(10))
    index.close()

    again = VectorIndex(tmp_path)
    assert again.count() == 10
    again.close()


@pytest.mark.parametrize("name", ["my #1 data", "what?x=1", "c%41", "d\N{LATIN SMALL LETTER E WITH ACUTE}j\N{SNOWMAN}"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "vectors"
    for _ in range(2):
        index = VectorIndex(folder)
        _write(index, _rows(2))
        assert index.count() == 2
        index.close()

    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("damage", ["random", "halved", "scrambled"])
def test_a_damaged_database_asks_for_a_rebuild(tmp_path: Path, damage: str) -> None:
    index = VectorIndex(tmp_path)
    _write(index, _rows(200))
    index.close()
    file = tmp_path / "chroma.sqlite3"
    data = file.read_bytes()
    noise = np.random.default_rng(1).bytes(len(data))
    middle = len(data) // 2
    file.write_bytes({"random": noise, "halved": data[:middle], "scrambled": data[:4096] + noise[4096:]}[damage])

    with pytest.raises(RebuildIndex, match="the index's database is damaged"):
        VectorIndex(tmp_path)


def test_a_database_of_another_program_asks_for_a_rebuild(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "chroma.sqlite3") as database:
        database.execute("create table collections (nonsense text)")
    database.close()

    with pytest.raises(RebuildIndex):
        VectorIndex(tmp_path)


def test_vectors_of_another_length_ask_for_a_rebuild(on_disk: VectorIndex) -> None:
    _write(on_disk, _rows(2))

    with pytest.raises(RebuildIndex):
        on_disk.nearest(np.ones(7, dtype=np.float32), 3)


class PanicException(BaseException):  # the name that Chroma's native part gives it
    """What a crash in Chroma's native part raises."""


def _failing(index: VectorIndex, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def count() -> NoReturn:
        raise error

    monkeypatch.setattr(index, "_collection", type("Broken", (), {"count": staticmethod(count)}))


def test_a_panic_in_chromas_native_part_asks_for_a_rebuild(
    on_disk: VectorIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    _failing(on_disk, monkeypatch, PanicException("index out of bounds"))

    with pytest.raises(RebuildIndex):
        on_disk.count()


@pytest.mark.parametrize(
    "text",
    [
        "error returned from database: (code: 8) attempt to write a readonly database",
        "error returned from database: (code: 13) database or disk is full",
        "No space left on device (os error 28)",
        "Read-only file system (os error 30)",
        "Permission denied (os error 13)",
        "File too large (os error 27)",
        "Disk quota exceeded (os error 122)",
        "error returned from database: (code: 778) disk I/O error",
    ],
)
def test_a_folder_that_cannot_be_written_is_told_apart_from_damage(
    on_disk: VectorIndex, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    _failing(on_disk, monkeypatch, RuntimeError(text))

    with pytest.raises(FreeDataFolder, match="free space, or mend its permissions"):
        on_disk.count()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), AssertionError("a fault of ours")])
def test_what_is_no_failure_of_chroma_passes_through(
    on_disk: VectorIndex, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    _failing(on_disk, monkeypatch, error)

    with pytest.raises(type(error)):
        on_disk.count()


def test_the_seal_stays_while_nothing_is_written_and_breaks_with_one_changed_byte(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    _write(index, _rows(1200))
    index.close()
    before = seal(tmp_path)
    again = VectorIndex(tmp_path)
    again.nearest(_EMBEDDER.embed(["quiet"])[0], 400)
    again.close()
    assert seal(tmp_path) == before

    (file,) = tmp_path.rglob("data_level0.bin")
    data = bytearray(file.read_bytes())
    data[1000] ^= 1
    file.write_bytes(data)

    assert seal(tmp_path) != before


def test_graph_files_that_chroma_never_wrote_out_do_not_count_in_the_seal(tmp_path: Path) -> None:
    nothing = seal(tmp_path / "missing")
    index = VectorIndex(tmp_path)
    _write(index, _rows(20))
    index.close()

    assert seal(tmp_path) == nothing
