"""Sharing: a preview first, then one message for everyone, and only where it may be."""

import discord
import pytest
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.cogs.layout import notice
from bot.cogs.router import button
from bot.consult.outcome import Answered
from bot.consult.reply import Composer
from bot.safety.verdicts import CALM, Redaction, Removal
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.shown import labels_of, last_of, text_of, texts_in

_QUESTION = "Quillfeather has gone quiet since I was late"
_ASKED = "[name] has gone quiet @everyone\nsince I was late"


@pytest.fixture
def outcome(corpus: Corpus) -> Answered:
    made = answered(corpus)
    redaction = Redaction(_ASKED, (Removal("name", 1),))
    return Answered(question=redaction, alarm=CALM, draft=made.draft, passages=made.passages, dropped=0)


async def _open(room: Room, *channels: ChannelHandle) -> None:
    await room.store.servers.change(room.guild.id, open_channels=[channel.id for channel in channels])


async def _ask(room: Room, channel: ChannelHandle | None = None) -> InteractionResult:
    return await room.counselor.slash(channel or room.channel, "consult", question=_QUESTION)


def _public(room: Room, channel: ChannelHandle | None = None) -> list[str]:
    """Return what everyone in the channel can read."""
    history = (channel or room.channel).history(viewer=room.colleague)
    stored = [room.env.backend.get_message(message.channel.id, message.id) for message in history]
    return ["\n\n".join(texts_in(message.components)) for message in stored]


async def test_a_shared_answer_is_shown_to_its_asker_first_and_posted_on_confirmation_only(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room, room.channel)
        preview = last_of(await room.counselor.click(last_of(await _ask(room)), label="Share with the channel"))
        assert preview.ephemeral
        assert "This would be posted here" in text_of(preview)
        assert "> [name] has gone quiet @\u200beveryone\n> since I was late" in text_of(preview)
        assert labels_of(preview) == ["Post it here", "Keep it to myself"]
        assert _public(room) == []

        await room.counselor.click(preview, label="Post it here")
        (posted,) = _public(room)
        assert "> [name] has gone quiet" in posted
        assert "Quillfeather" not in posted
        assert "I removed" not in posted
        assert "This would be posted" not in posted
        assert posted.endswith(composer.compose(outcome).close)
        assert room.env.errors == []


async def test_an_answer_is_posted_once_however_often_it_is_pressed(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room, room.channel)
        answer = last_of(await _ask(room))
        previews = [last_of(await room.counselor.click(answer, label="Share with the channel")) for _ in range(2)]
        for preview in previews:
            await room.counselor.click(preview, label="Post it here")

        assert len(_public(room)) == 1


async def test_whoever_keeps_it_posts_nothing(enter_room: EnterRoom, composer: Composer, outcome: Answered) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room, room.channel)
        shared = await room.counselor.click(last_of(await _ask(room)), label="Share with the channel")
        await room.counselor.click(last_of(shared), label="Keep it to myself")

        assert text_of(last_of(shared)) == "Nothing was posted."
        assert _public(room) == []


async def test_sharing_is_offered_only_where_a_channel_is_open_for_it(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome, outcome), composer) as room:
        await _open(room, room.channel)
        other = room.guild.create_text_channel("other")

        assert "Share with the channel" in labels_of(last_of(await _ask(room)))
        assert "Share with the channel" not in labels_of(last_of(await _ask(room, other)))


async def test_a_channel_that_was_closed_meanwhile_gets_nothing(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room, room.channel)
        shared = await room.counselor.click(last_of(await _ask(room)), label="Share with the channel")
        await _open(room)
        await room.counselor.click(last_of(shared), label="Post it here")

        assert "not open for shared answers" in text_of(last_of(shared))
        assert _public(room) == []


async def test_whoever_may_not_write_in_a_channel_posts_nothing_there(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        muted = discord.PermissionOverwrite(send_messages=False)
        quiet = room.guild.create_text_channel("quiet", overwrites={room.counselor: muted})
        await _open(room, quiet)
        shared = await room.counselor.click(last_of(await _ask(room, quiet)), label="Share with the channel")
        await room.counselor.click(last_of(shared), label="Post it here")

        assert "You may not write in this channel yourself" in text_of(last_of(shared))
        assert _public(room, quiet) == []


async def test_what_is_no_longer_in_memory_cannot_be_shared(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room, room.channel)
        answer = last_of(await _ask(room))
        shared = await room.counselor.click(answer, label="Share with the channel")
        await room.restart(FakeConsultant(), composer)
        again = await room.counselor.click(answer, label="Share with the channel")
        await room.counselor.click(last_of(shared), label="Post it here")

        assert "I no longer hold this question" in text_of(last_of(again))
        assert "I no longer hold this question" in text_of(last_of(shared))
        assert _public(room) == []


@pytest.mark.parametrize("action", ["share", "post"])
async def test_only_whoever_asked_can_share_an_answer(
    enter_room: EnterRoom, composer: Composer, outcome: Answered, action: str
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room, room.channel)
        await _ask(room)
        ((key, _),) = room.desk.conversations._exchanges._held.items()
        channel = room.bot.get_channel(room.channel.id)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send(view=notice("a message", buttons=[button("Press", action, key.hex)]))
        pressed = await room.colleague.click(sent, label="Press")

        assert pressed.acknowledged
        assert not any("Shared from a private consultation" in said for said in _public(room))


async def test_a_post_that_discord_refuses_is_told_and_can_be_tried_again(
    enter_room: EnterRoom, composer: Composer, outcome: Answered
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _open(room, room.channel)
        shared = await room.counselor.click(last_of(await _ask(room)), label="Share with the channel")
        room.env.inject_error("POST", "/webhooks/*/*", status=403, code=50013)
        failed = await room.counselor.click(last_of(shared), label="Post it here")
        assert "Discord does not let me do that here" in text_of(last_of(failed))
        assert _public(room) == []

        await room.counselor.click(last_of(shared), label="Post it here")
        assert len(_public(room)) == 1
