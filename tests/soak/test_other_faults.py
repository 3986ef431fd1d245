"""What people see when a model is dead, and what a clock that jumps does to what is kept."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cogs.upkeep import Upkeep
from bot.consult.notice import notice_version
from bot.settings import Settings
from bot.storage.store import open_store
from tests.cogs.conftest import curation_of
from tests.discord.ways import CLOSE, consult, settle
from tests.llm.server import Does, model_server
from tests.loopback import LoopbackDiscord
from tests.soak.conftest import StartsBot
from tests.soak.seen import counted, in_words
from tests.soak.table import Row, Table

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

_OWN_WRITER = "built-in"


async def test_a_model_that_dies_and_comes_back(
    discord_here: LoopbackDiscord, starts_bot: StartsBot, table: Table
) -> None:
    _, channel = discord_here.server()
    async with model_server() as model:
        model.answers.append({"reading": None, "suggestions": []})
        settings = {"LLM_MODEL": "openai:small", "LLM_BASE_URL": model.url, "LLM_API_KEY": "a-key", "LLM_TIMEOUT": "5"}
        async with starts_bot(**settings) as process:
            maria = await settle(discord_here.person("maria", channel))
            model.answers.clear()
            model.answers.append(Does(before=60))
            began = time.monotonic()
            answers = [consult(maria) for _ in range(5)]
            for answer in answers:
                await answer.says(CLOSE, 60)
            slowest = time.monotonic() - began
            model.answers.clear()
            model.answers.append(500)
            more = [await consult(maria).says(CLOSE, 60) for _ in range(3)]
            assert process.is_running
    counts = counted([*answers, *more])
    saw = f"{in_words(counts)} by the built-in writer, the slowest after {slowest:.1f} s with LLM_TIMEOUT=5"
    table.add(Row("the model silent for 5 questions, then 500 for 3", saw, None, "nothing"))
    assert counts["answered"] == 8


async def test_a_clock_that_jumps(tmp_path: Path, table: Table) -> None:
    """In this process, since nobody may set the machine's clock: 400 days ahead, then back, at the daily deletion."""
    now = datetime.now(UTC)
    ahead, told = timedelta(), notice_version(model=False, model_notice=None)
    async with open_store(Settings(data_dir=tmp_path), clock=lambda: now + ahead) as store:
        upkeep = Upkeep(store=store, curation=curation_of(store), clock=lambda: now + ahead)
        await store.consents.give(7, None, notice=told)
        await store.people.choose_region(7, "neutral")
        from tests.cogs.test_upkeep import _row  # noqa: PLC0415  # a row of theirs

        for _ in range(20):
            await store.consultations.record(_row(1))
        for jump in (timedelta(days=400), timedelta(), timedelta(days=-400), timedelta()):
            ahead = jump
            await upkeep.daily()
        kept = await store.people.export(7)
        consent = await store.consents.find(7, None)
    lost = 20 - len(kept.consultations)
    table.add(
        Row(
            "the clock 400 days ahead, back, 400 days behind, back",
            "nothing; no deletion while the clock jumps",
            None,
            f"{lost} rows" if lost else "nothing",
        )
    )
    assert lost == 0
    assert consent is not None
