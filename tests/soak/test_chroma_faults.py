"""What people see when a Chroma server is slow, away, or has lost everything."""

import shutil
import time

import pytest

from tests.discord.ways import CLOSE, consult, settle
from tests.knowledge.chroma_server import Proxy, running_proxy
from tests.loopback import Answer, LoopbackDiscord, Person
from tests.soak.away import until_answered
from tests.soak.conftest import ServedCards, StartsBot
from tests.soak.seen import counted, in_words, over
from tests.soak.table import Row, Table

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

_QUESTIONS = 10
_MANY = {"QUESTIONS_PER_PERSON": "1000"}


async def _asked(person: Person) -> tuple[list[Answer], float]:
    """Ask one question after the other; return them, and the seconds of the slowest."""
    answers, slowest = [], 0.0
    for _ in range(_QUESTIONS):
        began = time.monotonic()
        answers.append(await over(consult(person)))
        slowest = max(slowest, time.monotonic() - began)
    return answers, slowest


async def test_a_chroma_that_is_slow(
    served_cards: ServedCards, discord_here: LoopbackDiscord, starts_bot: StartsBot, table: Table
) -> None:
    _, channel = discord_here.server()
    with running_proxy(Proxy(served_cards.server.url)) as proxy:
        async with starts_bot(served_cards.folder, **served_cards.settings(proxy.url), **_MANY) as process:
            maria = await settle(discord_here.person("maria", channel))
            proxy.delay = 5.0
            answers, slowest = await _asked(maria)
            proxy.delay = 0.0
            back, vain = await until_answered(maria)
            assert process.is_running
    counts = counted([*answers, *vain])
    saw = f"{in_words(counts)}, the slowest after {slowest:.1f} s"
    table.add(Row(f"Chroma slow by 5 s, {_QUESTIONS} questions one after the other", saw, back, "nothing"))
    assert counts["answered"] == _QUESTIONS
    assert slowest < 10


async def test_a_chroma_that_comes_back_with_nothing(
    served_cards: ServedCards, discord_here: LoopbackDiscord, starts_bot: StartsBot, table: Table
) -> None:
    _, channel = discord_here.server()
    async with starts_bot(served_cards.folder, **served_cards.settings(), **_MANY) as process:
        maria = await settle(discord_here.person("maria", channel))
        served_cards.chroma.kill()
        away, slowest = await _asked(maria)
        shutil.rmtree(served_cards.chroma.folder)
        served_cards.chroma.start()
        back, vain = await until_answered(maria)
        empty, _ = await _asked(maria)
        assert process.is_running
    counts = counted([*away, *vain, *empty])
    saw = f"{in_words(counts)}, the slowest after {slowest:.1f} s"
    fault = f"Chroma killed, {_QUESTIONS} questions; then started again with an empty folder, {_QUESTIONS} more"
    table.add(Row(fault, saw, back, "nothing"))
    assert counts["answered"] == 2 * _QUESTIONS
    assert all(CLOSE in answer.text for answer in empty)
