"""`/consult` in a simulated Discord: private, acknowledged at once, and always with a close."""

import logging

import discord
import pytest
from simcord.results import InteractionResult

from bot import app
from bot.client import SupervisionBot
from bot.cogs.consult import LONGEST_OPTION
from bot.cogs.failures import FAILED
from bot.cogs.render import MESSAGE_LIMIT
from bot.consult.outcome import Abstained, CrisisReferral, Outcome, OutOfScope, Unavailable, Withheld
from bot.consult.reply import Composer
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Field, Level, Redaction
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom
from tests.cogs.fakes import FakeComposer, FakeConsultant, answered, reply

_QUESTION = "my client has gone quiet since I was late"
_CAUTION = Alarm(Level.CAUTION)


def _contents(result: InteractionResult) -> list[str]:
    sent = [result.response, *result.followups]
    assert all(message is not None and message.ephemeral for message in sent)
    return [message.content for message in sent if message is not None]


async def test_an_answer_reaches_the_asker_alone_and_ends_with_the_close(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    consultant = FakeConsultant(outcome)
    async with enter_room(consultant, composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert result.ephemeral
        assert room.requests() == ["POST callback", "PATCH original"]
        assert _contents(result) == [composer.compose(outcome).text]
        assert consultant.questions == [_QUESTION]
        assert room.env.errors == []


async def test_the_command_is_acknowledged_before_any_work(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus), seconds=60), composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        assert room.requests() == ["POST callback"]
        assert result.deferred
        assert result.ephemeral

        await room.env.advance_time(60)
        assert room.requests() == ["POST callback", "PATCH original"]
        assert "**Bring to supervision:**" in _contents(result)[0]


_OUTCOMES: dict[str, Outcome] = {
    "crisis": CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE)),
    "own crisis": CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF)),
    "withheld": Withheld(CALM),
    "withheld with caution": Withheld(_CAUTION),
    "out of scope": OutOfScope(question=Redaction("q"), alarm=CALM, field=Field.MEDICATION),
    "abstained": Abstained(question=Redaction("q"), alarm=CALM, clarify=None),
    "asked back": Abstained(question=Redaction("q"), alarm=_CAUTION, clarify="What happened?"),
    "unavailable": Unavailable("retrieve", _CAUTION),
}


@pytest.mark.parametrize("outcome", _OUTCOMES.values(), ids=_OUTCOMES)
async def test_every_outcome_is_one_private_message_worded_as_composed(
    outcome: Outcome, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert _contents(result) == [composer.compose(outcome).text]
        assert room.env.errors == []


async def test_a_long_answer_is_split_and_the_close_comes_last(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus, words=600)
    async with enter_room(FakeConsultant(outcome), composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        contents = _contents(result)
        assert len(contents) > 2
        assert all(len(content) <= MESSAGE_LIMIT for content in contents)
        assert contents[-1].endswith(composer.compose(outcome).close)
        assert " ".join(contents).count("listen") == 1200


async def test_nothing_that_is_sent_may_ping_anyone(enter_room: EnterRoom) -> None:
    composer = FakeComposer(reply("@everyone and <@123> and <@&456>", "x" * 3000))
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        sent = [entry.json for entry in room.env.http_requests if "/webhooks/" in entry.path]
        assert len(sent) > 1
        assert all(isinstance(body, dict) and body["allowed_mentions"] == {"parse": []} for body in sent)


async def test_two_questions_of_one_person_are_answered_each_by_its_own(enter_room: EnterRoom) -> None:
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM), seconds=60)
    composer = FakeComposer(reply("first"), reply("second"))
    async with enter_room(consultant, composer) as room:
        first = await room.counselor.slash(room.channel, "consult", question="one")
        second = await room.counselor.slash(room.channel, "consult", question="two")
        await room.env.advance_time(60)

        assert _contents(first)[0].startswith("first")
        assert _contents(second)[0].startswith("second")
        assert consultant.questions == ["one", "two"]


