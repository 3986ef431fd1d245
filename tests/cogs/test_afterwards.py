"""Afterwards in a simulated Discord: wanted by a press, asked once in a direct message, three taps, counts alone."""

import uuid
from datetime import timedelta
from pathlib import Path

import discord
from simcord.actors import MemberActor
from simcord.builders import UserHandle

from bot.cogs.afterwards import AfterwardsCog
from bot.consult.reply import Composer
from bot.storage.afterwards import Report
from bot.storage.clock import utc_now
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.people import manager_of, refused
from tests.cogs.restart import restarted
from tests.cogs.said import buttons_of, by_bot, text_of
from tests.cogs.shown import last_of, shown_to_one

_LABEL = "Ask me later how it went"


async def _asker(room: Room) -> tuple[UserHandle, MemberActor]:
    user = room.env.create_user("asker")
    member = room.guild.add_member(user)
    await room.agree(member)
    return user, member


async def _wanted(room: Room, member: MemberActor, *, times: int = 1) -> str:
    answer = await member.slash(room.channel, "consult", question="my client went quiet")
    told = ""
    for _ in range(times):
        (told,) = shown_to_one(await member.click(last_of(answer), label=_LABEL))
    return told


async def _ask(room: Room, *, days: int = 7) -> None:
    """Let days pass, and the bot look for whom it has to ask."""
    room.store.afterwards._clock = lambda: utc_now() + timedelta(days=days, minutes=1)
    cog = room.bot.get_cog("AfterwardsCog")
    assert isinstance(cog, AfterwardsCog)
    await cog.ask_all()


def _sent(room: Room, user: UserHandle) -> list[discord.Message]:
    return by_bot(user.dm_channel, room.bot)


async def _tap(user: UserHandle, message: discord.Message, label: str) -> None:
    result = await user.click(message, label=label)
    assert result.acknowledged


async def test_who_wants_it_is_asked_once_after_a_restart_and_three_taps_are_kept_without_them(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, tmp_path: Path
) -> None:
    async with enter_room(FakeConsultant(answered(corpus)), composer) as room:
        user, member = await _asker(room)
        assert (await _wanted(room, member, times=2)).startswith("You have asked for this already")
        (note,) = _sent(room, user)
        assert "Don't ask me" in buttons_of(note)
        await restarted(room, corpus, tmp_path)
        await _ask(room, days=6)
        assert len(_sent(room, user)) == 1
        for _ in range(2):
            await _ask(room)
        _, question = _sent(room, user)
        assert "1 of 3" in text_of(question)
        assert composer.close() in text_of(question)
        assert (await room.store.people.export(user.id)).afterwards == ()

        await _tap(user, question, "In part")
        (_, question) = _sent(room, user)
        assert "2 of 3" in text_of(question)
        await _tap(user, question, "It got better")
        (_, question) = _sent(room, user)
        await _tap(user, question, "Not yet, I will")
        (_, done) = _sent(room, user)
        assert text_of(done).startswith("Thank you.")
        assert composer.close() in text_of(done)
        card = answered(corpus).passages[0].card
        (counted,) = await room.store.afterwards.helped(room.guild.id, askers=1)
        assert (counted.card, counted.tried, counted.better, counted.supervised) == (card.id, 1, 1, 0)
        assert room.env.errors == []


async def test_closed_direct_messages_are_named_and_nothing_is_kept(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus), answered(corpus)), composer) as room:
        user, member = await _asker(room)
        channel = f"/channels/{user.dm_channel.id}/messages"
        room.env.inject_error("POST", channel, status=403, code=50007, message="Cannot send messages to this user")
        assert (await _wanted(room, member)).startswith("I cannot write to you")
        assert (await room.store.people.export(user.id)).afterwards == ()

        await _wanted(room, member)
        room.env.inject_error("POST", channel, status=400)
        await _ask(room)
        assert len((await room.store.people.export(user.id)).afterwards) == 1
        room.env.inject_error("POST", channel, status=403, code=50007)
        await _ask(room, days=8)
        assert (await room.store.people.export(user.id)).afterwards == ()
        assert len(_sent(room, user)) == 1


async def test_it_can_be_taken_back_belongs_to_the_asker_and_goes_with_forget_me(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(*[answered(corpus)] * 3), composer) as room:
        user, member = await _asker(room)
        await _wanted(room, member)
        (note,) = _sent(room, user)
        await _tap(user, note, "Don't ask me")
        (note,) = _sent(room, user)
        assert text_of(note).startswith("All right, I will not ask.")
        assert (await room.store.people.export(user.id)).afterwards == ()

        await _wanted(room, member)
        (shown,) = shown_to_one(await member.slash(room.channel, "privacy show"))
        assert "**1 question for later** that you wanted." in shown
        ask = await member.slash(room.channel, "privacy forget-me")
        assert "1 question for later" in text_of(last_of(ask))
        await member.click(last_of(ask), label="Erase it all")
        assert (await room.store.people.export(user.id)).afterwards == ()


async def test_supervisors_see_counts_from_five_people_up_and_others_nothing(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        supervisor, card = manager_of(room), corpus.cards[0]
        cog = room.bot.get_cog("AfterwardsCog")
        assert isinstance(cog, AfterwardsCog)
        for person in range(1, 6):
            few = shown_to_one(await supervisor.slash(room.channel, "curate helped"))[-1]
            assert "Nothing yet" in few
            key = await room.store.afterwards.want(room.guild.id, person, uuid.uuid4(), (card.id,), days=7)
            assert key is not None
            await room.store.afterwards.report(key, person, Report("yes", "same", "yes"), cog._check)
        told = shown_to_one(await supervisor.slash(room.channel, "curate helped"))[-1]
        assert f"**{card.head.title}**: 5 people; 5 tried it (bond better 0, as it was 5, worse 0)" in told
        assert "Only supervisors" in refused(await room.counselor.slash(room.channel, "curate helped"))
        await cog.forget(3)
        assert await room.store.afterwards.helped(room.guild.id) == ()
