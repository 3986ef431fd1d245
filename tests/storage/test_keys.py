"""Encryption at rest: what the program reads is what it wrote, and nobody else reads it."""

import asyncio
import json
import sqlite3
import sys
import uuid
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import text

from bot.errors import AssistantError, FixInput, FixSettings, InstallExtra, RestoreDatabase
from bot.settings import Settings
from bot.storage import keyring, keys
from bot.storage.answers import Entry
from bot.storage.backup import backup, restore
from bot.storage.curated import Answer, Change, Content, Item, Origin, Signature, State
from bot.storage.engine import Database
from bot.storage.keyring import PLAIN, KeyRing, name_of, new_key
from bot.storage.keys import Kept, look_at_keys, rotate
from bot.storage.place import FILE_NAME
from bot.storage.store import Store, open_store, store_on

SERVER, ANNA, BEN, ASKER = 1_100_000_000_000_000_001, 11, 12, 900_000_000_000_000_007
ONE, TWO, THREE = new_key(), new_key(), new_key()
SIGNED = Signature("clinical supervisor", "LPC-S", "Texas", date(2026, 11, 2))
SECRETS = ("zebrawort", "quillfish", "mossbarn", "dewlantern", "rustharp", "inkmeadow", "plumgate", "fogwhistle")
"""Words that stand in no other text: of a title (and by it in a name), a text, an ask, a reason, a view, and so on."""
WORDS = Content(
    "Late zebrawort",
    (Item("Say the quillfish once.", ("practice",)),),
    ("who pays when the mossbarn is closed",),
    when_to_use=(Item("They bring a dewlantern é."),),
    sources=("practice",),
)


def _with(settings: Settings, *given: str) -> Settings:
    key = SecretStr(",".join(given)) if given else None
    return settings.model_copy(update={"data_key": key})


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    async with open_store(settings) as store:
        yield store


def _edit(now: Answer) -> Change:
    return Change("edit", State.DRAFT, now.live, content=WORDS)


def _approve(now: Answer) -> Change:
    return Change("approve", State.APPROVED, now.revision, signature=SIGNED, approver=BEN, review_by=date(2027, 5, 1))


async def _fill(store: Store, name: str = "late-zebrawort") -> uuid.UUID:
    (taken,) = await store.answers.take_in(SERVER, ANNA, [Entry(name, WORDS)], origin=Origin.NEW)
    answer = taken.answer.id
    await store.answers.change(SERVER, answer, ANNA, _edit, why="after the rustharp")
    await store.answers.change(SERVER, answer, BEN, _approve)
    await store.views.add(SERVER, answer, ANNA, about="view", text="Not with an inkmeadow.", signature=SIGNED)
    asked = await store.escalations.ask(
        SERVER, ASKER, "What of the plumgate?", anonymous=True, tell="here", channel=None
    )
    await store.escalations.answer(SERVER, asked.id, ANNA, "Ask the fogwhistle.")
    return answer


async def _seen(store: Store, answer: uuid.UUID) -> dict[str, Any]:
    (listed,) = await store.answers.listed(SERVER)
    ((_, current),) = await store.answers.current(SERVER)
    (view,) = await store.views.of(SERVER, answer)
    (asked,) = await store.escalations.untold()
    return {
        "listed": (listed.name, listed.title),
        "words": current,
        "why": [one.why for one in await store.answers.revisions(SERVER, answer)],
        "events": [one.why for one in await store.answers.events(SERVER, answer)],
        "view": view.text,
        "asked": (asked.question, asked.reply),
    }


EXPECTED = {
    "listed": ("late-zebrawort", "Late zebrawort"),
    "words": WORDS,
    "why": [None, "after the rustharp"],
    "events": [None, "after the rustharp", None, None],
    "view": "Not with an inkmeadow.",
    "asked": ("What of the plumgate?", "Ask the fogwhistle."),
}