async def test_a_question_may_be_as_long_as_discord_lets_it_be(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        await room.counselor.slash(room.channel, "consult", question="x" * LONGEST_OPTION)

        assert consultant.questions == ["x" * LONGEST_OPTION]


async def test_the_command_works_in_a_direct_message_with_the_bot(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        person = room.env.create_user("someone")
        result = await person.slash("consult", question=_QUESTION)

        assert _contents(result) == [composer.compose(Withheld(CALM)).text]


async def test_the_command_is_offered_in_servers_and_in_its_direct_messages_and_installed_by_servers_only(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (command,) = room.env.backend.commands[None].values()

        assert command["name"] == "consult"
        assert sorted(command["contexts"]) == [0, 1]
        assert command["integration_types"] == [0]
        assert command["default_member_permissions"] is None
        (option,) = command["options"]
        assert (option["name"], option["required"], option["min_length"], option["max_length"]) == (
            "question",
            True,
            1,
            LONGEST_OPTION,
        )


_SECRET = "Maria Lopez of Elm Street"


@pytest.mark.parametrize("failing", ["consultant", "composer"])
async def test_whatever_fails_the_person_gets_a_sentence_and_the_log_no_content(
    failing: str, enter_room: EnterRoom, composer: Composer, caplog: pytest.LogCaptureFixture
) -> None:
    consultant = FakeConsultant(RuntimeError(_SECRET) if failing == "consultant" else Withheld(CALM))
    worder = composer if failing == "consultant" else FakeComposer(RuntimeError(_SECRET))
    with caplog.at_level(logging.DEBUG, "bot"):
        async with enter_room(consultant, worder) as room:
            result = await room.counselor.slash(room.channel, "consult", question=_SECRET)

    assert [message.content for message in (result.response, *result.followups) if message and message.content] == [
        FAILED
    ]
    assert result.ephemeral
    (record,) = [record for record in caplog.records if record.getMessage() == "interaction failed"]
    assert record.__dict__["fields"] == {"error": "RuntimeError"}
    assert all(_SECRET not in str(record.__dict__) for record in caplog.records if record.name == "bot")


async def test_a_message_that_cannot_be_sent_ends_in_the_sentence_too(enter_room: EnterRoom) -> None:
    composer = FakeComposer(reply("x" * 3000))
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        room.env.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=400)
        result = await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert _contents(result)[-1] == FAILED


async def test_an_interaction_that_expired_before_the_answer_is_only_logged(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):
        async with enter_room(FakeConsultant(answered(corpus), seconds=16 * 60), composer) as room:
            await room.counselor.slash(room.channel, "consult", question=_QUESTION)
            await room.env.advance_time(16 * 60)

            assert [type(error) for error in room.env.errors] == [discord.app_commands.CommandInvokeError]
    events = [record.getMessage() for record in caplog.records if record.name == "bot"]
    assert events[-2:] == ["interaction failed", "failure could not be told"]


async def test_an_interaction_that_discord_no_longer_knows_does_no_work(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(answered(corpus))
    async with enter_room(consultant, composer) as room:
        room.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062)
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert consultant.questions == []
        assert len(room.env.errors) == 1


async def test_an_interaction_that_another_process_answers_is_left_to_it(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(answered(corpus))
    async with enter_room(consultant, composer) as room:
        room.env.inject_error("POST", "/interactions/*/*/callback", status=400, code=40060)
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)

        assert consultant.questions == []


async def test_an_answer_in_flight_is_known_until_it_is_there(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus), seconds=60), composer) as room:
        assert isinstance(room.env.bot, SupervisionBot)
        flights = room.env.bot.flights
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        assert len(flights) == 1
        await room.env.advance_time(60)
        assert len(flights) == 0


async def test_the_whole_path_answers_and_refers_a_crisis_on_the_shipped_cards(
    enter_room: EnterRoom, services: app.Services
) -> None:
    async with enter_room(services.consultant, services.composer()) as room:
        calm = await room.counselor.slash(
            room.channel, "consult", question="she just says fine and changes the subject since i cut her off last week"
        )
        crisis = await room.counselor.slash(
            room.channel, "consult", question="my client texted that he will kill himself tonight, he has pills"
        )

        assert "**To consider**" in _contents(calm)[0]
        assert "**Bring to supervision:**" in _contents(calm)[-1]
        assert "911" in _contents(crisis)[0]
        assert "**To consider**" not in _contents(crisis)[0]
        assert room.env.errors == []
