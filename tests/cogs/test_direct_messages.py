"""Direct messages with the bot: each is a question, answered there."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from simcord.builders import UserHandle

from bot.cogs.failures import FAILED
from bot.cogs.rooms import RoomsCog
from bot.consult.outcome import Withheld
from bot.consult.reply import Composer
from bot.safety.verdicts import CALM
from knowledge.entry import Corpus
from tests.cogs.conftest import SECONDS_OF_WORK, EnterRoom, Room
from tests.cogs.fakes import FakeComposer, FakeConsultant, answered, reply
from tests.cogs.restart import restarted
from tests.cogs.said import buttons_of, by_bot, text_of

_QUESTION = "my client has gone quiet since I was late"


def _said(room: Room, person: UserHandle) -> list[str]:
    return [text_of(message) for message in by_bot(person.dm_channel, room.bot)]


async def _agreed(room: Room, name: str = "someone") -> UserHandle:
    person = room.env.create_user(name)
    await room.store.consents.give(person.id, None, notice=room.desk.model.version)
    return person


async def test_a_direct_message_is_answered_there_in_reply_and_ends_with_the_close(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    consultant = FakeConsultant(outcome)
    async with enter_room(consultant, composer) as room:
        person = await _agreed(room)
        await person.send_dm(_QUESTION)

        (message,) = by_bot(person.dm_channel, room.bot)
        assert text_of(message) == composer.compose(outcome).text
        assert message.reference is not None
        assert consultant.questions == [_QUESTION]
        assert "Follow up" in buttons_of(message)
        assert room.env.errors == []


async def test_the_bot_shows_that_it_types_while_it_works(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM), seconds=SECONDS_OF_WORK), composer) as room:
        person = await _agreed(room)
        await person.send_dm(_QUESTION)
        assert [entry.path.rpartition("/")[2] for entry in room.env.http_requests][-1] == "typing"
        assert _said(room, person) == []

        await room.env.advance_time(SECONDS_OF_WORK)
        assert len(_said(room, person)) == 1


async def test_typing_that_cannot_be_shown_stops_no_answer(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        person = await _agreed(room)
        room.env.inject_error("POST", "/channels/*/typing", status=500, times=None)
        await person.send_dm(_QUESTION)

        assert len(_said(room, person)) == 1


async def test_a_second_message_is_read_together_with_the_first(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        person = await _agreed(room)
        await person.send_dm(_QUESTION)
        await person.send_dm("and what if she stays quiet")

        assert consultant.threads == [(), (_QUESTION,)]


async def test_the_notice_comes_first_and_its_button_goes_on_with_the_question(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        person = room.env.create_user("someone")
        await person.send_dm(_QUESTION)
        (shown,) = by_bot(person.dm_channel, room.bot)
        assert "Before the first answer" in text_of(shown)
        assert consultant.questions == []

        await person.click(shown, label="I understand, go on")
        assert consultant.questions == [_QUESTION]
        assert _said(room, person)[-1] == composer.compose(Withheld(CALM)).text
        assert await room.store.consents.find(person.id, None) is not None


async def test_who_does_not_agree_is_not_answered_and_their_question_is_gone(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        person = room.env.create_user("someone")
        await person.send_dm(_QUESTION)
        (shown,) = by_bot(person.dm_channel, room.bot)
        await person.click(shown, label="Not now")

        assert "I no longer hold your question" in _said(room, person)[0]
        assert consultant.questions == []
        assert await room.store.consents.find(person.id, None) is None


async def test_danger_is_answered_before_the_notice(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        person = room.env.create_user("someone")
        await person.send_dm("danger: she has pills")

        (said,) = _said(room, person)
        assert "Someone's life may be in danger" in said


async def _send_picture(room: Room, person: UserHandle, text: str = "") -> None:
    stored = room.env.backend.store_attachments(person.dm_channel.id, [("client.png", b"x")])
    await person.send_dm(text, attachments=stored)


async def test_pictures_stickers_and_files_alone_are_refused_kindly(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer) as room:
        person = await _agreed(room)
        await _send_picture(room, person)

        (said,) = _said(room, person)
        assert "they identify people" in said
        assert "now:" in said.splitlines()[-1]
        assert consultant.read_for_danger == []


async def test_words_beside_a_picture_are_answered_and_the_picture_is_left_unopened(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        person = await _agreed(room)
        await _send_picture(room, person, _QUESTION)

        first, second = _said(room, person)
        assert "did not open" in first
        assert second == composer.compose(Withheld(CALM)).text
        assert not any("attachments/" in entry.path for entry in room.env.http_requests)


async def test_edits_and_programs_are_ignored(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        person = await _agreed(room)
        message = await person.send_dm(_QUESTION)
        await person.edit(message, "something else altogether")
        other = room.env.create_user("program", bot=True)
        mention = room.bot.user.mention if room.bot.user else ""
        await room.guild.create_webhook(room.channel).send(f"{mention} hello")
        await room.guild.add_member(other).send(room.channel, f"{mention} hello")

        assert consultant.questions == [_QUESTION]
        assert len(_said(room, person)) == 1
        assert by_bot(room.channel, room.bot) == []


async def test_an_event_that_comes_twice_is_answered_once(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        person = await _agreed(room)
        message = await person.send_dm(_QUESTION)
        cog = room.bot.get_cog("RoomsCog")
        assert isinstance(cog, RoomsCog)
        await asyncio.gather(cog.on_message(message), cog.on_message(message))

        assert consultant.questions == [_QUESTION]
        assert len(_said(room, person)) == 1


async def test_a_message_deleted_before_the_answer_is_answered_all_the_same(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM), seconds=SECONDS_OF_WORK), composer) as room:
        person = await _agreed(room)
        message = await person.send_dm(_QUESTION)
        await person.delete(message)
        await room.env.advance_time(SECONDS_OF_WORK)

        assert _said(room, person) == [composer.compose(Withheld(CALM)).text]


async def test_an_answer_as_plain_text_is_sent_as_its_asker_chose(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus, words=600)), composer) as room:
        person = await _agreed(room)
        await room.store.people.choose_plain(person.id, plain=True)
        await person.send_dm(_QUESTION)

        messages = by_bot(person.dm_channel, room.bot)
        assert len(messages) > 1
        assert all(message.content for message in messages)
        assert [bool(message.reference) for message in messages] == [True] + [False] * (len(messages) - 1)
        assert "If anyone may be in danger now" in messages[-1].content.splitlines()[-1]


async def test_too_many_questions_are_answered_with_the_time_to_wait(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer, person=1) as room:
        person = await _agreed(room)
        await person.send_dm(_QUESTION)
        await person.send_dm(_QUESTION)

        assert "10 minutes" in _said(room, person)[-1]


@pytest.mark.parametrize("text", ["x" * 4000, "🙂" * 1000, "@everyone discord.gg/abc [a](http://b) ||x|| `<@1>`"])
async def test_whatever_is_typed_reaches_nobody_and_breaks_nothing(
    text: str, enter_room: EnterRoom, corpus: Corpus
) -> None:
    composer = FakeComposer(reply(text, text))
    async with enter_room(FakeConsultant(answered(corpus)), composer) as room:
        person = await _agreed(room)
        await person.send_dm(text[:2000])

        said = _said(room, person)
        assert said[-1].endswith("Bring it to your supervisor.")
        assert not any("@everyone" in each or "discord.gg/" in each or "](" in each for each in said)
        sent = [entry.json for entry in room.env.http_requests if entry.path.endswith("/messages")]
        assert all(isinstance(body, dict) and body["allowed_mentions"]["parse"] == [] for body in sent)


_SECRET = "Maria Lopez of Elm Street"


async def test_whatever_fails_the_person_gets_a_sentence_and_the_log_no_content(
    enter_room: EnterRoom, composer: Composer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with enter_room(FakeConsultant(RuntimeError(_SECRET)), composer) as room:
            person = await _agreed(room)
            await person.send_dm(f"{_QUESTION} {_SECRET}")
            assert _said(room, person) == [FAILED]

    ours = [record for record in caplog.records if record.name.startswith("bot")]
    assert any(record.getMessage() == "message failed" for record in ours)
    assert not any(_SECRET in f"{record.getMessage()} {record.__dict__}" for record in ours)


_REFUSALS: dict[str, Callable[[Room], None]] = {
    "closed": lambda room: room.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=None),
    "limited": lambda room: room.env.inject_error("POST", "/channels/*/messages", status=429, times=None),
    "down": lambda room: room.env.inject_error("POST", "/channels/*/messages", status=503, times=None),
}


@pytest.mark.parametrize("refuse", _REFUSALS.values(), ids=_REFUSALS)
async def test_a_discord_that_takes_no_message_ends_in_a_log_line_and_nothing_worse(
    refuse: Callable[[Room], None], enter_room: EnterRoom, composer: Composer, caplog: pytest.LogCaptureFixture
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        person = await _agreed(room)
        refuse(room)
        with caplog.at_level(logging.DEBUG, "bot"):
            await person.send_dm(_QUESTION)

        assert "failure could not be told" in [record.getMessage() for record in caplog.records]
        assert room.env.errors == []


async def test_a_send_that_fails_once_is_told_and_can_be_asked_again(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        person = await _agreed(room)
        room.env.inject_error("POST", "/channels/*/messages", status=503, times=1)
        await person.send_dm(_QUESTION)

        assert "try again in a minute" in _said(room, person)[0]


async def test_a_stop_tells_whoever_waits_for_an_answer_to_a_message(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM), seconds=SECONDS_OF_WORK), composer) as room:
        person = await _agreed(room)
        await person.send_dm(_QUESTION)
        assert len(room.bot.flights) == 1
        await room.bot.finish_answers(0.0)

        assert "I am being restarted" in _said(room, person)[0]


async def test_after_a_restart_the_notice_is_still_taken_and_says_that_the_question_is_gone(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, tmp_path: Path
) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer) as room:
        person = room.env.create_user("someone")
        await person.send_dm(_QUESTION)
        (shown,) = by_bot(person.dm_channel, room.bot)
        await restarted(room, corpus, tmp_path)
        result = await person.click(shown, label="I understand, go on")

        assert "I no longer hold this question" in text_of(result.followups[-1])
        assert await room.store.consents.find(person.id, None) is not None
        assert consultant.questions == []
