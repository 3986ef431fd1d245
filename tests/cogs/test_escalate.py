"""Ask our supervisors, in a simulated Discord: nothing goes out unseen, and the asker alone reads the reply."""

import dataclasses

import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import ResponseMessage

from bot.consult.outcome import Abstained
from bot.consult.reply import Composer
from bot.safety.verdicts import CALM, Redaction, Removal
from bot.storage.servers import SettingsChanges
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.people import deny_bot, may_no_longer, refused
from tests.cogs.said import text_of
from tests.cogs.shown import labels_of, last_of, shown_to_one

_LABEL = "Ask our supervisors"
_QUESTION = "[name] will not pay for the hour they missed"
_ABSTAINED = Abstained(question=Redaction(_QUESTION, (Removal("name", 1),)), alarm=CALM, clarify=None)


async def _set_up(room: Room) -> tuple[MemberActor, ChannelHandle]:
    """Return a supervisor and the review channel."""
    role = room.guild.create_role("supervisors")
    review = room.guild.create_text_channel("review")
    await room.store.servers.change(room.guild.id, supervisor_role=role.id, review_channel=review.id)
    return room.guild.add_member(room.env.create_user("anna"), roles=[role]), review


async def _preview(room: Room) -> ResponseMessage:
    asked = last_of(await room.counselor.slash(room.channel, "consult", question="Maria will not pay"))
    return last_of(await room.counselor.click(asked, label=_LABEL))


async def test_a_question_is_shown_first_then_posted_as_chosen_answered_and_read_by_its_asker_alone(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_ABSTAINED), composer) as room:
        anna, review = await _set_up(room)
        preview = await _preview(room)
        assert preview.ephemeral
        assert _QUESTION in text_of(preview)
        assert f"<#{review.id}>" in text_of(preview)
        assert review.history() == []

        await room.counselor.click(preview, label="Anonymous, tell me here")
        await room.counselor.click(preview, label="My name, by DM")
        (post,) = review.history()
        text = text_of(post)
        assert _QUESTION in text
        assert str(room.counselor.id) not in text

        form = await anna.click(post, label="Answer it")
        done = last_of(await anna.submit_modal(form, {"reply": "Tell Maria the rule once."}))
        assert "Whoever asked was told." in text_of(done)
        (line,) = room.channel.history()
        assert str(room.counselor.id) not in text_of(line)
        assert "[name]" not in text_of(line)
        other = await room.colleague.click(line, label="Show it to me")
        assert "Only the person who asked" in shown_to_one(other)[-1]
        mine = shown_to_one(await room.counselor.click(line, label="Show it to me"))[-1]
        assert "Tell [name] the rule once." in mine
        assert "Bring to supervision" in mine
        assert await room.store.escalations.untold() == ()

        draft = shown_to_one(await anna.click(done, label="Make it a draft"))
        assert "Kept as a draft" in draft[-1]
        (answer,) = await room.store.answers.listed(room.guild.id)
        assert answer.origin.value == "question"
        assert "made of this reply already" in refused(await anna.click(done, label="Make it a draft"))
        assert "answered already" in refused(await anna.click(post, label="Answer it"))


async def test_by_name_and_direct_message_the_reply_comes_there(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    outcome = dataclasses.replace(answered(corpus), question=Redaction(_QUESTION))
    async with enter_room(FakeConsultant(outcome), composer) as room:
        anna, review = await _set_up(room)
        topic = outcome.passages[0].card.primary_topic
        await room.store.supervisors.own_topic(room.guild.id, topic, anna.id, anna.id)
        await room.counselor.click(await _preview(room), label="My name, by DM")
        (post,) = review.history()
        assert f"on {topic} (<@{anna.id}>'s topic)" in text_of(post)
        assert f"<@{room.counselor.id}>" in text_of(post)
        listed = last_of(await anna.slash(room.channel, "curate questions"))
        assert "1 wait for an answer" in text_of(listed)
        await anna.submit_modal(await anna.click(listed, label="Answer 1"), {"reply": "Say the rule."})
        assert room.channel.history() == []
        assert await room.store.escalations.untold() == ()


@pytest.mark.parametrize("off", [SettingsChanges(supervisor_role=None), SettingsChanges(review_channel=None)])
async def test_without_a_review_channel_or_a_supervisor_role_there_is_no_button_and_an_old_one_sends_nothing(
    off: SettingsChanges, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_ABSTAINED, _ABSTAINED), composer) as room:
        _, review = await _set_up(room)
        preview = await _preview(room)
        await room.store.servers.change(room.guild.id, **off)
        told = await room.counselor.click(preview, label="Anonymous, tell me here")
        assert "so nothing was sent" in shown_to_one(told)[-1]
        asked = await room.counselor.slash(room.channel, "consult", question="again")
        assert _LABEL not in labels_of(last_of(asked))
        assert review.history() == []
        assert await room.store.escalations.waiting(room.guild.id) == ()


async def test_only_supervisors_answer_danger_in_a_reply_brings_its_steps_and_a_missing_permission_is_named(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_ABSTAINED, _ABSTAINED), composer) as room:
        anna, review = await _set_up(room)
        await room.counselor.click(await _preview(room), label="Anonymous, tell me here")
        (post,) = review.history()
        assert "Only supervisors" in refused(await room.counselor.click(post, label="Answer it"))
        form = await anna.click(post, label="Answer it")
        assert "911" in shown_to_one(await anna.submit_modal(form, {"reply": "there is danger"}))[-1]
        form = await anna.click(post, label="Answer it")
        assert "cannot be cleared" in refused(await anna.submit_modal(form, {"reply": "withheld"}))
        form = await anna.click(post, label="Answer it")
        may_no_longer(room, anna)
        assert "Only supervisors" in refused(await anna.submit_modal(form, {"reply": "Say the rule."}))
        assert len(await room.store.escalations.waiting(room.guild.id)) == 1

        closed = room.guild.create_text_channel("closed", overwrites=deny_bot(room, send_messages=False))
        await room.store.servers.change(room.guild.id, review_channel=closed.id)
        assert "I lack Send Messages" in text_of(await _preview(room))


async def test_who_could_not_be_told_finds_the_reply_under_their_next_answer_also_after_a_restart(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_ABSTAINED), composer) as room:
        anna, review = await _set_up(room)
        await room.counselor.click(await _preview(room), label="Anonymous, tell me here")
        (post,) = review.history()
        (waiting,) = await room.store.escalations.waiting(room.guild.id)
        await room.store.escalations.answer(room.guild.id, waiting.id, anna.id, "Say the rule.")

        await room.restart(FakeConsultant(_ABSTAINED, _ABSTAINED), composer)
        asked = last_of(await room.counselor.slash(room.channel, "consult", question="again"))
        shown = await room.counselor.click(asked, label="Your supervisors answered")
        assert "Say the rule." in shown_to_one(shown)[-1]
        later = last_of(await room.counselor.slash(room.channel, "consult", question="once more"))
        assert "Your supervisors answered" not in labels_of(later)
        assert "answered already" in refused(await anna.click(post, label="Answer it"))
