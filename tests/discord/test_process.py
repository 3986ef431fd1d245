"""`supervision-bot run`, unmodified, against a small Discord: what a person sees when things go well, and when not."""

import asyncio
import time

import pytest

from tests.loopback import Answer, LoopbackDiscord, Person
from tests.loopback.faults import Fault
from tests.loopback.process import BotProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

_QUESTION = "she just says 'fine' since I cut her off"
_CLOSE = "**Bring to supervision:**"
_CALLBACK = r"POST /interactions/\d+/\S+/callback"
_MESSAGE = r"(PATCH|POST) /webhooks/"


def _consult(person: Person, question: str = _QUESTION) -> Answer:
    return person.slash("consult", question=question)


def _times_answered(answer: Answer) -> int:
    return answer.text.count(_CLOSE)


async def test_the_bot_comes_in_and_its_commands_are_registered(
    discord_here: LoopbackDiscord, process: BotProcess
) -> None:
    assert process.is_running
    assert discord_here.gateway.identified == 1
    assert "consult" in [command["name"] for command in discord_here.world.commands]


async def test_an_answer_comes_to_the_asker_alone_and_ends_with_the_close(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    answer = await _consult(maria).says(_CLOSE)

    assert answer.is_private
    assert answer.interaction.wait is not None
    assert answer.interaction.wait < 1
    other = discord_here.person("jo", maria.at)
    assert other.heard() == []


async def test_a_rate_limited_acknowledgement_is_given_again_and_the_question_answered_once(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    discord_here.faults.rate_limit(_CALLBACK, retry_after=0.3)

    answer = await _consult(maria).says(_CLOSE)

    assert answer.interaction.wait is not None
    assert 0.3 <= answer.interaction.wait < 3
    assert _times_answered(answer) == 1


async def test_an_acknowledgement_that_discord_fails_to_take_is_given_again(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    discord_here.faults.fail(_CALLBACK, status=500)

    answer = await _consult(maria).says(_CLOSE)

    assert _times_answered(answer) == 1


@pytest.mark.parametrize("status", [429, 500])
async def test_an_answer_that_discord_does_not_take_at_first_comes_a_little_later(
    status: int, maria: Person, discord_here: LoopbackDiscord
) -> None:
    discord_here.faults.add(Fault(_MESSAGE, status=status, retry_after=0.3))

    answer = await _consult(maria).says(_CLOSE)

    assert sum(discord_here.faults.happened.values()) > 0
    assert _times_answered(answer) == 1


async def test_a_question_asked_while_the_connection_was_gone_is_answered_once(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    before, asked = discord_here.gateway.resumed, []
    discord_here.gateway.meanwhile(lambda: asked.append(_consult(maria)))

    discord_here.gateway.drop(1.0)
    await discord_here.world.changes.until(lambda: asked, what="the resumption", within=30)

    await asked[0].says(_CLOSE)
    assert discord_here.gateway.resumed == before + 1
    assert _times_answered(asked[0]) == 1
    assert _callbacks(discord_here, asked[0]) == 1


async def test_an_answer_that_is_being_written_survives_a_lost_connection(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    before = discord_here.gateway.resumed
    discord_here.faults.slow(_MESSAGE, 0.5)
    answer = await _consult(maria).acknowledged()

    discord_here.gateway.drop()
    await answer.says(_CLOSE)

    assert _times_answered(answer) == 1
    await discord_here.world.changes.until(lambda: discord_here.gateway.resumed > before, what="the resumption")


async def test_fifty_questions_at_once_are_all_acknowledged_within_a_second_and_answered(
    discord_here: LoopbackDiscord, maria: Person, process: BotProcess
) -> None:
    people = [discord_here.person(f"counselor {number}", maria.at) for number in range(50)]
    answers = [
        _consult(person, f"he went quiet {number} weeks after I was late") for number, person in enumerate(people)
    ]

    await asyncio.gather(*(answer.says(_CLOSE, within=60) for answer in answers))

    assert max(answer.interaction.wait or 99 for answer in answers) < 3
    assert all(_times_answered(answer) == 1 and answer.is_private for answer in answers)
    assert process.memory("VmHWM") < 600


async def test_sigterm_lets_an_answer_in_flight_be_finished(
    maria: Person, discord_here: LoopbackDiscord, process: BotProcess
) -> None:
    discord_here.faults.slow(_MESSAGE, 0.5)
    answer = await _consult(maria).acknowledged()
    began = time.monotonic()

    assert await process.terminate() == 0

    assert time.monotonic() - began < 20
    assert _times_answered(answer) == 1
    assert "Traceback" not in process.errors
    await process.start()


async def test_after_a_kill_the_bot_comes_back_and_answers(maria: Person, process: BotProcess) -> None:
    await process.kill()
    unanswered = _consult(maria)

    await process.start()
    answer = await _consult(maria).says(_CLOSE)

    assert unanswered.interaction.acknowledged is None
    assert _times_answered(answer) == 1


async def test_nothing_that_a_person_typed_stands_in_what_the_process_printed(process: BotProcess) -> None:
    assert "cut her off" not in process.errors
    assert "went quiet" not in process.errors


def _callbacks(discord_here: LoopbackDiscord, answer: Answer) -> int:
    token = answer.interaction.token
    return sum(f"/{token}/callback" in line for line in discord_here.requests)
