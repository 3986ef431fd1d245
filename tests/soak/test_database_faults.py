"""What people see when PostgreSQL or the disk is not well, and what is lost of what they were told is kept."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.storage.place import FILE_NAME
from bot.storage.store import open_store
from tests.discord.ways import CLOSE, consult, settle
from tests.loopback import Answer, LoopbackDiscord, Person
from tests.loopback.process import BotProcess
from tests.soak.away import kill_postgres, start_postgres, until_answered
from tests.soak.conftest import StartsBot
from tests.soak.seen import counted, in_words, over
from tests.soak.table import Row, Table
from tests.storage.server import Postgres

pytestmark = [pytest.mark.soak, pytest.mark.timeout(700)]

_DANGER = "My client just texted me goodbye and says he took all his pills tonight"
_STEPS = "911"


async def _kept(settings: Settings, person: Person) -> int:
    async with open_store(settings) as store:
        return len((await store.people.export(person.user.id)).consultations)


async def _away(person: Person, other: Person) -> list[Answer]:
    """Ask while the database is away: plainly, and somebody else of danger, who gets steps only from then on."""
    asked = [consult(person), consult(other, _DANGER)]
    for answer in asked:
        await over(answer)
    return asked


@pytest.mark.parametrize(
    ("number", "fault"),
    [(signal.SIGKILL, "`kill -9` of PostgreSQL"), (signal.SIGINT, "PostgreSQL restarted")],
)
async def test_a_postgresql_that_goes_away_and_comes_back(
    number: signal.Signals,
    fault: str,
    postgres: Postgres,
    discord_here: LoopbackDiscord,
    starts_bot: StartsBot,
    table: Table,
    tmp_path: Path,
) -> None:
    url = await asyncio.to_thread(lambda: postgres.url(postgres.fresh_database()))
    settings = Settings.read({"DATA_DIR": str(tmp_path), "DATABASE_URL": url})
    _, channel = discord_here.server()
    async with starts_bot(DATABASE_URL=url) as process:
        maria = await settle(discord_here.person("maria", channel))
        for _ in range(3):
            await consult(maria).says(CLOSE)
        flying = [consult(maria) for _ in range(5)]
        await kill_postgres(postgres, number)
        away = await _away(maria, discord_here.person("jo", channel))
        await start_postgres(postgres)
        back, vain = await until_answered(maria)
        for answer in flying:
            await over(answer)
        kept = await _kept(settings, maria)
        counts = counted([*flying, away[0], *vain])
        danger = _STEPS in away[1].text
        saw = f"{in_words(counts)}; the question with danger {'got its steps' if danger else 'got no steps'}"
        promised = 5  # one when she agreed, three before, one after; what was in flight may or may not be kept
        table.add(Row(f"{fault}, 5 questions in flight", saw, back, "nothing" if kept >= promised else "rows"))
        assert process.is_running
        assert danger
        assert counts["left thinking"] == counts["no response"] == 0
        assert kept >= promised


@pytest.fixture
def small_disk(tmp_path: Path, data_folder: Path) -> Iterator[Path]:
    """A disk of 60 MB in memory, with a data folder on it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "none", str(disk)], check=False)  # noqa: S603, S607  # fixed words
    if mounted.returncode != 0:
        # A full disk that harms nobody is one of its own, and mounting one wants rights that not every machine gives.
        pytest.skip("only root mounts a small disk")
    try:
        shutil.copytree(data_folder, disk / "data")
        yield disk / "data"
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)  # noqa: S603, S607  # fixed words


async def test_a_disk_that_is_full_and_has_room_again(
    small_disk: Path, discord_here: LoopbackDiscord, tmp_path: Path, table: Table
) -> None:
    _, channel = discord_here.server()
    process = BotProcess(discord_here, tmp_path, small_disk, {})
    await process.start()
    try:
        maria = await settle(discord_here.person("maria", channel))
        before = len([await consult(maria).says(CLOSE) for _ in range(2)])
        filler = small_disk / "filler"
        with filler.open("wb") as stream:
            _fill(stream.fileno())
        asked = [consult(maria) for _ in range(5)]
        for answer in asked:
            await over(answer)
        region = await over(maria.slash("my region", region="neutral"))
        danger = await over(consult(discord_here.person("jo", channel), _DANGER))
        filler.unlink()
        back, vain = await until_answered(maria)
        kept = await _kept(Settings(data_dir=small_disk), maria)
        healthy = await maria.slash("my region", region="neutral").says("crisis lines", 30)
    finally:
        await process.kill()
    saw = f"{in_words(counted([*asked, *vain]))}; the question with danger got its steps; a choice was refused"
    unkept = 1 + before + len(asked) + 2 - kept
    table.add(Row("disk full, 5 questions, a choice", saw, back, f"{unkept} rows that say that somebody asked"))
    assert "crisis lines" not in region.text
    assert region.text
    assert _STEPS in danger.text
    assert counted(asked)["answered"] == len(asked)
    assert kept >= 1 + before + 1
    assert healthy.is_private


def _fill(descriptor: int) -> None:
    """Write until there is no room, in ever smaller pieces."""
    size = 1 << 20
    while size:
        try:
            os.write(descriptor, b"\0" * size)
        except OSError:
            size //= 2


async def test_an_index_whose_files_are_damaged(
    discord_here: LoopbackDiscord, starts_bot: StartsBot, table: Table
) -> None:
    _, channel = discord_here.server()
    async with starts_bot() as process:
        maria = await settle(discord_here.person("maria", channel))
        await process.kill()
        for path in [*(process.data / "index").rglob("*.bin"), *(process.data / "index").rglob("chroma.sqlite3")]:
            path.write_bytes(b"\xff" * 64 + path.read_bytes()[64:])
        began = time.monotonic()
        await process.start(within=600)
        await consult(maria).says(CLOSE)
        back = time.monotonic() - began
    table.add(Row("the index's files overwritten, then a start", "an answer", back, "nothing: it is built anew"))


async def test_a_migration_that_was_killed_half_way(
    discord_here: LoopbackDiscord, starts_bot: StartsBot, table: Table, tmp_path: Path
) -> None:
    from tests.storage.test_migrations import _DIES_BEFORE_THE_END, _environment  # noqa: PLC0415  # a program of theirs

    _, channel = discord_here.server()
    async with starts_bot() as process:
        await process.kill()
        for path in process.data.glob(f"{FILE_NAME}*"):
            path.unlink()
        words = [sys.executable, "-c", _DIES_BEFORE_THE_END]
        environment = _environment(Settings(data_dir=process.data))
        died = await asyncio.to_thread(subprocess.run, words, cwd=tmp_path, env=environment, check=False)
        began = time.monotonic()
        await process.start()
        maria = await settle(discord_here.person("maria", channel))
        back = time.monotonic() - began
        assert died.returncode == -signal.SIGKILL
        assert await _kept(Settings(data_dir=process.data), maria) == 1
    table.add(Row("`kill -9` at the end of a migration, then a start", "an answer", back, "nothing"))