async def _rows(settings: Settings) -> str:
    """Return every row of the tables as the database holds it."""
    tables = ("curated_answers", "curated_revisions", "curation_events", "second_views", "escalations", "facts")
    async with Database.of(_with(settings)) as database, database.connected() as connection:
        found = [
            [tuple(row) for row in await connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608  # ours
            for table in tables
        ]
    return json.dumps(found, default=str)


def _on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_with_a_key_everything_reads_as_it_was_written_and_no_row_holds_a_word(migrated: Settings) -> None:
    settings = _with(migrated, ONE)
    async with _opened(settings) as store:
        answer = await _fill(store)
        assert await _seen(store, answer) == EXPECTED
    rows = await _rows(settings)
    assert [word for word in SECRETS if word in rows] == []
    assert await look_at_keys(settings) == Kept((name_of(ONE),), name_of(ONE), 0, 0)


async def test_a_name_that_is_taken_is_found_though_the_database_cannot_look_it_up(migrated: Settings) -> None:
    async with _opened(_with(migrated, ONE)) as store:
        await _fill(store)
        with pytest.raises(FixInput, match="there is an answer named late-zebrawort already"):
            await _fill(store)
        (same,) = await store.answers.take_in(
            SERVER, ANNA, [Entry("late-zebrawort", WORDS)], origin=Origin.FILE, revise=lambda now, _: _edit(now)
        )
        assert same.how == "unchanged"


async def test_plain_rows_are_read_beside_encrypted_ones_until_they_are_rotated(migrated: Settings) -> None:
    async with _opened(migrated) as store:
        answer = await _fill(store)
    settings = _with(migrated, ONE)
    async with _opened(settings) as store:
        assert await _seen(store, answer) == EXPECTED
    assert await look_at_keys(settings) == Kept((name_of(ONE),), name_of(ONE), 6, 0)
    assert "zebrawort" in await _rows(settings)
    done = await rotate(settings)
    assert (done.rows, done.cleared) == (6, True)
    rows = await _rows(settings)
    assert [word for word in SECRETS if word in rows] == []
    async with _opened(settings) as store:
        assert await _seen(store, answer) == EXPECTED
    assert (await rotate(settings)).rows == 0


async def test_another_key_takes_over_and_the_old_one_can_go(migrated: Settings) -> None:
    async with _opened(_with(migrated, ONE)) as store:
        answer = await _fill(store)
    both = _with(migrated, TWO, ONE)
    async with _opened(both) as store:
        assert await _seen(store, answer) == EXPECTED
    assert await look_at_keys(both) == Kept(tuple(sorted(map(name_of, (ONE, TWO)))), name_of(TWO), 0, 6)
    with pytest.raises(FixSettings, match=name_of(ONE)):
        await rotate(_with(migrated, TWO))
    assert (await rotate(both)).rows == 6
    async with _opened(_with(migrated, TWO)) as store:
        assert await _seen(store, answer) == EXPECTED
    assert await look_at_keys(_with(migrated, TWO)) == Kept((name_of(TWO),), name_of(TWO), 0, 0)


async def test_a_rotation_that_is_cut_short_is_gone_on_with(migrated: Settings) -> None:
    async with _opened(migrated) as store:
        for number in range(4):
            await _fill(store, f"name-{number}")
    settings = _with(migrated, ONE)

    class StopError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert total == 24
        if done >= 8:
            raise StopError

    with pytest.raises(StopError):
        await rotate(settings, told=stop, batch=4)
    half = await look_at_keys(settings)
    assert half is not None
    assert half.plain == 16
    async with _opened(settings) as store:
        assert len(await store.answers.current(SERVER)) == 4
    assert (await rotate(settings, batch=4)).rows == 16
    assert await look_at_keys(settings) == Kept((name_of(ONE),), name_of(ONE), 0, 0)


async def test_encryption_is_taken_back_and_the_key_is_needed_no_more(migrated: Settings) -> None:
    async with _opened(_with(migrated, TWO)) as store:
        answer = await _fill(store)
    assert (await rotate(_with(migrated, ONE, TWO), plain=True)).rows == 6
    async with _opened(migrated) as store:
        assert await _seen(store, answer) == EXPECTED
    assert await look_at_keys(migrated) == Kept((), None, 6, 0)


@pytest.mark.parametrize("given", [(), (THREE,), (THREE, TWO)], ids=["none", "another", "two others"])
async def test_without_the_right_key_nothing_opens_and_nothing_is_lost(
    migrated: Settings, given: tuple[str, ...]
) -> None:
    settings = _with(migrated, ONE)
    async with _opened(settings) as store:
        answer = await _fill(store)
    before = await _rows(settings)
    wrong = _with(migrated, *given)
    for attempt in (_open_and_close(wrong), look_at_keys(wrong)):
        with pytest.raises(FixSettings, match=f"under the key {name_of(ONE)}, and DATA_KEY (holds|is not set)"):
            await attempt
    if given:
        with pytest.raises(FixSettings, match=name_of(ONE)):
            await rotate(wrong, plain=True)
    # A process that was let in before still gets a sentence, and no text.
    async with Database.of(wrong) as database:
        with pytest.raises(FixSettings, match=name_of(ONE)):
            await store_on(database).answers.listed(SERVER)
    assert await _rows(settings) == before
    async with _opened(settings) as store:
        assert await _seen(store, answer) == EXPECTED


async def _open_and_close(settings: Settings) -> None:
    async with _opened(settings):
        pass


async def test_nobody_rotates_without_a_key(migrated: Settings) -> None:
    with pytest.raises(FixInput, match="DATA_KEY is not set"):
        await rotate(migrated)


async def test_an_altered_text_is_named_as_one(migrated: Settings) -> None:
    settings = _with(migrated, ONE)
    async with _opened(settings) as store:
        await _fill(store)
    async with Database.of(migrated) as database, database.writing() as session:
        await session.execute(
            text("UPDATE curated_answers SET title = substr(title, 1, 60) || 'x' || substr(title, 62)")
        )
    async with _opened(settings) as store:
        with pytest.raises(RestoreDatabase, match="was altered"):
            await store.answers.listed(SERVER)


async def test_a_backup_holds_what_the_database_holds_and_is_of_no_use_without_the_key(
    migrated: Settings, tmp_path: Path
) -> None:
    settings = _with(migrated, ONE)
    async with _opened(settings) as store:
        answer = await _fill(store)
    path = tmp_path / "kept.backup"
    await backup(settings, path)
    with zipfile.ZipFile(path) as archive:
        held = "".join(archive.read(name).decode() for name in archive.namelist())
    assert [word for word in SECRETS if word in held] == []
    for wrong in (_with(migrated), _with(migrated, TWO)):
        with pytest.raises(FixSettings, match=name_of(ONE)):
            await restore(wrong, path, replace=True)
    elsewhere = Settings(data_dir=tmp_path / "elsewhere", data_key=SecretStr(f"{TWO},{ONE}"))
    await restore(elsewhere, path)
    async with _opened(elsewhere) as store:
        assert await _seen(store, answer) == EXPECTED


async def test_no_file_of_the_data_folder_holds_a_word_though_it_was_plain_once(tmp_path: Path) -> None:
    plain = Settings(data_dir=tmp_path / "data")
    async with _opened(plain) as store:
        await _fill(store)
    assert b"zebrawort" in _on_disk(plain.data_dir)
    settings = _with(plain, ONE)
    assert (await rotate(settings)).cleared
    async with _opened(settings) as store:
        await _fill(store, "inkmeadow")
        assert [word for word in SECRETS if word.encode() in _on_disk(plain.data_dir)] == []


async def test_where_somebody_uses_the_file_the_old_space_is_told_not_to_be_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_SECONDS_TO_CLEAR", 0.1)
    plain = Settings(data_dir=tmp_path)
    async with _opened(plain) as store:
        await _fill(store)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM escalations").fetchone()
        assert not (await rotate(_with(plain, ONE))).cleared


def test_the_database_is_asked_for_its_keys_only_once_it_is_there(tmp_path: Path) -> None:
    assert asyncio.run(look_at_keys(Settings(data_dir=tmp_path / "none"))) is None


@pytest.mark.parametrize(
    "key",
    ["", "x", ONE[:-1], f"{ONE},", f"{ONE},nonsense", f"{ONE}A", "é" * 44],
    ids=["empty", "short", "cut", "comma", "nonsense", "long", "letters"],
)
def test_what_is_no_key_is_refused_without_being_shown(key: str) -> None:
    settings = Settings(data_key=SecretStr(key))
    with pytest.raises(FixSettings, match=r"key [12] in DATA_KEY is no key") as refused:
        KeyRing.of(settings)
    assert len(key) < 3 or key not in str(refused.value)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.fernet", None)
    with pytest.raises(InstallExtra, match="cryptography is not installed"):
        KeyRing([ONE])


@given(st.text() | st.text().map(lambda end: f"sealed:{end}") | st.text().map(lambda end: f"sealed:0:{end}"))
def test_any_text_comes_back_sealed_or_plain(written: str) -> None:
    ring = KeyRing([ONE])
    assert ring.open(ring.seal(written)) == written
    assert PLAIN.open(PLAIN.seal(written)) == written
    assert KeyRing([TWO, ONE]).open(ring.seal(written)) == written
    assert keyring.SEALED in ring.seal(written)


def test_equal_texts_are_kept_as_different_ones() -> None:
    ring = KeyRing([ONE])
    assert ring.seal("the same") != ring.seal("the same")


def test_an_error_of_a_key_is_one_of_ours() -> None:
    with pytest.raises(AssistantError):
        PLAIN.open(KeyRing([ONE]).seal("x"))
