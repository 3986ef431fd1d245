"""How the index is kept equal to the corpus, whatever has happened to its files."""

import errno
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import chromadb
import numpy as np
import pytest
from filelock import FileLock

from knowledge import sync
from knowledge.entry import Corpus
from knowledge.errors import FreeDataFolder, RebuildIndex, WaitForOtherProcess
from knowledge.folder import locked
from knowledge.head import Head
from knowledge.index import VectorIndex
from knowledge.loader import load_corpus
from knowledge.sync import SyncReport, look_at_index, open_retriever, rows_of
from tests.knowledge.small import (
    HashedWords,
    asks_of,
    card_file,
    card_text,
    new_process,
    write_corpus,
)

_ROWS = 3 * (20 + 4)
_REPOSITORY = Path(__file__).parents[2]


class _Place:
    """A small corpus and a data folder; every `open` is as if in a new process."""

    def __init__(self, root: Path, *, asks: int = 20) -> None:
        self.cards = write_corpus(root / "cards", asks=asks)
        self.data = root / "data"

    @property
    def corpus(self) -> Corpus:
        return load_corpus(self.cards)

    @property
    def vectors(self) -> Path:
        (folder,) = (self.data / "index").glob("vectors-*")
        return folder

    def open(self, embedder: HashedWords | None = None, *, rebuild: bool = False, wait: float = 20.0) -> SyncReport:
        new_process()
        retriever, report = open_retriever(
            self.data, self.corpus, embedder or HashedWords(), rebuild=rebuild, wait=wait
        )
        assert retriever.retrieve("my client arrives late and leaves the door open").found[0].card.id == "lateness"
        return report

    def look(self, embedder: HashedWords | None = None) -> str | None:
        new_process()
        return look_at_index(self.data, self.corpus, embedder or HashedWords())

    def change(self, card: str, old: str, new: str) -> None:
        file = card_file(self.cards, card)
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> _Place:
    return _Place(tmp_path)


