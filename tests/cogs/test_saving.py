"""Save as curated answer, in a simulated Discord: another's words only as they allow, and nothing kept before."""

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.cogs import saving
from bot.cogs.saving import NAME
from bot.consult.reply import Composer
from bot.errors import TryAgainLater
from bot.storage.curated import Answer, Origin
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant
from tests.cogs.people import may_no_longer, refused
from tests.cogs.said import by_bot, text_of
from tests.cogs.shown import labels_of, last_of, shown_to_one
from tests.cogs.test_supervising import supervisors

_TEXT = "Say the rule once, Maria.\nThen ask what the bill felt like."
_WITH, _WITHOUT, _NOT = "Allow, with my name", "Allow, without my name", "Don't allow"


async def _save(room: Room, who: MemberActor, author: MemberActor, text: str = _TEXT) -> InteractionResult:
    message = await author.send(room.channel, text)
    return await who.context_menu(room.channel, NAME, message)


async def _answers(room: Room) -> tuple[Answer, ...]:
    return await room.store.answers.listed(room.guild.id)


def _asked(room: Room, person: MemberActor) -> discord.Message:
    return by_bot(person.user.dm_channel, room.bot)[-1]


def _close_messages(room: Room, person: MemberActor) -> None:
    room.env.inject_error("POST", f"/channels/{person.user.dm_channel.id}/messages", status=403, code=50007)


