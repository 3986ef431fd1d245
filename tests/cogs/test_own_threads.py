"""In the bot's own threads: follow-ups, the form under an answer, and the floor that supervisors have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.cogs.features import Feature
from bot.cogs.steps import SHOW
from bot.consult.outcome import Answered, CrisisReferral, Withheld
from bot.consult.reply import Composer
from bot.errors import TryAgainLater
from bot.safety.verdicts import CALM, Alarm, Danger, Level, Redaction, Removal
from bot.storage.floors import QUIET, Floors
from bot.storage.servers import Threads
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.said import by_bot, private, text_of

_QUESTION = "my client has gone quiet since I was late"


class _Clock:
    now = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class _Here:
    """A room with one thread of the bot's in it."""

    room: Room
    thread: ChannelHandle
    supervisor: MemberActor
    clock: _Clock

    @property
    def said(self) -> list[str]:
        """What the bot wrote behind its first answer."""
        return [text_of(message) for message in by_bot(self.thread, self.room.bot)][1:]

    @property
    def answer(self) -> discord.Message:
        return by_bot(self.thread, self.room.bot)[0]

    def mention(self, text: str = "and if she stays quiet?") -> str:
        assert self.room.bot.user is not None
        return f"<@{self.room.bot.user.id}> {text}"


@asynccontextmanager
async def _thread(enter_room: EnterRoom, consultant: FakeConsultant, composer: Composer) -> AsyncIterator[_Here]:
    clock = _Clock()
    async with enter_room(consultant, composer, clock=clock) as room:
        role = room.guild.create_role("supervisor")
        supervisor = room.guild.add_member(room.env.create_user("supervisor"), roles=[role])
        await room.agree(room.counselor, room.colleague, supervisor)
        opened = [room.channel.id]
        await room.store.servers.change(
            room.guild.id,
            features=[Feature.MENTIONS],
            open_channels=opened,
            threads=Threads.PUBLIC,
            supervisor_role=role.id,
        )
        assert room.bot.user is not None
        await room.counselor.send(room.channel, f"<@{room.bot.user.id}> {_QUESTION}")
        yield _Here(room, room.channel.threads[0], supervisor, clock)


def _first(corpus: Corpus) -> Answered:
    return replace(answered(corpus), question=Redaction(_QUESTION))


