"""The index of curated answers: equal to the truth after any crash, and never one server's text in another's."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.curation.publish import Publisher, Publishing
from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.curation.shelf import Shelf
from bot.curation.texts import publication_of
from bot.settings import Settings
from bot.storage.curated import Answer
from bot.storage.engine import Database
from bot.storage.store import Store, store_on
from bot.vectors import CuratedPlace
from knowledge.curated import CuratedRow, CuratedVectors
from tests.conftest import REPOSITORY
from tests.consult.fakes import FakePrivacyScreen
from tests.curation.fakes import ANNA, BEN, SIGNED, DiedError, HashEmbedder, MemoryVectors, words

SERVER = 5


async def publish(curation: Curation, title: str, server: int = SERVER) -> Answer:
    kept = await curation.new(server, ANNA, words(title))
    await curation.submit(server, kept.answer.id, ANNA)
    return await curation.approve(server, kept.answer.id, BEN, revision=1, signature=SIGNED)


async def titles(shelf: Shelf, text: str, server: int = SERVER, limit: int = 8) -> list[str]:
    found = await shelf.nearest(server, HashEmbedder().embed([text])[0], limit)
    return [near.live.content.title for near in found]


async def require_equal(store: Store, vectors: MemoryVectors | CuratedVectors) -> None:
    """The index holds exactly the live revisions, each whole."""
    truth: dict[int, dict[str, bool]] = {}
    for server in await store.published.versions():
        _, live = await store.published.since(server, 0)
        names = {publication_of(one.answer, one.live): True for one in live if one.live is not None}
        truth |= {server: names} if names else {}
    assert vectors.inventory() == truth


async def test_approved_is_found_at_once_and_retired_is_gone_at_once_in_every_process(
    store: Store, curation: Curation
) -> None:
    vectors = MemoryVectors()
    holds = Shelf(store.published, HashEmbedder(), vectors=lambda: vectors)
    other = Shelf(store.published, HashEmbedder())
    for shelf in (holds, other):
        assert await titles(shelf, "fees") == []
    answer = await publish(curation, "fees")
    await publish(curation, "silence")
    for shelf in (holds, other):
        assert await titles(shelf, "fees", limit=1) == ["fees"]
        (near,) = await shelf.nearest(SERVER, HashEmbedder().embed(["what about fees"])[0], 1)
        assert near.nearness == pytest.approx(1.0, abs=1e-5)
        assert near.parts["a1"] == pytest.approx(1.0, abs=1e-5)
        assert set(near.parts) == {"t1", "a1", "s1"}
    await curation.retire(SERVER, answer.id, BEN)
    for shelf in (holds, other):
        assert await titles(shelf, "fees") == ["silence"]


async def test_a_draft_is_found_by_nobody_and_an_edit_only_once_approved(store: Store, curation: Curation) -> None:
    shelf = Shelf(store.published, HashEmbedder())
    answer = await publish(curation, "fees")
    await curation.edit(SERVER, answer.id, ANNA, words("new fees"), base=1)
    assert await titles(shelf, "new fees") == ["fees"]
    await curation.submit(SERVER, answer.id, ANNA)
    await curation.approve(SERVER, answer.id, BEN, revision=2, signature=SIGNED)
    assert await titles(shelf, "new fees") == ["new fees"]


async def test_many_new_answers_are_made_beside_the_question(store: Store, curation: Curation) -> None:
    for number in range(20):
        await publish(curation, f"fees {number}")
    embedder = HashEmbedder()
    shelf = Shelf(store.published, embedder)
    await titles(shelf, "fees 3")
    await shelf.settle()
    assert (await titles(shelf, "fees 3"))[0] == "fees 3"
    assert embedder.texts == 60


async def test_memory_is_bounded_and_what_was_let_go_is_found_again(store: Store, curation: Curation) -> None:
    shelf = Shelf(store.published, HashEmbedder(), rows_in_memory=4)
    for server in (1, 2, 3):
        await publish(curation, f"fees {server}", server)
    for server in (1, 2, 3, 1):
        assert await titles(shelf, "fees", server) == [f"fees {server}"]
    assert len(shelf._stocks) == 1


async def test_a_server_that_was_forgotten_is_found_no_more_and_leaves_the_index(
    store: Store, curation: Curation
) -> None:
    vectors = MemoryVectors()
    publisher = Publisher(store.published, HashEmbedder(), vectors)
    shelf = Shelf(store.published, HashEmbedder(), vectors=lambda: vectors)
    await publish(curation, "fees")
    await publish(curation, "fees", 6)
    await publisher.reconcile()
    assert await titles(shelf, "fees") == ["fees"]
    await store.servers.forget(SERVER)
    assert await titles(shelf, "fees") == []
    await publisher.reconcile()
    assert set(vectors.inventory()) == {6}


@given(dies_in=st.integers(0, 14), everything=st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_index_is_equal_to_the_truth_after_a_death_at_any_row(
    migrated_file: Path, tmp_path: Path, dies_in: int, *, everything: bool
) -> None:
    folder = tmp_path / os.urandom(4).hex()
    folder.mkdir()
    shutil.copy(migrated_file, folder)

    async def run() -> None:
        async with Database.of(Settings(data_dir=folder)) as database:
            store = store_on(database)
            curation = Curation(store, Screen(FakePrivacyScreen()))
            vectors = MemoryVectors()
            answers = [await publish(curation, f"fees {number}", number % 2 + 1) for number in range(3)]
            publisher = Publisher(store.published, HashEmbedder(), vectors)
            await publisher.reconcile()
            await require_equal(store, vectors)
            await curation.retire(answers[0].server, answers[0].id, BEN)
            await publish(curation, "silence")
            await publish(curation, "humor")
            vectors.dies_in = dies_in
            try:
                await publisher.reconcile(everything=everything)
            except DiedError:
                publisher = Publisher(store.published, HashEmbedder(), vectors)
            vectors.dies_in = None
            await publisher.reconcile()
            await require_equal(store, vectors)

    asyncio.run(run())


@pytest.mark.parametrize("servers", [30, pytest.param(200, marks=pytest.mark.soak)])
async def test_no_text_of_another_server_is_found_among_many(store: Store, curation: Curation, servers: int) -> None:
    """Servers ask for each other's words; the index is even made to give foreign rows, and still none comes."""
    vectors = MemoryVectors()
    shelf = Shelf(store.published, HashEmbedder(), vectors=lambda: vectors)
    ours: dict[int, set[str]] = {}
    for server in range(1, servers + 1):
        ours[server] = {f"secret {server} {number}" for number in range(server % 3)} | {"shared by all"}
        for title in sorted(ours[server]):
            await publish(curation, title, server)
    await Publisher(store.published, HashEmbedder(), vectors).reconcile()
    # A row that lies about its server, as no writer of ours would make it: one server's vectors under another's id.
    for row, vector in list(vectors.rows.items())[: servers * 3 // 2]:
        vectors.rows[CuratedRow(row.server % servers + 1, row.publication, row.part, row.of)] = vector
    chance = np.random.default_rng(7)
    for server in chance.permutation(range(1, servers + 1)).tolist():
        other = int(chance.integers(1, servers + 1))
        for text in (f"secret {other} 0", f"what about secret {other} 1", "shared by all"):
            assert set(await titles(shelf, text, server, limit=50)) == ours[server]
    assert await titles(shelf, "shared by all", servers + 1) == []


async def test_the_real_index_keeps_is_read_by_server_and_opens_again(
    store: Store, curation: Curation, tmp_path: Path, open_curated: CuratedPlace
) -> None:
    embedder = HashEmbedder()
    vectors = open_curated(tmp_path, embedder.name)
    first = await publish(curation, "fees")
    second = await publish(curation, "silence", 6)
    publisher = Publisher(store.published, embedder, vectors)
    done = await publisher.reconcile()
    assert (done.added, done.removed) == (2, 0)
    await require_equal(store, vectors)
    assert vectors.read(6, [publication_of(first.id, 1)]) == {}
    assert {row.part for row in vectors.read(6, [publication_of(second.id, 1)])} == {"t1", "a1", "s1"}
    await curation.retire(6, second.id, BEN)
    assert (await publisher.reconcile()).removed == 1
    vectors.close()

    again = open_curated(tmp_path, embedder.name)
    await require_equal(store, again)
    made = embedder.texts
    shelf = Shelf(store.published, embedder, vectors=lambda: again)
    assert await titles(shelf, "fees") == ["fees"]
    assert embedder.texts == made
    again.close()
    other = open_curated(tmp_path, "another embedder")
    assert other.inventory() == {}
    other.close()


async def test_one_process_writes_and_the_next_takes_over(
    store: Store, curation: Curation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.curation.publish.SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr("bot.curation.publish.SECONDS_BETWEEN_FULL_LOOKS", 0.1)
    kept = MemoryVectors()
    parts = (store.database, store.published, tmp_path, HashEmbedder(), lambda *_: kept)
    async with Publishing(*parts) as first:
        async with Publishing(*parts) as second:
            assert (first.vectors, second.vectors) == (kept, None)
            assert await second.reconcile() is None
            await publish(curation, "fees")
            first.nudge(SERVER)
            await _until(lambda: kept.inventory().get(SERVER, {}) != {})
        await curation.retire(SERVER, (await store.answers.listed(SERVER))[0].id, BEN)
        await _until(lambda: kept.inventory() == {})
    async with Publishing(*parts) as third:
        assert third.vectors is kept


async def test_where_the_index_is_on_a_server_who_does_not_write_it_reads_it(
    store: Store, curation: Curation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.curation.publish.SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr("bot.curation.publish.SECONDS_BETWEEN_FULL_LOOKS", 0.1)
    kept, opened = MemoryVectors(), []

    def open_it(folder: Path, embedder: str) -> MemoryVectors:
        del folder, embedder
        opened.append(1)
        return kept

    parts = (store.database, store.published, tmp_path, HashEmbedder(), open_it)
    async with Publishing(*parts, shared=True) as first, Publishing(*parts, shared=True) as second:
        assert (first.vectors, second.vectors) == (kept, kept)
        assert await second.reconcile() is None
        await publish(curation, "fees")
        await _until(lambda: kept.inventory().get(SERVER, {}) != {})
        await first.__aexit__(None, None, None)
        await curation.retire(SERVER, (await store.answers.listed(SERVER))[0].id, BEN)
        await _until(lambda: kept.inventory() == {})
    assert len(opened) == 2


async def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not true():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("at", ["approve", "index", "batch", "retire", "import"])
async def test_a_process_that_is_killed_leaves_truth_and_index_equal_after_the_next_start(
    store: Store, curation: Curation, tmp_path: Path, open_curated: CuratedPlace, at: str
) -> None:
    for number in range(3):
        await publish(curation, f"fees {number}")
    server = open_curated.server
    where = [server.url, server.database] if server else []
    ran = await asyncio.to_thread(
        lambda: subprocess.run(  # noqa: S603  # ours
            [sys.executable, "-m", "tests.curation.dying", str(tmp_path), at, *where],
            cwd=REPOSITORY,
            capture_output=True,
            timeout=60,
            check=False,
        )
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr.decode()
    vectors = open_curated(tmp_path, HashEmbedder.name)
    publisher = Publisher(store.published, HashEmbedder(), vectors)
    await publisher.reconcile()
    await require_equal(store, vectors)
    shelf = Shelf(store.published, HashEmbedder(), vectors=lambda: vectors)
    found = {"fees 0", "fees 1", "fees 2"} - ({"fees 0"} if at == "retire" else set())
    assert set(await titles(shelf, "fees 1")) == found | ({"silence"} if at in {"approve", "index", "batch"} else set())
    answers = {answer.title for answer in await store.answers.listed(SERVER)}
    assert answers.isdisjoint({"file 1", "file 2"})
    vectors.close()


def test_many_publications_are_read_whole_and_only_their_servers(tmp_path: Path, open_curated: CuratedPlace) -> None:
    vectors = open_curated(tmp_path, "by hash")
    names = [f"{number:032x}.1" for number in range(300)]
    rows = [CuratedRow(server, name, part, 2) for name in names for server in (1, 2) for part in ("t1", "a1")]
    made = HashEmbedder().embed([row.id for row in rows])
    vectors.write(rows, made)
    found = vectors.read(1, names[:250])
    wanted = {row: vector for row, vector in zip(rows, made, strict=True) if row.server == 1}
    assert found.keys() == {row for row in wanted if row.publication in names[:250]}
    assert all(np.allclose(vector, wanted[row]) for row, vector in found.items())
    assert vectors.read(1, []) == {}
    vectors.close()
