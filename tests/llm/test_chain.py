"""The chain of models: what is tried again, what is left alone, and what it costs."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from bot.llm.budget import Budget
from bot.llm.chain import Limits, ModelChain, ModelsAway
from bot.llm.model import Completion, ModelTrouble, Prompt, make_prompt
from bot.llm.schema import DraftedQuestion
from tests.llm.fakes import FakeModel, FakeTime

PROMPT = make_prompt("clarify", {"question": "client mad", "thread": ""}, DraftedQuestion)
BUSY = ModelTrouble("busy", passing=True)
REFUSED = ModelTrouble("refused", passing=False)


def _chain(folder: Path, *models: FakeModel, time: FakeTime, retries: int = 2) -> ModelChain:
    limits = Limits(attempt=5.0, retries=retries, concurrency=2, tokens=100)
    return ModelChain(models, limits=limits, budget=Budget(folder, 0), chance=time.chance())


async def _ask(chain: ModelChain) -> tuple[str, str]:
    given = await chain.ask(PROMPT, str, seconds=30.0)
    return given.value, given.model


async def test_a_busy_model_is_tried_again_with_longer_and_longer_waits(tmp_path: Path) -> None:
    time = FakeTime()
    model = FakeModel("a", BUSY, BUSY, "yes")
    assert await _ask(_chain(tmp_path, model, time=time)) == ("yes", "a")
    assert time.slept == [0.375, 0.75]


async def test_a_wait_that_the_model_asks_for_is_kept_where_the_time_allows_it(tmp_path: Path) -> None:
    time = FakeTime()
    soon, late = (ModelTrouble("busy", passing=True, after=seconds) for seconds in (4.0, 60.0))
    assert await _ask(_chain(tmp_path, FakeModel("a", soon, late), FakeModel("b", "yes"), time=time)) == ("yes", "b")
    assert time.slept == [pytest.approx(4.05)]


async def test_a_model_that_refuses_is_not_tried_again_and_the_next_is_asked(tmp_path: Path) -> None:
    first, second = FakeModel("a", REFUSED), FakeModel("b", "yes")
    assert await _ask(_chain(tmp_path, first, second, time=FakeTime())) == ("yes", "b")
    assert len(first.prompts) == 1


async def test_a_model_that_keeps_failing_rests_for_a_minute_and_then_one_try_decides(tmp_path: Path) -> None:
    time = FakeTime()
    first, second = FakeModel("a", REFUSED), FakeModel("b", "yes")
    chain = _chain(tmp_path, first, second, time=time)
    for _ in range(6):
        await _ask(chain)
    assert len(first.prompts) == 4
    time.now += 61.0
    await _ask(chain)
    await _ask(chain)
    assert len(first.prompts) == 5


async def test_no_answer_at_all_is_said_with_no_word_of_the_prompt(tmp_path: Path) -> None:
    with pytest.raises(ModelsAway) as away:
        await _ask(_chain(tmp_path, FakeModel("a", BUSY), time=FakeTime()))
    assert "client mad" not in repr(away.value)


def test_a_count_of_tokens_holds_over_processes_and_ends_with_the_day(tmp_path: Path) -> None:
    days = [date(2026, 11, 23)]
    first, second = (Budget(tmp_path / "new", 100, day=lambda: days[0]) for _ in range(2))
    assert first.reserve(80)
    assert not second.reserve(30)
    first.settle(80, 20)
    assert second.reserve(80)
    days[0] = date(2026, 11, 24)
    assert first.reserve(100)


@pytest.mark.parametrize("content", ["", "[]", '{"day": "2026-11-23"}', "\x00"])
def test_a_count_that_cannot_be_read_counts_as_spent(tmp_path: Path, content: str) -> None:
    (tmp_path / "llm-tokens.json").write_text(content)
    assert not Budget(tmp_path, 100, day=lambda: date(2026, 11, 23)).reserve(1)


def test_a_count_that_cannot_be_kept_counts_as_spent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not Budget(tmp_path / "file", 100).reserve(1)


async def test_an_attempt_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    class Slow(FakeModel):
        async def complete(self, prompt: Prompt) -> Completion:
            await asyncio.sleep(10.0)
            return await super().complete(prompt)

    limits = Limits(attempt=0.05, retries=2, concurrency=1, tokens=100)
    chain = ModelChain([Slow("a", "late"), FakeModel("b", "yes")], limits=limits, budget=Budget(tmp_path, 0))
    assert await _ask(chain) == ("yes", "b")
