"""What a waiting person is told: not at once, at most one word a second, and never at the price of the answer."""

import asyncio

import pytest

from bot.cogs import progress as module
from bot.cogs.progress import progress


class Shown:
    """Keeps what was shown; an error that is set is raised."""

    def __init__(self, error: Exception | None = None, seconds: float = 0) -> None:
        self.words: list[str] = []
        self.cancelled = False
        self._error = error
        self._seconds = seconds

    async def __call__(self, words: str) -> None:
        self.words.append(words)
        try:
            await asyncio.sleep(self._seconds)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self._error:
            raise self._error


@pytest.fixture(autouse=True)
def _short_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0.02)


async def test_an_answer_that_comes_at_once_is_not_announced() -> None:
    shown = Shown()
    async with progress(shown) as watch:
        watch("crisis")
        watch("write")
    await asyncio.sleep(0.05)
    assert shown.words == []


async def test_only_the_last_stage_of_a_second_is_shown_and_none_twice() -> None:
    shown = Shown()
    async with progress(shown) as watch:
        for stage in ("crisis", "privacy", "retrieve"):
            watch(stage)
        await asyncio.sleep(0.1)
        watch("coverage")
        await asyncio.sleep(0.1)
        watch("write")
        await asyncio.sleep(0.1)
    assert shown.words == [
        "Looking for passages \N{HORIZONTAL ELLIPSIS}",
        "Writing from the passages \N{HORIZONTAL ELLIPSIS}",
    ]


async def test_a_stage_without_words_changes_nothing() -> None:
    shown = Shown()
    async with progress(shown) as watch:
        watch("a stage of another version")
        await asyncio.sleep(0.05)
    assert shown.words == []


@pytest.mark.parametrize("error", [OSError("the network"), TimeoutError(), RuntimeError("session is closed")])
async def test_words_that_cannot_be_shown_do_not_cost_the_answer(error: Exception) -> None:
    shown = Shown(error)
    async with progress(shown) as watch:
        watch("crisis")
        await asyncio.sleep(0.05)
        watch("write")
        await asyncio.sleep(0.05)
        answer = "the answer"
    assert answer == "the answer"
    assert len(shown.words) == 2


async def test_nothing_is_shown_any_more_when_the_answer_is_there() -> None:
    shown = Shown(seconds=60)
    async with progress(shown) as watch:
        watch("crisis")
        await asyncio.sleep(0.05)
    assert shown.cancelled
    assert len(shown.words) == 1


async def _failing() -> None:
    async with progress(Shown(OSError())) as watch:
        watch("crisis")
        await asyncio.sleep(0.05)
        raise LookupError


async def test_an_answer_that_fails_fails_with_its_own_error() -> None:
    with pytest.raises(LookupError):
        await _failing()


def test_every_stage_of_the_path_has_words() -> None:
    stages = {"crisis", "language", "privacy", "second_look", "scope", "thread", "retrieve", "coverage", "clarify"}
    assert stages | {"write", "grounding"} == set(module._WORDS)
