"""What people see when Discord is not well: `make soak` measures it and writes the table of docs/reliability.md."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.discord.ways import CALLBACK, CLOSE, MESSAGE, consult, settle, times_answered
from tests.loopback import Answer, LoopbackDiscord, Person
from tests.loopback.process import BotProcess
from tests.loopback.reading import text_of
from tests.soak.conftest import StartsBot
from tests.soak.seen import counted, in_words, over
from tests.soak.table import Row, Table

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

_QUESTIONS = 30


@pytest_asyncio.fixture
async def maria(discord_here: LoopbackDiscord, starts_bot: StartsBot) -> AsyncIterator[Person]:
    """A counselor, with a bot that runs."""
    _, channel = discord_here.server()
    async with starts_bot(QUESTIONS_PER_PERSON="1000"):
        yield await settle(discord_here.person("maria", channel))


async def _settled(answers: list[Answer], within: float = 60) -> None:
    """Wait until everybody sees an answer or a sentence."""
    for answer in answers:
        await over(answer, within)


async def _back(person: Person) -> float:
    began = time.monotonic()
    await consult(person).says(CLOSE, within=120)
    return time.monotonic() - began


async def test_a_socket_that_is_cut_ten_times(maria: Person, discord_here: LoopbackDiscord, table: Table) -> None:
    """A question just before the cut may wait for longer than Discord lets it; one at the resumption may not."""
    gateway, before, after = discord_here.gateway, list[Answer](), list[Answer]()
    for number in range(10):
        gateway.meanwhile(lambda: after.append(consult(maria)))
        before.append(consult(maria))
        gateway.drop(0.5)
        await discord_here.world.changes.until(lambda: gateway.resumed > number, within=60, what="a resumption")  # noqa: B023  # awaited in this turn
        await _settled(after)
    back = await _back(maria)
    counts = counted([*before, *after])
    fault = (
        f"Discord's socket cut 10 times for half a second, {len(before)} questions just before and {len(after)} after"
    )
    table.add(Row(fault, in_words(counts), back, "nothing"))
    assert counted(after)["answered"] == 10
    assert counts["left thinking"] == counts["told why not"] == 0
    assert all(times_answered(answer) <= 1 for answer in [*before, *after])
    assert gateway.identified == 1


async def test_a_storm_of_429(maria: Person, discord_here: LoopbackDiscord, table: Table) -> None:
    discord_here.faults.rate_limit(CALLBACK, times=_QUESTIONS // 2, retry_after=0.4)
    discord_here.faults.rate_limit(MESSAGE, times=_QUESTIONS, retry_after=0.4)
    answers = [consult(maria) for _ in range(_QUESTIONS)]
    await _settled(answers, 120)
    late = sum((answer.interaction.wait or 9) > 3 for answer in answers)

    counts = counted(answers)
    fault = f"429 to {_QUESTIONS // 2} acknowledgements and {_QUESTIONS} answers, {_QUESTIONS} questions at once"
    table.add(Row(fault, f"{in_words(counts)}; {late} acknowledged after 3 s", await _back(maria), "nothing"))
    assert counts["answered"] == _QUESTIONS
    assert [times_answered(answer) for answer in answers] == [1] * _QUESTIONS


async def test_events_that_come_twice_and_out_of_order(
    maria: Person, discord_here: LoopbackDiscord, table: Table
) -> None:
    gateway = discord_here.gateway
    gateway.tell_twice(_QUESTIONS)
    answers = [consult(maria) for _ in range(_QUESTIONS // 2)]
    gateway.hold()
    answers += [consult(maria) for _ in range(_QUESTIONS // 2)]
    gateway.release(reverse=True)
    await _settled(answers)
    await asyncio.sleep(1)

    counts = counted(answers)
    fault = f"{_QUESTIONS} questions told twice, half of them in reverse order"
    table.add(Row(fault, f"{in_words(counts)}, each once", None, "nothing"))
    assert [times_answered(answer) for answer in answers] == [1] * _QUESTIONS


async def test_direct_messages_that_come_twice(maria: Person, discord_here: LoopbackDiscord, table: Table) -> None:
    direct = maria.go(maria.dm)
    said = direct.say("she went quiet when I was late")
    notice = await direct.hears("Before the first answer")
    direct.press(notice, "I understand, go on")
    await direct.hears(CLOSE, after=said)
    discord_here.gateway.tell_twice(5)
    first = direct.say("and what if she says nothing?")
    await direct.hears(CLOSE, after=first)
    for text in ("and then?", "and next week?"):
        await direct.hears(CLOSE, after=direct.say(text))
    await asyncio.sleep(1)

    times = sum(CLOSE in text_of(message) for message in direct.heard(first))
    table.add(Row("3 direct messages told twice", f"{times} answers", None, "nothing"))
    assert times == 3


async def test_sigterm_and_the_next_process_beside_it(
    discord_here: LoopbackDiscord, starts_bot: StartsBot, table: Table
) -> None:
    """A restart without a gap: the next process waits, ready, for the lock of the shard."""
    _, channel = discord_here.server()
    async with starts_bot() as first:
        person = await settle(discord_here.person("maria", channel))
        second = BotProcess(discord_here, first.folder, first.data, {})
        await second._launch()
        await second.prints("Another process serves shard 0; this one waits", within=120)
        answers, before = [consult(person)], discord_here.gateway.identified
        await answers[0].acknowledged()
        began = time.monotonic()
        await first.terminate()
        while discord_here.gateway.identified == before:
            answers.append(consult(person))
            await asyncio.sleep(0.25)
        await discord_here.world.changes.until(lambda: discord_here.gateway.is_connected, what="the next process")
        gap = time.monotonic() - began
        await consult(person).says(CLOSE)
        counts = counted(answers[:1])
        lost = counted(answers[1:])["no response"]
        fault = "a restart with the next process beside it: SIGTERM to the first, a question each 0.25 s"
        saw = f"{in_words(counts)} that was in flight; {lost} with no response in between"
        table.add(Row(fault, saw, gap, "nothing"))
        assert await second.terminate() == 0
        assert counts["answered"] == 1
        assert "Traceback" not in second.errors
