"""`/peer start` in a simulated Discord: roles, steps, the poll, passages, the clock, the end, and what goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.cogs import peerclock
from bot.cogs.peer import PeerCog
from bot.consult.reply import Composer
from bot.safety.verdicts import Redaction
from bot.storage.clock import utc_now
from bot.storage.servers import Threads
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.people import deny_bot, refused
from tests.cogs.restart import restarted
from tests.cogs.said import buttons_of, by_bot, private, text_of


@dataclass
class _Here:
    """A room with a peer consultation in a thread: the counselor started it, the colleague may present."""

    room: Room
    thread: ChannelHandle

    @property
    def said(self) -> list[discord.Message]:
        return by_bot(self.thread, self.room.bot)

    @property
    def board(self) -> discord.Message:
        """The newest message with the step and its buttons."""
        return next(message for message in reversed(self.said) if "End" in buttons_of(message))

    async def press(self, person: MemberActor, label: str) -> str:
        return "\n".join(private(await person.click(self.board, label=label)))

    async def refuses(self, person: MemberActor, label: str) -> str:
        return refused(await person.click(self.board, label=label))

    async def begin(self) -> None:
        await self.press(self.room.colleague, "Join as presenter")
        await self.press(self.room.counselor, "Begin")

    async def until_step(self, name: str) -> None:
        """Lead on until a step is there."""
        while f": {name}**" not in text_of(self.board):
            await self.press(self.room.counselor, "Next step")


@asynccontextmanager
async def _started(
    enter_room: EnterRoom, composer: Composer, consultant: FakeConsultant | None = None
) -> AsyncIterator[_Here]:
    async with enter_room(consultant or FakeConsultant(), composer) as room:
        await room.agree(room.counselor, room.colleague)
        opened = [room.channel.id]
        await room.store.servers.change(room.guild.id, open_channels=opened, threads=Threads.PUBLIC)
        await room.counselor.slash(room.channel, "peer start", protocol="thirty")
        yield _Here(room, room.channel.threads[0])


async def test_a_consultation_goes_through_its_steps_with_a_poll_that_ends(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = replace(answered(corpus), question=Redaction("how do I name it?"))
    async with _started(enter_room, composer, FakeConsultant(outcome)) as here:
        counselor, colleague = here.room.counselor, here.room.colleague
        assert "nobody presents yet" in (await here.refuses(counselor, "Begin")).lower()
        told = await here.press(colleague, "Join as presenter")
        assert "You take part as presenter." in told
        assert f"Presenter: <@{colleague.id}>" in text_of(here.board)
        assert "that role is taken" in (await here.refuses(counselor, "Join as presenter")).lower()
        await here.press(counselor, "Begin")
        assert "**Step 1 of 6: Present**" in text_of(here.board)

        await here.until_step("Hypotheses")
        (poll,) = [message for message in here.said if message.poll]
        assert poll.poll is not None
        assert not poll.poll.is_finalised()
        await here.until_step("Passages")
        (poll,) = [message for message in here.said if message.poll]
        assert poll.poll is not None
        assert poll.poll.is_finalised()

        assert "the presenter's" in (await here.refuses(counselor, "Type the question"))
        form = await colleague.click(here.board, label="Type the question")
        await colleague.submit_modal(form, {"text": "how do I name it?"})
        assert "To consider" in text_of(here.said[-1])
        await here.until_step("Close")
        await here.press(counselor, "Next step")
        assert "This consultation is over." in text_of(here.said[-1])
        assert await here.room.store.peers.find(here.thread.id) is None
        ends = (composer.close(), "To consider")
        assert all(each.poll or any(end in text_of(each) for end in ends) for each in here.said)
        assert here.room.env.errors == []


async def test_a_late_comer_is_told_where_it_stands_and_a_supervisor_is_named(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with _started(enter_room, composer) as here:
        role = here.room.guild.create_role("supervisor")
        late = here.room.guild.add_member(here.room.env.create_user("late"), roles=[role])
        await here.room.store.servers.change(here.room.guild.id, supervisor_role=role.id)
        await here.begin()
        board = here.board
        told = "\n".join(private(await late.click(board, label="Join as consultant")))
        assert "**Step 1 of 6: Present**" in told
        assert f"<@{late.id}>, a supervisor of this server, has joined" in text_of(here.said[-1])
        assert "leads on" in refused(await late.click(board, label="Next step"))


async def test_the_clock_leads_on_also_after_a_restart_and_stands_still_while_paused(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, tmp_path: Path
) -> None:
    async with _started(enter_room, composer) as here:
        await here.begin()
        assert "paused, 5 min left" in await _paused(here)
        assert "paused" in (await here.refuses(here.room.counselor, "Next step"))
        await here.press(here.room.colleague, "Go on")
        await restarted(here.room, corpus, tmp_path)
        await _minutes_pass(here, 6)
        assert "**Step 2 of 6: Clarify**" in text_of(here.board)
        await here.press(here.room.counselor, "End")
        assert "This consultation is over." in text_of(here.said[-1])
        assert here.room.env.errors == []


async def _paused(here: _Here) -> str:
    await here.press(here.room.counselor, "Pause")
    return text_of(here.board)


async def _minutes_pass(here: _Here, minutes: int) -> None:
    """Let the bot look at its clocks as it will in some minutes."""
    cog = here.room.bot.get_cog("PeerCog")
    assert isinstance(cog, PeerCog)

    def later() -> datetime:
        return utc_now() + timedelta(minutes=minutes)

    here.room.store.peers._clock = later
    with patch.object(peerclock, "utc_now", later):
        await cog.clock.turn()


async def test_two_who_press_at_once_lead_on_once_and_an_old_button_does_nothing(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with _started(enter_room, composer) as here:
        await here.press(here.room.colleague, "Join as presenter")
        first = here.board
        await here.room.counselor.click(first, label="Begin")
        told = private(await here.room.colleague.click(first, label="Begin"))
        assert "Somebody has done that already." in "\n".join(told)
        assert "**Step 1 of 6: Present**" in text_of(here.board)


async def test_what_is_taken_along_is_read_for_danger_redacted_and_shown_by_choice(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with _started(enter_room, composer) as here:
        await here.press(here.room.counselor, "End")
        over = here.said[-1]

        async def typed(text: str) -> InteractionResult:
            form = await here.room.counselor.click(over, label="What I take to supervision")
            return await here.room.counselor.submit_modal(form, {"text": text})

        assert "911" in "\n".join(private(await typed("there is danger")))
        assert "may identify somebody" in refused(await typed("withheld"))
        preview = await typed("ask Maria how I sound")
        assert "> ask [name] how I sound" in "\n".join(private(preview))
        assert len(here.said) == 2
        assert preview.response is not None
        await here.room.counselor.click(preview.response, label="Show it in this thread")
        assert "> ask [name] how I sound" in text_of(here.said[-1])


async def test_danger_in_the_presenters_question_brings_the_steps_to_them_alone(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with _started(enter_room, composer) as here:
        await here.begin()
        await here.until_step("Passages")
        before = len(here.said)
        await here.room.store.consents.withdraw(here.room.colleague.id, here.room.guild.id)
        form = await here.room.colleague.click(here.board, label="Type the question")
        told = await here.room.colleague.submit_modal(form, {"text": "there is danger tonight"})
        assert "911" in "\n".join(private(told))
        assert len(here.said) == before


async def test_a_deleted_thread_and_a_lost_permission_end_it_and_are_told(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with _started(enter_room, composer) as here:
        await here.press(here.room.colleague, "Join as presenter")
        here.room.env.inject_error("POST", f"/channels/{here.thread.id}/messages", status=403, code=50013)
        told = refused(await here.room.counselor.click(here.board, label="Begin"))
        assert "I lack a permission" in told
        assert await here.room.store.peers.find(here.thread.id) is None
        assert "this consultation is over" in (await here.refuses(here.room.counselor, "Begin")).lower()

        await here.room.store.peers.start(here.thread.id, here.room.guild.id, 1, "thirty")
        cog = here.room.bot.get_cog("PeerCog")
        assert isinstance(cog, PeerCog)
        data = {"id": here.thread.id, "guild_id": here.room.guild.id, "parent_id": here.room.channel.id, "type": 11}
        await cog.on_raw_thread_delete(discord.RawThreadDeleteEvent(data))  # type: ignore[arg-type]  # as Discord tells it
        assert await here.room.store.peers.find(here.thread.id) is None


async def test_where_it_cannot_be_started_the_reason_is_told(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        told = refused(await room.counselor.slash(room.channel, "peer start", protocol="thirty"))
        assert "This channel is not open" in told
        mute = room.guild.create_text_channel("mute", overwrites=deny_bot(room, send_polls=False))
        await room.store.servers.change(room.guild.id, open_channels=[mute.id], threads=Threads.PUBLIC)
        told = refused(await room.counselor.slash(mute, "peer start", protocol="fifty"))
        assert "I lack Create Polls here" in told