async def test_a_mention_there_is_a_follow_up_and_answered_there(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(_first(corpus), Withheld(CALM))
    async with _thread(enter_room, consultant, composer) as here:
        message = await here.room.counselor.send(here.thread, here.mention())

        assert consultant.threads == [(), (_QUESTION,)]
        assert here.said == [composer.compose(Withheld(CALM)).text]
        reference = by_bot(here.thread, here.room.bot)[-1].reference
        assert reference is not None
        assert reference.message_id == message.id
        assert len(here.room.channel.threads) == 1


async def test_what_others_write_there_without_a_mention_is_left_alone(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with _thread(enter_room, FakeConsultant(answered(corpus)), composer) as here:
        await here.room.colleague.send(here.thread, "I had that last year")

        assert here.said == []


async def test_a_thread_of_a_channel_that_was_closed_since_is_closed_too(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with _thread(enter_room, FakeConsultant(answered(corpus)), composer) as here:
        await here.room.store.servers.change(here.room.guild.id, open_channels=[])
        await here.room.counselor.send(here.thread, here.mention())

        assert "I answer nobody in public" in here.said[0]


async def test_the_form_under_an_answer_is_answered_into_the_thread_with_the_words_as_redacted(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    redacted = Redaction("and if [name] stays quiet?\n@everyone", (Removal("name", 1),))
    second = replace(answered(corpus), question=redacted)
    consultant = FakeConsultant(_first(corpus), second)
    async with _thread(enter_room, consultant, composer) as here:
        form = await here.room.counselor.click(here.answer, label="Follow up")
        result = await here.room.counselor.submit_modal(form, {"text": "and if Maria stays quiet?\n@everyone"})

        assert consultant.threads[-1] == (_QUESTION,)
        assert f"Answered in <#{here.thread.id}>" in private(result)[0]
        (said,) = here.said
        assert said.startswith("**A follow-up question**\n> and if [name] stays quiet?")
        assert "@everyone" not in said
        assert "Maria" not in said
        assert said.endswith(composer.compose(second).close)


async def test_danger_in_the_form_is_for_its_asker_alone(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    crisis = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
    async with _thread(enter_room, FakeConsultant(answered(corpus), crisis), composer) as here:
        form = await here.room.counselor.click(here.answer, label="Follow up")
        result = await here.room.counselor.submit_modal(form, {"text": "danger"})

        assert private(result) == [composer.compose(crisis).text]
        assert here.said == []


async def test_who_has_not_seen_the_notice_sees_it_alone_and_is_then_answered_in_the_thread(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with _thread(enter_room, FakeConsultant(answered(corpus), Withheld(CALM)), composer) as here:
        newcomer = here.room.guild.add_member(here.room.env.create_user("newcomer"))
        form = await newcomer.click(here.answer, label="Follow up")
        result = await newcomer.submit_modal(form, {"text": "what about me"})
        assert "Before the first answer" in private(result)[0]
        assert here.said == []

        assert result.response is not None
        await newcomer.click(result.response, label="I understand, go on")
        assert here.said == [composer.compose(Withheld(CALM)).text]


async def test_a_supervisor_who_writes_gets_the_floor_which_is_said_once(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(answered(corpus), Withheld(CALM))
    async with _thread(enter_room, consultant, composer) as here:
        await here.supervisor.send(here.thread, "let me come in here")
        assert here.said == []
        await here.room.counselor.send(here.thread, here.mention())
        await here.room.colleague.send(here.thread, here.mention())
        (said,) = here.said
        assert "I leave the floor to them" in said

        here.clock.now += QUIET - timedelta(seconds=1)
        await here.supervisor.send(here.thread, "one thing more")
        here.clock.now += QUIET - timedelta(seconds=1)
        await here.room.counselor.send(here.thread, here.mention())
        assert len(here.said) == 1
        here.clock.now += timedelta(seconds=2)
        await here.room.counselor.send(here.thread, here.mention())
        assert here.said[1:] == [composer.compose(Withheld(CALM)).text]


async def test_a_restart_ends_no_supervisors_floor_and_tells_of_it_no_second_time(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with _thread(enter_room, FakeConsultant(answered(corpus)), composer) as here:
        await here.supervisor.send(here.thread, "let me come in here")
        await here.room.restart(FakeConsultant(), composer)
        await here.room.counselor.send(here.thread, here.mention())
        await here.room.restart(FakeConsultant(Withheld(CALM)), composer)
        await here.room.colleague.send(here.thread, here.mention())

        (said,) = here.said
        assert "I leave the floor to them" in said
        here.clock.now += QUIET
        await here.room.colleague.send(here.thread, here.mention())
        assert here.said[1:] == [composer.compose(Withheld(CALM)).text]


async def test_where_the_floor_cannot_be_looked_up_the_form_is_answered_privately(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Floors, thread: int) -> bool:
        raise TryAgainLater(f"no records of {thread}", "wait")

    async with _thread(enter_room, FakeConsultant(answered(corpus), Withheld(CALM)), composer) as here:
        form = await here.room.counselor.click(here.answer, label="Follow up")
        monkeypatch.setattr(Floors, "is_taken", fail)
        result = await here.room.counselor.submit_modal(form, {"text": "and now"})

        assert composer.compose(Withheld(CALM)).text in private(result)
        assert here.said == []


async def test_danger_is_answered_whoever_has_the_floor(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with _thread(enter_room, FakeConsultant(answered(corpus)), composer) as here:
        await here.supervisor.send(here.thread, "let me come in here")
        await here.room.counselor.send(here.thread, here.mention("danger: she has pills"))

        assert here.said[0].startswith("If anyone may be in danger now")
        result = await here.room.counselor.click(by_bot(here.thread, here.room.bot)[-1], label=SHOW)
        assert "Someone's life may be in danger" in private(result)[0]


async def test_a_supervisor_who_asks_is_answered_and_has_the_floor_from_then_on(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(answered(corpus), Withheld(CALM))
    async with _thread(enter_room, consultant, composer) as here:
        await here.supervisor.send(here.thread, here.mention())
        await here.room.counselor.send(here.thread, here.mention())

        assert here.said[0] == composer.compose(Withheld(CALM)).text
        assert "I leave the floor" in here.said[1]


async def test_the_form_is_answered_privately_while_a_supervisor_has_the_floor(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with _thread(enter_room, FakeConsultant(answered(corpus), Withheld(CALM)), composer) as here:
        await here.supervisor.send(here.thread, "let me come in here")
        form = await here.room.counselor.click(here.answer, label="Follow up")
        result = await here.room.counselor.submit_modal(form, {"text": "and now"})

        assert composer.compose(Withheld(CALM)).text in private(result)
        assert here.said == []


async def test_a_thread_that_was_archived_goes_on(enter_room: EnterRoom, composer: Composer, corpus: Corpus) -> None:
    async with _thread(enter_room, FakeConsultant(answered(corpus), Withheld(CALM)), composer) as here:
        changes = {"archived": True}
        here.room.env.backend.edit_channel(here.thread.id, {}, thread_metadata=changes)
        await here.room.env.settle()
        form = await here.room.counselor.click(here.answer, label="Follow up")
        result = await here.room.counselor.submit_modal(form, {"text": "and now"})

        assert private(result)
        assert here.room.env.errors == []


@pytest.mark.parametrize("status", [403, 503])
async def test_a_thread_that_takes_nothing_ends_in_a_sentence(
    status: int, enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with _thread(enter_room, FakeConsultant(answered(corpus), Withheld(CALM)), composer) as here:
        form = await here.room.counselor.click(here.answer, label="Follow up")
        path = f"/channels/{here.thread.id}/messages"
        here.room.env.inject_error("POST", path, status=status, code=50013, times=None)
        result = await here.room.counselor.submit_modal(form, {"text": "and now"})

        assert "now:" in private(result)[-1]
        assert here.room.env.errors == []
