"""The index on a Chroma server: the same answers, for several processes, and a clear word for whatever is wrong."""

import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from knowledge import chroma
from knowledge.chroma import ChromaServer, Connection, connect
from knowledge.curated import CuratedRow
from knowledge.entry import Corpus
from knowledge.errors import FixVectorServer, KnowledgeError, RebuildIndex, WaitForVectorServer
from knowledge.loader import load_corpus
from knowledge.places import ServerPlace
from knowledge.served import ServedCuratedVectors
from knowledge.sync import SyncReport, look_at_index, open_retriever
from tests.knowledge.chroma_server import Chroma, Proxy, free_port, running_chroma, running_proxy
from tests.knowledge.small import HashedWords, card_file, card_text, small_corpus, write_corpus

QUESTION = "what if my client goes quiet and looks at the floor"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A small one, in place of the shipped."""
    return small_corpus(tmp_path / "cards")


@pytest.fixture
def place(chroma_server: Chroma) -> Iterator[ServerPlace]:
    """An empty database on the server."""
    connection = connect(chroma_server.fresh())
    yield ServerPlace(connection)
    connection.close()


@pytest.fixture
def another(place: ServerPlace) -> Iterator[ServerPlace]:
    """The same database as another process sees it."""
    connection = Connection(place.connection.server)
    yield ServerPlace(connection)
    connection.close()


def test_it_finds_what_the_index_in_the_folder_finds(place: ServerPlace, corpus: Corpus, tmp_path: Path) -> None:
    served, report = open_retriever(tmp_path / "one", corpus, HashedWords(), place=place)
    here, same = open_retriever(tmp_path / "two", corpus, HashedWords())
    assert report == same == SyncReport("built", None, report.rows, 0, report.rows)
    ours, theirs = here.retrieve(QUESTION), served.retrieve(QUESTION)
    assert [one.card.id for one in ours.found] == [one.card.id for one in theirs.found]
    assert np.allclose([one.score for one in ours.found], [one.score for one in theirs.found], atol=1e-3)
    assert ours.unit_nearness.keys() == theirs.unit_nearness.keys()
    assert not (tmp_path / "one" / "index").exists()
    assert look_at_index(tmp_path / "one", corpus, HashedWords(), place) is None


def test_a_second_process_takes_what_is_there_and_a_third_time_nothing_is_done(
    place: ServerPlace, another: ServerPlace, corpus: Corpus, tmp_path: Path
) -> None:
    open_retriever(tmp_path / "one", corpus, HashedWords(), place=place)
    for state in ("built", "current"):
        words = HashedWords()
        _, report = open_retriever(tmp_path / "two", corpus, words, place=another)
        assert (report.state, report.embedded) == (state, 0)
        assert len(words.texts) <= 1  # the first look


def test_other_cards_get_another_collection_and_the_one_before_stays_for_others(
    place: ServerPlace, tmp_path: Path
) -> None:
    folder = write_corpus(tmp_path / "cards")
    names, retrievers = [], []
    for ask in ("one more", "two more", "three more"):
        text = card_text("anger", ["anger"], [f"what of the {ask} {n}" for n in range(20)])
        card_file(folder, "anger").write_text(text, encoding="utf-8")
        retriever, _ = open_retriever(tmp_path / "data", load_corpus(folder), HashedWords(), place=place)
        retrievers.append(retriever)
        names.append(set(place.connection.names()))
    assert [len(found) for found in names] == [1, 2, 2]
    assert retrievers[1].retrieve(QUESTION).found
    assert retrievers[0].retrieve(QUESTION).found  # from its copy
    assert len(list((tmp_path / "data" / "index-on-server").glob("core-*.npz"))) == 1
    with pytest.raises(RebuildIndex, match=r"the index on the Chroma server at 127\.0\.0\.1:\d+ is gone"):
        place.open(min(names[0]), create=False)


def test_a_server_that_lost_everything_is_filled_again_and_who_runs_goes_on(
    place: ServerPlace, another: ServerPlace, corpus: Corpus, tmp_path: Path
) -> None:
    retriever, _ = open_retriever(tmp_path, corpus, HashedWords(), place=place)
    before = retriever.retrieve(QUESTION).found
    for name in place.connection.names():
        place.connection.drop(name)
        place.connection.drop(name)
    assert "is gone" in (look_at_index(tmp_path, corpus, HashedWords(), place) or "")
    assert [one.card for one in retriever.retrieve(QUESTION).found] == [one.card for one in before]
    _, report = open_retriever(tmp_path, corpus, HashedWords(), place=another)
    assert (report.state, report.embedded) == ("rebuilt", report.rows)
    assert [one.card for one in retriever.retrieve(QUESTION).found] == [one.card for one in before]
    _, again = open_retriever(tmp_path, corpus, HashedWords(), rebuild=True, place=place)
    assert (again.state, again.embedded) == ("rebuilt", again.rows)


def test_a_server_that_gives_few_rows_at_once_is_asked_more_often(
    place: ServerPlace, another: ServerPlace, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "_CLOUD", "127.0.0.1")
    monkeypatch.setattr(chroma, "_CLOUD_ROWS", 25)
    assert ChromaServer("https://api.trychroma.com").page is None
    retriever, report = open_retriever(tmp_path / "one", corpus, HashedWords(), place=place)
    _, again = open_retriever(tmp_path / "two", corpus, HashedWords(), place=another)
    assert report.rows > 50
    assert again.embedded == 0
    assert retriever.retrieve(QUESTION).found[0].card.id == "silence"


def test_killed_it_is_answered_from_the_copy_and_started_again_from_the_server(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "_SECONDS_OF_SILENCE", 0.3)
    with running_chroma(tmp_path / "chroma") as server:
        connection = connect(server.fresh())
        retriever, _ = open_retriever(tmp_path, corpus, HashedWords(), place=ServerPlace(connection))
        before = retriever.retrieve(QUESTION)
        server.kill()
        began = time.monotonic()
        for _ in range(20):
            away = retriever.retrieve(QUESTION)
            assert [one.card for one in away.found] == [one.card for one in before.found]
            assert np.allclose([one.score for one in away.found], [one.score for one in before.found], atol=1e-3)
            assert away.unit_nearness.keys() == before.unit_nearness.keys()
        assert time.monotonic() - began < 3
        with pytest.raises(WaitForVectorServer, match="does not answer"):
            connection.look()
        server.start()
        time.sleep(0.3)
        with connection.hurried():
            assert connection.look().startswith("1.")
        assert retriever.retrieve(QUESTION).found == before.found
        connection.close()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", None])
def test_a_copy_that_is_missing_or_damaged_is_fetched_again(
    place: ServerPlace, corpus: Corpus, tmp_path: Path, damage: bytes | None
) -> None:
    open_retriever(tmp_path, corpus, HashedWords(), place=place)
    (path,) = (tmp_path / "index-on-server").glob("core-*.npz")
    saved = path.read_bytes()
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    _, report = open_retriever(tmp_path, corpus, HashedWords(), place=place)
    assert report.state == "current"
    with np.load(path) as kept, np.load(io.BytesIO(saved)) as before:
        assert np.array_equal(kept["matrix"], before["matrix"])


def test_a_server_that_lacks_vectors_of_the_cards_is_not_copied(place: ServerPlace, tmp_path: Path) -> None:
    index = place.open("core-x", create=True)
    with pytest.raises(RebuildIndex, match="lacks vectors"):
        index.keep_spare(tmp_path, ["anger#s1"])
    assert not list(tmp_path.iterdir())


def test_who_is_in_a_hurry_does_not_wait_twice_for_a_silent_server(
    chroma_server: Chroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "_HURRIED_TIMEOUT", httpx.Timeout(0.3))
    monkeypatch.setattr(chroma, "_SECONDS_OF_SILENCE", 0.6)
    with running_proxy(Proxy(chroma_server.url)) as proxy:
        connection = connect(ChromaServer(proxy.url))
        proxy.delay, asked = 0.5, proxy.asked
        for _ in range(3):
            with pytest.raises(WaitForVectorServer, match=r"no answer in|a moment ago"), connection.hurried():
                connection.look()
        assert proxy.asked == asked + 1
        connection.look()  # who has no other way waits for it
        proxy.delay = 0.0
        monkeypatch.setattr(chroma, "_HURRIED_TIMEOUT", httpx.Timeout(20.0))
        time.sleep(0.6)
        for _ in range(2):
            with connection.hurried():
                connection.look()
        connection.close()


def test_a_token_is_sent_and_a_wrong_or_missing_one_is_said(chroma_server: Chroma) -> None:
    with running_proxy(Proxy(chroma_server.url, token="right-token")) as proxy:
        server = chroma_server.fresh(proxy.url, "right-token")
        assert "right-token" not in repr(server)
        connect(server).close()
        for token, said in (("wrong-token", "does not take the token in CHROMA_TOKEN"), (None, "wants a token")):
            with pytest.raises(FixVectorServer, match=said) as refused:
                connect(ChromaServer(proxy.url, token, database=server.database), wait=30)
            assert "wrong-token" not in str(refused.value)


@pytest.mark.parametrize(
    ("end", "answers", "kind", "said"),
    [
        ("/version", [(200, b'"0.5.23"')], FixVectorServer, "has version 0.5.23, and this program speaks to version 1"),
        ("/version", [(404, b"{}")], FixVectorServer, "is no Chroma server of version 1"),
        ("/version", [(302, b"")], FixVectorServer, "is no Chroma server of version 1"),
        ("/version", [(200, b"<html>")], FixVectorServer, "gave an answer that this program does not understand"),
        ("/version", [(503, b"")], WaitForVectorServer, r"does not answer \(status 503\)"),
        ("/version", [(500, b"")], WaitForVectorServer, r"does not answer \(status 500\)"),
        ("/default_tenant", [(400, b'{"error":"InvalidArgumentError","message":"x"}')], FixVectorServer, "InvalidArg"),
    ],
)
def test_what_answers_otherwise_than_expected_is_named(
    chroma_server: Chroma, end: str, answers: list[tuple[int, bytes] | None], kind: type[KnowledgeError], said: str
) -> None:
    with running_proxy(Proxy(chroma_server.url, instead={end: answers})) as proxy, pytest.raises(kind, match=said):
        connect(ChromaServer(proxy.url))


def test_a_tenant_or_database_that_is_not_there_is_named(chroma_server: Chroma) -> None:
    for tenant, database in (("nobody", "default_database"), ("default_tenant", "nothing")):
        with pytest.raises(FixVectorServer, match=f"has no tenant {tenant} with a database {database}"):
            connect(ChromaServer(chroma_server.url, tenant=tenant, database=database))


def test_a_busy_moment_is_waited_out(chroma_server: Chroma) -> None:
    with running_proxy(Proxy(chroma_server.url, instead={"/version": [(503, b""), (429, b""), None]})) as proxy:
        connect(ChromaServer(proxy.url)).close()
        assert proxy.asked == 5


def test_a_slow_server_is_waited_for_so_long_and_no_longer(
    chroma_server: Chroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "_TIMEOUT", httpx.Timeout(0.6))
    with running_proxy(Proxy(chroma_server.url, delay=0.3)) as proxy:
        connection = connect(ChromaServer(proxy.url))
        proxy.delay = 1.2
        asked = proxy.asked
        with pytest.raises(WaitForVectorServer, match="no answer in 1 seconds"):
            connection.look()
        assert proxy.asked == asked + 1
        connection.close()


def test_the_start_waits_for_a_server_that_starts_and_says_so_once(chroma_server: Chroma) -> None:
    proxy = Proxy(chroma_server.url, instead={"/version": [(500, b""), (500, b""), None]})
    told: list[str] = []
    with running_proxy(proxy):
        connect(ChromaServer(proxy.url), wait=30, told=told.append).close()
    assert told == [f"Waiting up to 30 seconds for the Chroma server at {proxy.url[7:]}, which keeps the index."]


def test_where_nothing_listens_the_wait_ends() -> None:
    began = time.monotonic()
    with pytest.raises(
        WaitForVectorServer, match=r"127.0.0.1:\d+ does not answer \(ConnectError\); check that it runs"
    ):
        connect(ChromaServer(f"http://127.0.0.1:{free_port()}"), wait=0.5)
    assert time.monotonic() - began < 5


def test_a_certificate_that_nobody_vouches_for_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")

    monkeypatch.setattr(httpx.Client, "request", refuse)
    with pytest.raises(FixVectorServer, match="the certificate of the Chroma server at here is not trusted"):
        Connection(ChromaServer("https://here")).look()


def test_curated_vectors_are_shared_and_made_again_where_they_are_gone(
    place: ServerPlace, another: ServerPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "_CLOUD", "127.0.0.1")
    monkeypatch.setattr(chroma, "_CLOUD_ROWS", 3)
    writer = ServedCuratedVectors(place.connection, "e")
    reader = ServedCuratedVectors(another.connection, "e")
    rows = [CuratedRow(7, "a.1", f"s{n}", 8) for n in range(8)]
    vectors = np.eye(8, dtype=np.float32)
    writer.write(rows, vectors)
    assert reader.inventory() == {7: {"a.1": True}}
    assert reader.inventory(7, ["a"]) == {7: {"a.1": True}}
    found = reader.read(7, ["a.1"])
    assert all(np.allclose(found[row], vector) for row, vector in zip(rows, vectors, strict=True))
    assert ServedCuratedVectors(place.connection, "another").inventory() == {}
    for name in place.connection.names():
        place.connection.drop(name)
    with pytest.raises(RebuildIndex):
        reader.inventory()
    assert reader.inventory() == {}
    reader.write(rows[:1], vectors[:1])
    reader.remove(7, ["a.1"])
    assert reader.inventory() == {}
    writer.close()
    reader.close()


def test_questions_at_once_share_a_connection(place: ServerPlace, corpus: Corpus, tmp_path: Path) -> None:
    retriever, _ = open_retriever(tmp_path, corpus, HashedWords(), place=place)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(retriever.retrieve(QUESTION).found[0].card.id)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["silence"] * 8