@pytest.fixture(scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built")
    _Place(root).open()
    return root / "data"


@pytest.fixture
def built(place: _Place, _built: Path) -> _Place:
    """A place whose index is built already."""
    shutil.copytree(_built, place.data)
    return place


@pytest.fixture(scope="module")
def _big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("big")
    _Place(root, asks=400).open()
    return root / "data"


@pytest.fixture
def big(tmp_path: Path, _big: Path) -> _Place:
    """A place with so many rows that Chroma has written its graph to files."""
    place = _Place(tmp_path, asks=400)
    shutil.copytree(_big, place.data)
    return place


# Building and taking up changes.


def test_the_first_start_builds_the_index_and_says_so(place: _Place) -> None:
    embedder = HashedWords()

    assert place.look() == "there is no index"
    assert place.open(embedder) == SyncReport("built", None, _ROWS, 0, _ROWS)
    # One more text each for the first look and for the question that `open` asks.
    assert len(embedder.texts) == _ROWS + 2


def test_the_second_start_does_nothing(built: _Place) -> None:
    before = {path: path.stat().st_mtime_ns for path in (built.data / "index").glob("*") if path.is_file()}
    embedder = HashedWords()

    assert built.open(embedder) == SyncReport("current", None, 0, 0, _ROWS)

    assert len(embedder.texts) == 2
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_changed_card_embeds_only_what_changed(built: _Place) -> None:
    built.change("anger", "Name the anger you noticed", "Say what anger you noticed")
    assert built.look() == "the index was made from other cards"
    embedder = HashedWords()

    assert built.open(embedder) == SyncReport("updated", None, 1, 0, _ROWS)

    assert embedder.texts[0] == "Say what anger you noticed, and ask about it."
    assert len(embedder.texts) == 1 + 2
    assert built.look() is None


def test_a_card_whose_title_changed_embeds_nothing(built: _Place) -> None:
    built.change("anger", "title: What to do", "title: What you could do")

    assert built.open() == SyncReport("updated", None, 0, 0, _ROWS)


def test_asks_that_were_removed_leave_the_index_and_new_ones_enter_it(place: _Place) -> None:
    file = card_file(place.cards, "anger")
    file.write_text(card_text("anger", ["anger"], asks_of("anger", 25)), encoding="utf-8")
    place.open()
    asks = [*asks_of("anger", 19), "why is he so loud with me"]
    file.write_text(card_text("anger", ["anger"], asks), encoding="utf-8")
    embedder = HashedWords()

    assert place.open(embedder) == SyncReport("updated", None, 1, 5, _ROWS)

    assert embedder.texts[0] == "why is he so loud with me"
    index = VectorIndex(place.vectors)
    assert set(index.digests()) == {row.id for row in rows_of(place.corpus)}
    index.close()


def test_a_card_that_was_removed_leaves_the_index(built: _Place) -> None:
    card_file(built.cards, "quiet-again").write_text(
        card_text("quiet-again", ["silence"], asks_of("silence", 20)), encoding="utf-8"
    )
    assert built.open().rows == _ROWS + 24
    card_file(built.cards, "quiet-again").unlink()

    assert built.open() == SyncReport("updated", None, 0, 24, _ROWS)


def test_progress_counts_from_none_to_all(place: _Place) -> None:
    told: list[tuple[int, int]] = []

    open_retriever(place.data, place.corpus, HashedWords(), progress=lambda done, total: told.append((done, total)))

    assert told == [(0, _ROWS), (_ROWS, _ROWS)]


def test_a_rebuild_that_was_asked_for_makes_every_vector_anew(built: _Place) -> None:
    old = built.vectors

    assert built.open(rebuild=True) == SyncReport("rebuilt", "asked for", _ROWS, 0, _ROWS)

    assert built.vectors != old


def test_a_rebuild_asked_for_where_there_is_no_index_builds_it(place: _Place) -> None:
    assert place.open(rebuild=True) == SyncReport("built", None, _ROWS, 0, _ROWS)


def test_an_index_of_another_embedder_is_rebuilt(built: _Place) -> None:
    other = HashedWords("another-space")

    report = built.open(other)

    assert report == SyncReport("rebuilt", "the index was made by another embedder", _ROWS, 0, _ROWS)
    assert built.look(other) is None
    assert built.look() == "the index was made by another embedder"


def test_an_index_of_another_version_is_rebuilt(built: _Place) -> None:
    _edit_manifest(built, schema=0)

    assert built.open().reason == "the index was made by another version of the program"


def test_rows_are_units_then_asks_card_by_card(place: _Place) -> None:
    rows = rows_of(place.corpus)

    assert [row.id for row in rows[:5]] == ["anger#r1", "anger#s1", "anger#w1", "anger#c1", "anger#a1"]
    assert len({row.id for row in rows}) == len(rows) == _ROWS
    assert [row.card for row in rows] == sorted(row.card for row in rows)


# Interruptions.


def test_an_interrupted_build_goes_on_without_embedding_again_what_was_done(tmp_path: Path) -> None:
    place = _Place(tmp_path, asks=100)
    rows = 3 * 104
    with pytest.raises(KeyboardInterrupt):
        place.open(HashedWords(interrupt_after=200))
    assert place.look() == "the index was made from other cards"
    embedder = HashedWords()

    report = place.open(embedder)

    assert report == SyncReport("updated", None, rows - 256, 0, rows)
    assert len(embedder.texts) == rows - 256 + 2
    assert place.open().state == "current"


def test_a_build_interrupted_before_its_first_vector_goes_on(place: _Place) -> None:
    with pytest.raises(KeyboardInterrupt):
        place.open(HashedWords(interrupt_after=0))

    assert place.open() == SyncReport("updated", None, _ROWS, 0, _ROWS)


def test_a_build_cut_off_while_the_graph_was_written_starts_anew(big: _Place) -> None:
    _edit_manifest(big, ready=False)
    (graph,) = big.vectors.rglob("data_level0.bin")
    graph.write_bytes(graph.read_bytes()[:5000])

    report = big.open()

    assert (report.state, report.reason) == ("rebuilt", "the index's graph files are damaged")


def test_an_interrupted_rebuild_leaves_no_old_vectors_behind(built: _Place) -> None:
    with pytest.raises(KeyboardInterrupt):
        built.open(HashedWords(interrupt_after=0), rebuild=True)
    assert len(list((built.data / "index").glob("vectors-*"))) == 2

    built.open()

    assert len(list((built.data / "index").glob("vectors-*"))) == 1


# Damage.


def _edit_manifest(place: _Place, **values: object) -> None:
    file = place.data / "index" / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def _noise(size: int) -> bytes:
    return np.random.default_rng(7).bytes(size)


def _random_database(place: _Place) -> None:
    (place.vectors / "chroma.sqlite3").write_bytes(_noise(20_000))


def _halved_database(place: _Place) -> None:
    file = place.vectors / "chroma.sqlite3"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _emptied_database(place: _Place) -> None:
    (place.vectors / "chroma.sqlite3").write_bytes(b"")


def _fresh_database(place: _Place) -> None:
    folder = place.vectors
    shutil.rmtree(folder)
    new_process()
    chromadb.PersistentClient(path=str(folder))


def _missing_database(place: _Place) -> None:
    (place.vectors / "chroma.sqlite3").unlink()


def _missing_folder(place: _Place) -> None:
    shutil.rmtree(place.vectors)


def _index_of(name: str, data: bytes | None) -> Callable[[_Place], None]:
    def damage(place: _Place) -> None:
        file = place.data / "index" / name
        if data is None:
            file.unlink()
        else:
            file.write_bytes(data or file.read_bytes()[: file.stat().st_size // 2])

    return damage


def _head_of_another_corpus(place: _Place) -> None:
    Head.fit(["a", "b"], np.eye(2, dtype=np.float32), [0, 1], 2).save(place.data / "index" / "head.npz")


_DAMAGES: dict[str, tuple[Callable[[_Place], None], str]] = {
    "random bytes for the database": (_random_database, "the index's database is damaged"),
    "half a database": (_halved_database, "the index's database is damaged"),
    "an emptied database": (_emptied_database, "the index's database was emptied or is another's"),
    "a fresh database": (_fresh_database, "the index's database was emptied or is another's"),
    "no database": (_missing_database, "the index's database is missing"),
    "no vector folder": (_missing_folder, "the index's database is missing"),
    "half a head": (_index_of("head.npz", b""), "the learned head cannot be read"),
    "a random head": (_index_of("head.npz", _noise(900)), "the learned head cannot be read"),
    "no head": (_index_of("head.npz", None), "the learned head cannot be read"),
    "another corpus's head": (_head_of_another_corpus, "the index's parts do not fit one another"),
    "half an index of whole cards": (_index_of("whole.npz", b""), "the index of whole cards cannot be read"),
    "no index of whole cards": (_index_of("whole.npz", None), "the index of whole cards cannot be read"),
    "half a vocabulary": (_index_of("lexical/vocab.index.json", b""), "the lexical index cannot be read"),
    "random BM25 scores": (_index_of("lexical/data.csc.index.npy", _noise(900)), "the lexical index cannot be read"),
    "no BM25 scores": (_index_of("lexical/data.csc.index.npy", None), "the lexical index cannot be read"),
    "empty BM25 settings": (_index_of("lexical/params.index.json", b"{}"), "the index's parts do not fit one another"),
    "half a manifest": (_index_of("manifest.json", b""), "the index's manifest cannot be read"),
    "a random manifest": (_index_of("manifest.json", _noise(90)), "the index's manifest cannot be read"),
    "a manifest that is a list": (_index_of("manifest.json", b"[]"), "the index's manifest cannot be read"),
    "an older manifest": (_index_of("manifest.json", b'{"schema": 1}'), "the index's manifest cannot be read"),
}


@pytest.mark.parametrize("name", _DAMAGES)
def test_a_damaged_index_is_rebuilt_and_the_report_says_why(built: _Place, name: str) -> None:
    damage, reason = _DAMAGES[name]
    damage(built)
    assert built.look() == reason
    embedder = HashedWords()

    report = built.open(embedder)

    assert report == SyncReport("rebuilt", reason, _ROWS, 0, _ROWS)
    assert len(list((built.data / "index").glob("vectors-*"))) == 1
    assert built.open() == SyncReport("current", None, 0, 0, _ROWS)


@pytest.mark.parametrize("damage", ["halved", "emptied", "random", "gone"])
@pytest.mark.parametrize(
    "name", ["data_level0.bin", "header.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"]
)
def test_damaged_graph_files_are_rebuilt_before_chroma_can_crash_on_them(big: _Place, name: str, damage: str) -> None:
    (file,) = big.vectors.rglob(name)
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes({"halved": data[: len(data) // 2], "emptied": b"", "random": _noise(len(data))}[damage])

    report = big.open()

    assert (report.state, report.reason) == ("rebuilt", "the index's graph files are damaged")


def test_damage_found_while_changes_are_taken_up_leads_to_a_rebuild_with_its_reason(built: _Place) -> None:
    _random_database(built)
    built.change("anger", "Name the anger", "Say the anger")

    assert built.open() == SyncReport("rebuilt", "the index's database is damaged", _ROWS, 0, _ROWS)


def test_damaged_graph_files_are_seen_while_changes_are_taken_up_too(big: _Place) -> None:
    (file,) = big.vectors.rglob("header.bin")
    file.write_bytes(file.read_bytes()[:50])
    big.change("anger", "Name the anger", "Say the anger")

    report = big.open()

    assert (report.state, report.reason) == ("rebuilt", "the index's graph files are damaged")


def test_vectors_that_are_missing_behind_their_rows_lead_to_a_rebuild(
    built: _Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.change("anger", "title: What to do", "title: What you could do")
    real, calls = VectorIndex.vectors, []

    def lacking(self: VectorIndex, ids: list[str]) -> object:
        calls.append(len(ids))
        return {} if len(calls) == 1 else real(self, ids)

    monkeypatch.setattr(VectorIndex, "vectors", lacking)

    assert built.open() == SyncReport("rebuilt", "the index's database lacks vectors of its rows", _ROWS, 0, _ROWS)


def test_an_index_that_is_broken_even_after_a_rebuild_is_told(place: _Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VectorIndex, "count", lambda _: 0)

    with pytest.raises(RebuildIndex, match="the index's database was emptied or is another's"):
        place.open()


# Folders that cannot be written.


def test_a_data_folder_that_is_a_file_says_how_to_mend_it(place: _Place) -> None:
    place.data.write_text("in the way", encoding="utf-8")

    with pytest.raises(FreeDataFolder, match=f"the data folder {place.data} cannot be written") as error:
        place.open()

    assert error.value.mend == "mend its permissions, or set DATA_DIR to another folder"
    assert place.data.read_text(encoding="utf-8") == "in the way"


@pytest.mark.parametrize("name", ["index", "index/lexical"])
def test_a_file_in_the_place_of_a_folder_says_how_to_mend_it(built: _Place, name: str) -> None:
    shutil.rmtree(built.data / name)
    (built.data / name).write_text("in the way", encoding="utf-8")

    with pytest.raises(FreeDataFolder, match="cannot be written; mend its permissions"):
        built.open()


def test_a_data_folder_below_a_file_says_how_to_mend_it(place: _Place) -> None:
    place.data.write_text("in the way", encoding="utf-8")
    place.data = place.data / "below"

    with pytest.raises(FreeDataFolder, match="set DATA_DIR to another folder"):
        place.open()


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "is full; free some space"),
        (errno.EDQUOT, "is full; free some space"),
        (errno.EROFS, "cannot be written; mend its permissions"),
        (errno.EACCES, "cannot be written; mend its permissions"),
    ],
)
def test_a_full_or_read_only_disk_is_told_with_what_to_do(
    place: _Place, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(FreeDataFolder, match=told):
        place.open()


_LIMITED = """
import resource, sys
from pathlib import Path
from knowledge.errors import KnowledgeError
from knowledge.loader import load_corpus
from knowledge.sync import open_retriever
from tests.knowledge.small import HashedWords
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    open_retriever(Path(sys.argv[1]), load_corpus(Path(sys.argv[2])), HashedWords())
except KnowledgeError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file size")
@pytest.mark.parametrize("limit", [0, 4_096, 100_000, 200_000, 300_000, 600_000])
def test_a_disk_that_fills_up_at_any_moment_asks_for_space_and_the_next_start_mends_it(
    tmp_path: Path, limit: int
) -> None:
    place = _Place(tmp_path, asks=100)

    told = subprocess.run(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", _LIMITED, str(place.data), str(place.cards), str(limit)],
        cwd=_REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout

    assert told.startswith("FreeDataFolder the data folder")
    assert "free s" in told
    assert place.open().rows == 3 * 104
    assert place.open().state == "current"


# Several processes.


def test_another_process_that_keeps_writing_is_told_without_a_long_wait(place: _Place) -> None:
    place.data.mkdir()
    with FileLock(place.data / "index.lock"):
        started = time.monotonic()
        with pytest.raises(WaitForOtherProcess, match="wait for it to finish, or stop it"):
            place.open(wait=0.1)

    assert time.monotonic() - started < 5
    assert place.open(wait=0.1).state == "built"


def test_a_current_index_opens_while_another_process_holds_the_lock(built: _Place) -> None:
    with FileLock(built.data / "index.lock"):
        assert built.open(wait=0.1).state == "current"


def _build_in_another_process(data: str, cards: str, reports: "multiprocessing.Queue[str]") -> None:
    _, report = open_retriever(Path(data), load_corpus(Path(cards)), HashedWords())
    reports.put(report.state)


def test_two_processes_that_build_at_once_both_end_with_a_sound_index(place: _Place) -> None:
    spawn = multiprocessing.get_context("spawn")
    reports: multiprocessing.Queue[str] = spawn.Queue()
    arguments = (str(place.data), str(place.cards), reports)
    builders = [spawn.Process(target=_build_in_another_process, args=arguments) for _ in range(2)]
    for builder in builders:
        builder.start()
    states = sorted(reports.get(timeout=90) for _ in builders)
    for builder in builders:
        builder.join(timeout=30)

    assert [builder.exitcode for builder in builders] == [0, 0]
    assert states == ["built", "current"]
    assert place.open().state == "current"


def test_an_index_that_another_embedder_took_over_while_we_waited_is_not_mixed(
    built: _Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.change("anger", "Name the anger", "Say the anger")
    real = locked

    def taken_over(folder: Path, wait: float) -> object:
        monkeypatch.setattr(sync, "locked", real)
        built.open(HashedWords("another-space"))
        return real(folder, wait)

    monkeypatch.setattr(sync, "locked", taken_over)

    assert built.open().reason == "the index was made by another embedder"
