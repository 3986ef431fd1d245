"""Consult on this: one's own message at once, another's with its author's consent, danger before either."""

from pathlib import Path

import discord
import pytest
from simcord.results import InteractionResult

from bot.cogs.menu import NAME
from bot.cogs.steps import SHOW
from bot.consult.exchange import Asker
from bot.consult.outcome import CrisisReferral, Withheld
from bot.consult.reply import Composer
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Level
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.restart import restarted
from tests.cogs.said import buttons_of, by_bot, private, text_of

_TEXT = "my client has gone quiet since I was late"
_OWN_DANGER = CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF))


async def _open(room: Room) -> None:
    await room.store.servers.change(room.guild.id, open_channels=[room.channel.id])


async def _asked(room: Room, text: str = _TEXT) -> tuple[InteractionResult, discord.Message]:
    """Let the counselor ask about a message of their colleague's; return what they see and the request."""
    message = await room.colleague.send(room.channel, text)
    result = await room.counselor.context_menu(room.channel, NAME, message)
    (request,) = by_bot(room.channel, room.bot)
    return result, request


async def test_ones_own_message_is_answered_privately_at_once(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    consultant = FakeConsultant(outcome)
    async with enter_room(consultant, composer) as room:
        message = await room.counselor.send(room.channel, _TEXT)
        result = await room.counselor.context_menu(room.channel, NAME, message)

        assert private(result) == [composer.compose(outcome).text]
        assert consultant.questions == [_TEXT]
        assert by_bot(room.channel, room.bot) == []
        assert room.requests()[0] == "POST callback"


async def test_on_anothers_message_its_author_is_asked_and_whoever_asked_is_answered_when_they_allow_it(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = answered(corpus)
    consultant = FakeConsultant(outcome)
    async with enter_room(consultant, composer) as room:
        await _open(room)
        result, request = await _asked(room)
        assert "asked their author for consent" in private(result)[0]
        assert room.counselor.mention in text_of(request)
        assert _TEXT not in text_of(request)
        assert consultant.questions == []

        await room.colleague.click(request, label="Allow")
        assert private(result)[-1] == composer.compose(outcome).text
        assert consultant.questions == [_TEXT]
        (request,) = by_bot(room.channel, room.bot)
        assert "Its author allowed it" in text_of(request)
        assert buttons_of(request) == {}


async def test_who_asked_sees_the_notice_first_and_is_answered_privately_then(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer, agreed=False) as room:
        await _open(room)
        result, request = await _asked(room)
        await room.colleague.click(request, label="Allow")
        assert "Before the first answer" in private(result)[-1]
        assert "You asked in a channel" not in private(result)[-1]

        agreed = await room.counselor.click(result.followups[-1], label="I understand, go on")
        assert private(agreed)[-1] == composer.compose(Withheld(CALM)).text
        assert len(by_bot(room.channel, room.bot)) == 1


async def test_an_author_who_does_not_allow_it_is_respected_and_it_is_told_kindly(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer) as room:
        await _open(room)
        result, request = await _asked(room)
        await room.colleague.click(request, label="Don't allow")

        assert "That is theirs to decide" in private(result)[-1]
        assert "would rather not" in text_of(by_bot(room.channel, room.bot)[0])
        assert consultant.questions == []


@pytest.mark.parametrize("label", ["Allow", "Don't allow"])
async def test_only_the_author_decides(label: str, enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer) as room:
        await _open(room)
        _, request = await _asked(room)
        pressed = await room.counselor.click(request, label=label)

        assert private(pressed) == ["Only the author of the message can decide that."]
        assert consultant.questions == []
        assert list(buttons_of(by_bot(room.channel, room.bot)[0])) == ["Allow", "Don't allow"]


async def test_an_author_is_asked_once_about_a_message(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await _open(room)
        message = await room.colleague.send(room.channel, _TEXT)
        await room.counselor.context_menu(room.channel, NAME, message)
        again = await room.counselor.context_menu(room.channel, NAME, message)

        assert "asked about this message already" in private(again)[0]
        assert len(by_bot(room.channel, room.bot)) == 1


async def test_after_a_restart_the_request_says_that_it_lapsed(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, tmp_path: Path
) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer) as room:
        await _open(room)
        _, request = await _asked(room)
        await restarted(room, corpus, tmp_path)
        await room.colleague.click(request, label="Allow")

        assert "This request lapsed" in text_of(by_bot(room.channel, room.bot)[0])
        assert consultant.questions == []


async def test_whoever_asked_and_cannot_be_told_any_more_costs_the_author_nothing(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        await _open(room)
        _, request = await _asked(room)
        room.env.inject_error("POST", "/webhooks/*", status=404, code=10015, times=None)
        pressed = await room.colleague.click(request, label="Allow")

        assert pressed.acknowledged
        assert "Its author allowed it" in text_of(by_bot(room.channel, room.bot)[0])
        assert room.env.errors == []


async def test_in_a_channel_that_is_not_open_people_ask_the_author_themselves(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant()
    async with enter_room(consultant, composer) as room:
        message = await room.colleague.send(room.channel, _TEXT)
        result = await room.counselor.context_menu(room.channel, NAME, message)

        assert "Please ask them yourself" in private(result)[0]
        assert by_bot(room.channel, room.bot) == []
        assert consultant.questions == []


async def test_where_the_bot_may_not_write_people_ask_the_author_themselves(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await _open(room)
        message = await room.colleague.send(room.channel, _TEXT)
        room.env.inject_error("POST", f"/channels/{room.channel.id}/messages", status=403, code=50013)
        result = await room.counselor.context_menu(room.channel, NAME, message)
        assert "I lack the permission to ask" in private(result)[0]

        again = await room.counselor.context_menu(room.channel, NAME, message)
        assert "asked their author" in private(again)[0]


async def test_an_author_at_risk_is_addressed_and_the_asker_told_how_to_reach_them(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, tmp_path: Path
) -> None:
    consultant = FakeConsultant()
    consultant.referral = _OWN_DANGER
    async with enter_room(consultant, composer, agreed=False) as room:
        message = await room.colleague.send(room.channel, "danger, I can't go on")
        result = await room.counselor.context_menu(room.channel, NAME, message)
        (told,) = private(result)
        assert told.startswith("**The person who wrote this may not be safe themselves. Please reach them now:**")
        assert "Someone may be in danger" in told
        assert told.endswith(composer.compose(CrisisReferral(Alarm(Level.CRISIS))).close)

        (line,) = by_bot(room.channel, room.bot)
        assert text_of(line).startswith("If anyone may be in danger now: 911")
        assert line.reference is not None
        assert line.reference.message_id == message.id
        await restarted(room, corpus, tmp_path)
        steps = await room.colleague.click(line, label=SHOW)
        assert private(steps) == [composer.compose(_OWN_DANGER).text]
        others = await room.counselor.click(line, label=SHOW)
        assert private(others) == [composer.compose(CrisisReferral(Alarm(Level.CRISIS))).text]
        assert room.desk.conversations.turns(_asker_of(room)) == ()


def _asker_of(room: Room) -> Asker:
    return Asker(room.colleague.id, room.guild.id, room.channel.id)


async def test_the_author_is_addressed_once_however_many_ask(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant()
    consultant.referral = _OWN_DANGER
    async with enter_room(consultant, composer) as room:
        third = room.guild.add_member(room.env.create_user("third"))
        message = await room.colleague.send(room.channel, "danger, I can't go on")
        await room.counselor.context_menu(room.channel, NAME, message)
        result = await third.context_menu(room.channel, NAME, message)

        assert "Please reach them now" in private(result)[0]
        assert len(by_bot(room.channel, room.bot)) == 1


async def test_where_the_author_cannot_be_addressed_the_asker_is_told_so(
    enter_room: EnterRoom, composer: Composer
) -> None:
    consultant = FakeConsultant()
    consultant.referral = _OWN_DANGER
    async with enter_room(consultant, composer) as room:
        message = await room.colleague.send(room.channel, "danger, I can't go on")
        room.env.inject_error("POST", f"/channels/{room.channel.id}/messages", status=403, code=50013)
        result = await room.counselor.context_menu(room.channel, NAME, message)

        first, second = private(result)
        assert "Please reach them now" in first
        assert "reach them yourself, by phone" in second


async def test_a_message_that_tells_of_a_client_in_danger_gives_the_asker_the_steps(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        message = await room.colleague.send(room.channel, "danger: she has pills")
        result = await room.counselor.context_menu(room.channel, NAME, message)

        assert private(result)[0].startswith("**This message may tell of danger to somebody.**")
        assert "Someone's life may be in danger" in private(result)[0]
        assert len(by_bot(room.channel, room.bot)) == 1


async def test_a_message_of_the_bot_or_of_another_program_or_without_words_is_declined_in_a_sentence(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await room.counselor.send(room.channel, f"<@{room.bot.user.id if room.bot.user else 0}>")
        (ours,) = by_bot(room.channel, room.bot)
        other = room.guild.add_member(room.env.create_user("program", bot=True))
        theirs = await other.send(room.channel, "beep")
        picture = await room.counselor.send(room.channel, "", attachments=[("client.png", b"x")])
        said = [
            private(await room.counselor.context_menu(room.channel, NAME, message))[0]
            for message in (ours, theirs, picture)
        ]

        assert "a message of mine" in said[0]
        assert "A program" in said[1]
        assert "I never open pictures" in said[2]


async def test_the_menu_is_offered_wherever_commands_are(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        (command,) = [each for each in room.env.backend.commands[None].values() if each["name"] == NAME]

        assert command["name"] == NAME
        assert sorted(command["contexts"]) == [0, 1, 2]
