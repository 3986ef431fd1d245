"""Mentions in a server: danger first, then what is open, then a thread or a button that answers privately."""

import asyncio
from dataclasses import replace
from pathlib import Path

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.cogs.features import Feature
from bot.cogs.rooms import RoomsCog
from bot.cogs.steps import SHOW
from bot.consult.outcome import CrisisReferral, Outcome, OutOfScope, Withheld
from bot.consult.reply import Composer
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Field, Level, Redaction, Removal
from bot.storage.servers import Threads
from knowledge.entry import Corpus
from tests.cogs.conftest import SECONDS_OF_WORK, EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.restart import restarted
from tests.cogs.said import buttons_of, by_bot, private, text_of

_QUESTION = "my client has gone quiet since I was late"
_LINE = "If anyone may be in danger now: 911 (or your emergency number), then your supervisor by phone."
_PRIVATELY = "Answer me privately"


def _to_bot(room: Room, text: str = _QUESTION) -> str:
    assert room.bot.user is not None
    return f"<@{room.bot.user.id}> {text}"


async def _open(room: Room, *channels: ChannelHandle, threads: Threads = Threads.PRIVATE) -> None:
    opened = [channel.id for channel in channels or (room.channel,)]
    await room.store.servers.change(room.guild.id, features=[Feature.MENTIONS], open_channels=opened, threads=threads)


async def _ask(room: Room, text: str = _QUESTION, *, by: MemberActor | None = None) -> list[discord.Message]:
    await (by or room.counselor).send(room.channel, _to_bot(room, text))
    return by_bot(room.channel, room.bot)


