"""`supervision-bot run`, unmodified, against a small Discord: what a person sees when things go well, and when not."""

import time

import pytest

from tests.discord.ways import CALLBACK, CLOSE, MESSAGE, consult, times_answered
from tests.loopback import Answer, LoopbackDiscord, Person
from tests.loopback.faults import Fault
from tests.loopback.process import BotProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_bot_comes_in_and_its_commands_are_registered(
    discord_here: LoopbackDiscord, process: BotProcess
) -> None:
    assert process.is_running
    assert discord_here.gateway.identified == 1
    assert "consult" in [command["name"] for command in discord_here.world.commands]


async def test_an_answer_comes_to_the_asker_alone_and_ends_with_the_close(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    answer = await consult(maria).says(CLOSE)

    assert answer.is_private
    assert answer.interaction.wait is not None
    assert answer.interaction.wait < 1
    other = discord_here.person("jo", maria.at)
    assert other.heard() == []


async def test_a_rate_limited_acknowledgement_is_given_again_and_the_question_answered_once(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    discord_here.faults.rate_limit(CALLBACK, retry_after=0.3)

    answer = await consult(maria).says(CLOSE)

    assert answer.interaction.wait is not None
    assert 0.3 <= answer.interaction.wait < 3
    assert times_answered(answer) == 1


async def test_an_acknowledgement_that_discord_fails_to_take_is_given_again(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    discord_here.faults.fail(CALLBACK, status=500)

    answer = await consult(maria).says(CLOSE)

    assert times_answered(answer) == 1


@pytest.mark.parametrize("status", [429, 500])
async def test_an_answer_that_discord_does_not_take_at_first_comes_a_little_later(
    status: int, maria: Person, discord_here: LoopbackDiscord
) -> None:
    discord_here.faults.add(Fault(MESSAGE, status=status, retry_after=0.3))

    answer = await consult(maria).says(CLOSE)

    assert sum(discord_here.faults.happened.values()) > 0
    assert times_answered(answer) == 1


async def test_a_question_asked_while_the_connection_was_gone_is_answered_once(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    before, asked = discord_here.gateway.resumed, []
    discord_here.gateway.meanwhile(lambda: asked.append(consult(maria)))

    discord_here.gateway.drop(1.0)
    await discord_here.world.changes.until(lambda: asked, what="the resumption", within=30)

    await asked[0].says(CLOSE)
    assert discord_here.gateway.resumed == before + 1
    assert times_answered(asked[0]) == 1
    assert _callbacks(discord_here, asked[0]) == 1


async def test_an_answer_that_is_being_written_survives_a_lost_connection(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    before = discord_here.gateway.resumed
    discord_here.faults.slow(MESSAGE, 0.5)
    answer = await consult(maria).acknowledged()

    discord_here.gateway.drop()
    await answer.says(CLOSE)

    assert times_answered(answer) == 1
    await discord_here.world.changes.until(lambda: discord_here.gateway.resumed > before, what="the resumption")


async def test_sigterm_lets_an_answer_in_flight_be_finished(
    maria: Person, discord_here: LoopbackDiscord, process: BotProcess
) -> None:
    discord_here.faults.slow(MESSAGE, 0.5)
    answer = await consult(maria).acknowledged()
    began = time.monotonic()

    assert await process.terminate() == 0

    assert time.monotonic() - began < 20
    assert times_answered(answer) == 1
    assert "Traceback" not in process.errors
    await process.start()


async def test_after_a_kill_the_bot_comes_back_and_answers_and_who_was_waiting_is_told_to_ask_again(
    maria: Person, process: BotProcess, discord_here: LoopbackDiscord
) -> None:
    discord_here.faults.slow(MESSAGE, 60)
    waiting = await consult(maria).acknowledged()
    await process.kill()
    discord_here.faults.clear()
    unanswered = consult(maria)

    await process.start()
    answer = await consult(maria).says(CLOSE)

    await waiting.says("could not finish")
    assert waiting.is_private
    assert unanswered.interaction.acknowledged is None
    assert times_answered(answer) == 1


async def test_nothing_that_a_person_typed_stands_in_what_the_process_printed(process: BotProcess) -> None:
    assert "cut her off" not in process.errors


def _callbacks(discord_here: LoopbackDiscord, answer: Answer) -> int:
    token = answer.interaction.token
    return sum(f"/{token}/callback" in line for line in discord_here.requests)