async def test_a_supervisors_own_message_becomes_a_redacted_draft_that_opens_for_editing(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await supervisors(room, "anna")
        result = await _save(room, anna, anna)
        shown = "\n".join(shown_to_one(result))
        assert "Kept as a draft, revision 1" in shown
        assert "I took out 1 name" in shown
        assert "Maria" not in shown
        (answer,) = await _answers(room)
        assert (answer.origin, answer.title) == (Origin.MESSAGE, "Say the rule once [name]")
        form = await anna.click(last_of(result), label="Edit")
        assert form.modal is not None
        (revision,) = await room.store.answers.revisions(room.guild.id, answer.id)
        assert (revision.author, revision.credit) == (anna.id, None)


@pytest.mark.parametrize(("label", "named"), [(_WITH, True), (_WITHOUT, False)])
async def test_anothers_words_are_kept_once_they_allow_it_in_private_with_their_name_if_they_want(
    label: str, enter_room: EnterRoom, composer: Composer, *, named: bool
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await supervisors(room, "anna")
        result = await _save(room, anna, room.colleague)
        assert "I asked their author privately" in shown_to_one(result)[0]
        asked = _asked(room, room.colleague)
        assert "> Say the rule once, [name]." in text_of(asked)
        assert "Maria" not in text_of(asked)
        assert by_bot(room.channel, room.bot) == []
        assert await _answers(room) == ()

        await room.colleague.user.click(asked, label=label)
        (answer,) = await _answers(room)
        (revision,) = await room.store.answers.revisions(room.guild.id, answer.id)
        assert (revision.author, revision.credit) == (anna.id, room.colleague.id if named else None)
        assert "kept as a draft" in text_of(_asked(room, room.colleague))
        told = last_of(result)
        assert "The author allowed it" in shown_to_one(result)[-1]
        assert (await anna.click(told, label="Edit")).modal is not None
        history = "\n".join(shown_to_one(await anna.slash(room.channel, "curate history", answer=answer.name)))
        assert (f"From a message of <@{room.colleague.id}>" in history) is named


async def test_refused_nothing_is_kept_and_nobody_is_asked_twice(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await supervisors(room, "anna")
        message = await room.colleague.send(room.channel, _TEXT)
        result = await anna.context_menu(room.channel, NAME, message)
        again = await anna.context_menu(room.channel, NAME, message)
        assert "is not asked again" in shown_to_one(again)[0]
        await room.colleague.user.click(_asked(room, room.colleague), label=_NOT)
        assert "Nothing was kept." in text_of(_asked(room, room.colleague))
        assert "would rather not" in shown_to_one(result)[-1]
        assert await _answers(room) == ()


async def test_where_they_cannot_be_written_to_they_are_asked_in_reply_and_nobody_else_decides(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await supervisors(room, "anna")
        _close_messages(room, room.colleague)
        assert "could not ask their author" in shown_to_one(await _save(room, anna, room.colleague))[0]
        await room.store.servers.change(room.guild.id, open_channels=[room.channel.id])
        _close_messages(room, room.colleague)
        result = await _save(room, anna, room.colleague)
        assert "in reply to the message" in shown_to_one(result)[0]
        (asked,) = by_bot(room.channel, room.bot)
        assert "the rule once" not in text_of(asked)
        for label in (_WITH, _NOT):
            other = await anna.click(asked, label=label)
            assert shown_to_one(other) == ["Only the author of the message can decide that."]
        assert await _answers(room) == ()
        await room.colleague.click(asked, label=_WITHOUT)
        assert len(await _answers(room)) == 1


async def test_a_channel_that_takes_nothing_leaves_nobody_asked(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await supervisors(room, "anna")
        await room.store.servers.change(room.guild.id, open_channels=[room.channel.id])
        _close_messages(room, room.colleague)
        room.env.inject_error("POST", f"/channels/{room.channel.id}/messages", status=403, code=50013)
        assert "could not ask" in shown_to_one(await _save(room, anna, room.colleague))[0]


async def test_what_lapsed_was_forgotten_or_comes_from_no_supervisor_any_more_keeps_nothing(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await supervisors(room, "anna", "ben")
        await _save(room, anna, room.colleague)
        may_no_longer(room, anna)
        await room.colleague.user.click(_asked(room, room.colleague), label=_WITH)
        assert "no supervisor there any more" in text_of(_asked(room, room.colleague))

        await _save(room, ben, room.colleague)
        (cog,) = [one for one in room.bot.cogs.values() if isinstance(one, saving.SavingCog)]
        cog.forget(room.colleague.id)
        await room.colleague.user.click(_asked(room, room.colleague), label=_NOT)
        assert "lapsed" in text_of(_asked(room, room.colleague))

        await _save(room, ben, room.colleague)
        await room.restart(FakeConsultant(), composer)
        await room.colleague.user.click(_asked(room, room.colleague), label=_WITH)
        assert "lapsed" in text_of(_asked(room, room.colleague))
        assert await _answers(room) == ()


async def test_after_a_failure_the_author_can_press_again_and_a_late_answer_comes_by_direct_message(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await supervisors(room, "anna")
        await _save(room, anna, room.colleague)
        with monkeypatch.context() as broken:

            async def fail(*_: object, **__: object) -> None:
                raise TryAgainLater("the records cannot be reached", "try again in a minute")

            broken.setattr(room.store.answers, "take_in", fail)
            await room.colleague.user.click(_asked(room, room.colleague), label=_WITH)
        monkeypatch.setattr(discord.Interaction, "is_expired", lambda _: True)
        asked = next(one for one in by_bot(room.colleague.user.dm_channel, room.bot) if "Only you can" in text_of(one))
        await room.colleague.user.click(asked, label=_WITH)
        assert len(await _answers(room)) == 1
        assert "The author allowed it" in text_of(_asked(room, anna))


async def test_only_words_of_people_are_taken_and_danger_in_them_comes_before_all(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await supervisors(room, "anna")
        picture = await room.colleague.send(room.channel, "look", attachments=[("client.png", b"x")])
        shown = shown_to_one(await anna.context_menu(room.channel, NAME, picture))
        assert "carries a picture" in shown[0]
        empty = await room.colleague.send(room.channel, f"<@{room.bot.user.id if room.bot.user else 0}>")
        assert "no words" in shown_to_one(await anna.context_menu(room.channel, NAME, empty))[0]
        assert "cannot be cleared" in refused(await _save(room, anna, anna, "withheld"))
        assert "911" in "\n".join(shown_to_one(await _save(room, anna, anna, "there is danger")))
        theirs = "\n".join(shown_to_one(await _save(room, anna, room.colleague, "there is danger")))
        assert "Please make sure that its author is not alone" in theirs
        no = await _save(room, room.counselor, room.counselor)
        assert refused(no).startswith("Only supervisors of this server")
        assert await _answers(room) == ()
        assert labels_of(last_of(no)) == []