async def test_where_nothing_is_open_a_mention_is_answered_to_its_author_alone(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    consultant = FakeConsultant(outcome)
    async with enter_room(consultant, composer) as room:
        (offer,) = await _ask(room)
        assert "I answer nobody in public" in text_of(offer)
        assert consultant.questions == []

        result = await room.counselor.click(offer, label=_PRIVATELY)
        assert private(result) == [composer.compose(outcome).text]
        assert consultant.questions == [_QUESTION]
        assert room.channel.threads == []


async def test_an_open_channel_without_the_feature_is_not_open_for_mentions(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await room.store.servers.change(room.guild.id, open_channels=[room.channel.id])
        (offer,) = await _ask(room)

        assert list(buttons_of(offer)) == [_PRIVATELY]


async def test_only_who_asked_may_press_and_only_once(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        (offer,) = await _ask(room)

        other = await room.colleague.click(offer, label=_PRIVATELY)
        assert "for the person who asked" in private(other)[0]
        await room.counselor.click(offer, label=_PRIVATELY)
        again = await room.counselor.click(offer, label=_PRIVATELY)
        assert "I no longer hold this question" in private(again)[0]
        assert consultant.questions == [_QUESTION]


async def test_a_private_answer_that_failed_can_be_asked_for_again(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(RuntimeError("no"), Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        (offer,) = await _ask(room)
        await room.counselor.click(offer, label=_PRIVATELY)
        again = await room.counselor.click(offer, label=_PRIVATELY)

        assert private(again) == [composer.compose(Withheld(CALM)).text]


async def test_after_a_restart_the_private_button_says_that_the_question_is_gone(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, tmp_path: Path
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (offer,) = await _ask(room)
        await restarted(room, corpus, tmp_path)
        result = await room.counselor.click(offer, label=_PRIVATELY)

        assert "not over a restart" in private(result)[0]


async def test_in_an_open_channel_the_answer_goes_into_a_private_thread_with_its_asker(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room)
        (pointer,) = await _ask(room)

        (thread,) = room.channel.threads
        assert thread.history()[-1].channel.type is discord.ChannelType.private_thread
        assert room.counselor.id in room.env.backend.get_thread(thread.id).thread_members
        assert room.colleague.id not in room.env.backend.get_thread(thread.id).thread_members
        assert [text_of(message) for message in by_bot(thread, room.bot)] == [composer.compose(outcome).text]
        assert f"<#{thread.id}>" in text_of(pointer)
        assert thread.name == "Consultation"


async def test_where_the_server_has_it_so_the_thread_is_public_and_hangs_on_the_message(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room, threads=Threads.PUBLIC)
        message = await room.counselor.send(room.channel, _to_bot(room))

        (thread,) = room.channel.threads
        assert thread.id == message.id
        assert [text_of(each) for each in by_bot(thread, room.bot)] == [composer.compose(outcome).text]
        assert by_bot(room.channel, room.bot) == []


@pytest.mark.parametrize("threads", list(Threads))
async def test_a_message_deleted_before_the_answer_still_gets_its_thread(
    threads: Threads, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM), seconds=SECONDS_OF_WORK), composer) as room:
        await _open(room, threads=threads)
        message = await room.counselor.send(room.channel, _to_bot(room))
        await room.counselor.delete(message)
        await room.env.advance_time(SECONDS_OF_WORK)

        (thread,) = room.channel.threads
        assert len(by_bot(thread, room.bot)) == 1
        assert room.env.errors == []


async def test_without_the_permission_for_threads_there_is_a_private_button_and_a_sentence_why(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        denied = discord.PermissionOverwrite(create_private_threads=False)
        assert room.bot.user is not None
        room.channel = room.guild.create_text_channel("closed", overwrites={room.guild.default_role: denied})
        await _open(room)
        (offer,) = await _ask(room)
        assert "I lack the permission" in text_of(offer)

        result = await room.counselor.click(offer, label=_PRIVATELY)
        assert private(result) == [composer.compose(Withheld(CALM)).text]


async def test_a_thread_that_discord_refuses_ends_in_the_private_button(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM), Withheld(CALM)), composer) as room:
        await _open(room)
        room.env.inject_error("POST", "/channels/*/threads", status=403, code=50013)
        (offer,) = await _ask(room)
        assert "could not open a thread" in text_of(offer)

        result = await room.counselor.click(offer, label=_PRIVATELY)
        assert private(result) == [composer.compose(Withheld(CALM)).text]


async def test_a_thread_that_its_asker_cannot_be_invited_to_is_taken_away_again(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        await _open(room)
        room.env.inject_error("PUT", "/channels/*/thread-members/*", status=403, code=50013)
        offers = await _ask(room)

        assert [list(buttons_of(message)) for message in offers] == [[_PRIVATELY]]
        assert room.channel.threads == []


async def test_a_voice_channel_has_no_threads_so_the_answer_is_private(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        room.channel = room.guild.create_voice_channel("talk")
        await _open(room)
        (offer,) = await _ask(room)

        assert "no threads in this kind of channel" in text_of(offer)


@pytest.mark.parametrize(("threads", "answers_there"), [(Threads.PUBLIC, True), (Threads.PRIVATE, False)])
async def test_in_somebody_elses_thread_the_answer_stands_there_only_if_answers_are_public(
    threads: Threads, enter_room: EnterRoom, composer: Composer, *, answers_there: bool
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        await _open(room, threads=threads)
        room.env.backend.create_thread(room.channel.id, "theirs", room.colleague.id)
        await room.env.settle()
        (thread,) = room.channel.threads
        await room.counselor.send(thread, _to_bot(room))

        (said,) = by_bot(thread, room.bot)
        assert (text_of(said) == composer.compose(Withheld(CALM)).text) is answers_there
        assert (_PRIVATELY in buttons_of(said)) is not answers_there


async def test_danger_in_public_is_one_neutral_line_and_the_steps_are_for_its_author(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer, agreed=False) as room:
        (line,) = await _ask(room, "danger: she has pills")
        assert text_of(line) == _LINE
        assert list(buttons_of(line)) == [SHOW]

        mine = await room.counselor.click(line, label=SHOW)
        assert private(mine) == [composer.compose(CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))).text]
        other = await room.colleague.click(line, label=SHOW)
        assert private(other) == [composer.compose(CrisisReferral(Alarm(Level.CRISIS))).text]
        assert consultant.questions == []


@pytest.mark.parametrize("language", [None, "es"])
async def test_the_steps_are_shown_after_a_restart_too(
    language: str | None, enter_room: EnterRoom, composer: Composer, corpus: Corpus, tmp_path: Path
) -> None:
    consultant = FakeConsultant()
    consultant.referral = CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF), language)
    async with enter_room(consultant, composer) as room:
        (line,) = await _ask(room, "danger")
        await restarted(room, corpus, tmp_path)
        mine = await room.counselor.click(line, label=SHOW)
        other = await room.colleague.click(line, label=SHOW)

        assert private(mine) == [composer.compose(consultant.referral).text]
        assert private(other) == [composer.compose(CrisisReferral(Alarm(Level.CRISIS))).text]


@pytest.mark.parametrize(
    "outcome",
    [
        CrisisReferral(Alarm(Level.CRISIS, Danger.VIOLENCE)),
        OutOfScope(question=Redaction(""), alarm=Alarm(Level.CAUTION), field=Field.OTHER, language="es"),
    ],
)
async def test_steps_that_an_answer_comes_to_are_not_shown_in_a_thread_either(
    outcome: Outcome, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room)
        (line,) = await _ask(room)

        assert text_of(line) == _LINE
        assert room.channel.threads == []


async def test_where_the_bot_may_not_write_the_steps_reach_their_author_directly(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        room.env.inject_error("POST", f"/channels/{room.channel.id}/messages", status=403, code=50013, times=None)
        assert await _ask(room, "danger: she has pills") == []

        (said,) = by_bot(room.counselor.user.dm_channel, room.bot)
        assert "Someone's life may be in danger" in text_of(said)


async def test_a_broken_database_does_not_keep_the_line_for_danger_back(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:

        async def broken(*_: object) -> None:
            raise ConnectionError

        monkeypatch.setattr(room.store.servers, "settings", broken)
        (said,) = await _ask(room)
        assert "Something in me failed" in text_of(said)


async def test_an_empty_mention_is_told_how_to_ask(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (said,) = await _ask(room, "")

        assert "Write your question behind the mention" in text_of(said)


async def test_a_mention_with_a_picture_alone_is_refused_kindly(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await room.counselor.send(room.channel, _to_bot(room, ""), attachments=[("client.png", b"x")])

        (said,) = by_bot(room.channel, room.bot)
        assert "please delete it" in text_of(said)


async def test_a_mention_of_the_bots_role_is_told_that_its_words_did_not_arrive(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        role = room.guild.create_role("TestBot", mentionable=True)
        assert room.bot.user is not None
        found = room.bot.get_guild(room.guild.id)
        assert found is not None
        cached = found.get_role(role.id)
        assert cached is not None
        cached.tags = discord.RoleTags({"bot_id": str(room.bot.user.id)})
        await room.counselor.send(room.channel, f"{role.mention} {_QUESTION}")

        (said,) = by_bot(room.channel, room.bot)
        assert "mention me myself" in text_of(said)


@pytest.mark.parametrize("around", ["`{}` is how to call it", "```\n{}\n```", "> {}\nwhat do you all think?"])
async def test_a_mention_in_code_or_in_a_quotation_asks_nothing(
    around: str, enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer) as room:
        await room.counselor.send(room.channel, around.format(_to_bot(room)))

        assert by_bot(room.channel, room.bot) == []
        assert consultant.questions == []


async def test_danger_in_a_quotation_is_still_seen(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await room.counselor.send(room.channel, f"> {_to_bot(room, 'danger')}\nwhat now")

        assert [text_of(message) for message in by_bot(room.channel, room.bot)] == [_LINE]


async def test_two_mentions_at_once_are_answered_each_in_its_thread(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM), seconds=SECONDS_OF_WORK)
    async with enter_room(consultant, composer) as room:
        await room.agree(room.colleague)
        await _open(room)
        await room.counselor.send(room.channel, _to_bot(room, "one"))
        await room.colleague.send(room.channel, _to_bot(room, "two"))
        await room.env.advance_time(SECONDS_OF_WORK)

        assert sorted(consultant.questions) == ["one", "two"]
        members = [room.env.backend.get_thread(thread.id).thread_members for thread in room.channel.threads]
        assert len(members) == 2
        assert not any({room.counselor.id, room.colleague.id} <= set(each) for each in members)


async def test_a_mention_that_comes_twice_is_answered_once(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM))
    async with enter_room(consultant, composer) as room:
        await _open(room)
        message = await room.counselor.send(room.channel, _to_bot(room))
        cog = room.bot.get_cog("RoomsCog")
        assert isinstance(cog, RoomsCog)
        await asyncio.gather(cog.on_message(message), cog.on_message(message))

        assert consultant.questions == [_QUESTION]
        assert len(room.channel.threads) == 1


async def test_the_notice_is_never_shown_at_length_in_public_and_goes_on_into_the_thread(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    async with enter_room(FakeConsultant(outcome), composer, agreed=False) as room:
        await _open(room)
        (first,) = await _ask(room)
        assert "AI tool" not in text_of(first)
        other = await room.colleague.click(first, label="Show me the notice")
        assert "for the person who asked" in private(other)[0]

        shown = await room.counselor.click(first, label="Show me the notice")
        assert "AI tool" in private(shown)[0]
        assert "What you wrote there others can read" in private(shown)[0]
        assert shown.response is not None
        agreed = await room.counselor.click(shown.response, label="I understand, go on")

        (thread,) = room.channel.threads
        assert [text_of(message) for message in by_bot(thread, room.bot)] == [composer.compose(outcome).text]
        assert f"<#{thread.id}>" in text_of(agreed.followups[-1])
        again = await room.counselor.click(first, label="Show me the notice")
        assert "I no longer hold this question" in private(again)[0]


async def test_a_notice_that_was_closed_can_be_opened_again(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer, agreed=False) as room:
        await _open(room)
        (first,) = await _ask(room)
        await room.counselor.click(first, label="Show me the notice")
        again = await room.counselor.click(first, label="Show me the notice")

        assert "AI tool" in private(again)[0]


async def test_too_many_mentions_are_told_the_time_to_wait(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer, person=1) as room:
        await _open(room)
        await _ask(room)
        said = await _ask(room)

        assert "10 minutes" in text_of(said[-1])


async def test_who_wrote_identifiers_into_the_channel_is_asked_to_take_them_out(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    redacted = Redaction("my client [name] went quiet", (Removal("name", 1),))
    outcome = replace(answered(corpus), question=redacted)
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room)
        await _ask(room, "my client Maria went quiet")

        (thread,) = room.channel.threads
        (said,) = by_bot(thread, room.bot)
        assert "I removed 1 name" in text_of(said)
        assert "delete or edit it now, and tell your supervisor or privacy officer" in text_of(said)
        assert "Maria" not in text_of(said)


async def test_a_long_answer_is_split_and_its_close_comes_last(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus, words=900)
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room)
        await _ask(room)

        (thread,) = room.channel.threads
        said = by_bot(thread, room.bot)
        assert len(said) > 1
        assert text_of(said[-1]).endswith(composer.compose(outcome).close)
        assert all(len(text_of(message)) <= 4000 for message in said)
