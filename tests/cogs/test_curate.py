"""`/curate` in a simulated Discord: for supervisors alone, at every step; nobody's text goes out unread."""

import dataclasses
import uuid

from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.consult.reply import Composer
from bot.storage.curated import Answer, Content, Item, State
from tests.cogs.conftest import EnterRoom, Room, curation_of
from tests.cogs.fakes import FakeConsultant
from tests.cogs.people import let_everyone, may_no_longer, refused
from tests.cogs.shown import labels_of, last_of, shown_to_one, text_of

_TYPED = {
    "title": "Fees after a missed hour",
    "asks": "they will not pay for the hour they missed\nwho pays for a missed hour",
    "when": "A rule was not said clearly.",
    "text": "- Name the rule once.\nAsk what the bill felt like.",
    "more": "I did not say this well.\nCaution: do not bargain.\nSource: House rules 2026",
}
_SIGNED = {"role": "clinical supervisor", "licence": "LPC-S", "jurisdiction": "Texas"}
_NOT_ONE = "Only supervisors of this server can do that"


async def _supervisors(room: Room, *names: str) -> list[MemberActor]:
    role = room.guild.create_role("supervisors")
    await room.store.servers.change(room.guild.id, supervisor_role=role.id)
    return [room.guild.add_member(room.env.create_user(name), roles=[role]) for name in names]


async def _draft(room: Room, author: MemberActor, **changed: str) -> InteractionResult:
    form = await author.slash(room.channel, "curate new")
    return await author.submit_modal(form, _TYPED | changed)


async def _submitted(room: Room, author: MemberActor) -> None:
    await author.click(last_of(await _draft(room, author)), label="Submit for approval")


async def _answers(room: Room) -> tuple[Answer, ...]:
    return await room.store.answers.listed(room.guild.id)


async def _words(room: Room, answer: uuid.UUID, revision: int) -> Content | None:
    (found,) = await room.store.answers.revisions(room.guild.id, answer, [revision])
    return found.content


async def test_an_answer_is_written_submitted_and_approved_by_another_who_signs_once(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await _supervisors(room, "anna", "ben")
        shown = last_of(await _draft(room, anna))
        assert shown.ephemeral
        assert "Kept as a draft, revision 1" in text_of(shown)
        assert "Bring to supervision" in text_of(shown)
        await anna.click(shown, label="Submit for approval")

        own = await anna.slash(room.channel, "curate queue")
        form = await anna.click(last_of(own), label="Approve")
        assert "Nobody approves their own text here" in refused(await anna.submit_modal(form, _SIGNED))

        queue = last_of(await ben.slash(room.channel, "curate queue"))
        assert "**1 of 1**" in text_of(queue)
        assert "Name the rule once." in text_of(queue)
        form = await ben.click(queue, label="Approve")
        done = await ben.submit_modal(form, _SIGNED)
        assert "Approved." in shown_to_one(done)[-1]
        (answer,) = await _answers(room)
        assert answer.state is State.APPROVED
        assert answer.live == 1
        assert answer.signature is not None
        assert answer.signature.licence == "LPC-S"
        content = await _words(room, answer.id, 1)
        assert content is not None
        assert content.text == (Item("Name the rule once."), Item("Ask what the bill felt like."))
        assert content.wording == (Item("I did not say this well."),)
        assert content.caution == (Item("do not bargain."),)
        assert content.sources == ("House rules 2026",)

        again = await ben.click(queue, label="Approve")
        assert again.modal is None
        assert "This answer is approved" in refused(again)
        empty = await ben.slash(room.channel, "curate queue")
        assert "Nothing waits for approval" in shown_to_one(empty)[-1]


async def test_who_is_no_supervisor_can_do_nothing_even_with_a_button_from_when_they_were(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await _supervisors(room, "anna", "ben")
        await _submitted(room, anna)
        (answer,) = await _answers(room)
        let_everyone(room, "curate")
        for command in ("new", "queue", "due"):
            assert refused(await room.counselor.slash(room.channel, f"curate {command}")).startswith(_NOT_ONE)
        for command in ("history", "edit", "retire", "restore"):
            result = await room.counselor.slash(room.channel, f"curate {command}", answer=answer.name)
            assert refused(result).startswith(_NOT_ONE)
            assert result.modal is None
        assert await room.counselor.autocomplete(room.channel, "curate history", "answer", "fee") == []

        queue = last_of(await ben.slash(room.channel, "curate queue"))
        form = await ben.click(queue, label="Approve")
        why = await ben.click(queue, label="Reject")
        words = await ben.click(queue, label="Edit")
        may_no_longer(room, ben)
        for label in ("Approve", "Reject", "Edit"):
            assert refused(await ben.click(queue, label=label)).startswith(_NOT_ONE)
        for modal, typed in ((form, _SIGNED), (why, {"why": "no"}), (words, _TYPED)):
            assert refused(await ben.submit_modal(modal, typed)).startswith(_NOT_ONE)
        (after,) = await _answers(room)
        assert after == answer


async def test_of_two_edits_at_once_the_second_is_told_and_both_are_kept(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await _supervisors(room, "anna", "ben")
        await _draft(room, anna)
        (answer,) = await _answers(room)
        first = await anna.slash(room.channel, "curate edit", answer=answer.name)
        second = await ben.slash(room.channel, "curate edit", answer=answer.name)
        await anna.submit_modal(first, _TYPED | {"text": "Anna's words."})
        told = await ben.submit_modal(second, _TYPED | {"text": "Ben's words."})

        text = "\n".join(shown_to_one(told))
        assert "Somebody else changed this answer" in text
        assert "Ben's words." in text
        assert "Anna's words." in text
        (now,) = await _answers(room)
        assert now.revision == 2
        kept = [await _words(room, answer.id, number) for number in (2, 3)]
        assert [one.text[0].text for one in kept if one] == ["Anna's words.", "Ben's words."]
        back = await ben.slash(room.channel, "curate restore", answer=answer.name, revision=3)
        assert "It is a draft again, revision 4" in "\n".join(shown_to_one(back))


async def test_a_rejection_has_a_reason_that_the_history_shows_and_retire_and_restore_stand_there_too(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await _supervisors(room, "anna", "ben")
        await _submitted(room, anna)
        queue = last_of(await ben.slash(room.channel, "curate queue"))
        form = await ben.click(queue, label="Reject")
        await ben.submit_modal(form, {"why": "Too sure of itself, Maria."})
        (answer,) = await _answers(room)
        assert answer.state is State.REJECTED
        await ben.slash(room.channel, "curate restore", answer=answer.name)
        await ben.slash(room.channel, "curate retire", answer=answer.name, reason="No longer our rule.")

        text = "\n".join(shown_to_one(await anna.slash(room.channel, "curate history", answer=answer.name)))
        assert "Too sure of itself, [name]." in text
        assert "No longer our rule." in text
        assert "retired" in text
        assert f"<@{anna.id}>" in text
        (answer,) = await _answers(room)
        assert answer.state is State.RETIRED
        offered = await anna.autocomplete(room.channel, "curate history", "answer", "fees")
        assert [choice["value"] for choice in offered] == [answer.name]


async def test_next_goes_through_the_queue_and_begins_again(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await _supervisors(room, "anna", "ben")
        for title in ("First", "Second"):
            await anna.click(last_of(await _draft(room, anna, title=title)), label="Submit for approval")
        shown = last_of(await ben.slash(room.channel, "curate queue"))
        seen = []
        for _ in range(3):
            seen.append(text_of(shown).partition(" of ")[0].removeprefix("**"))
            shown = last_of(await ben.click(shown, label="Next"))
        assert seen == ["1", "2", "1"]


async def test_what_is_due_can_be_approved_once_more(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await _supervisors(room, "anna", "ben")
        nothing = await ben.slash(room.channel, "curate due")
        assert "Nothing is due for review" in shown_to_one(nothing)[-1]
        await _submitted(room, anna)
        (answer,) = await _answers(room)
        await _approve_long_ago(room, answer, ben)

        due = last_of(await ben.slash(room.channel, "curate due"))
        assert "Reject" not in labels_of(due)
        done = await ben.click(due, label="Approve")
        assert "Approved." in shown_to_one(done)[-1]
        (after,) = await _answers(room)
        assert after.state is State.APPROVED


async def _approve_long_ago(room: Room, answer: Answer, person: MemberActor) -> None:
    curation = curation_of(room.store)
    await room.store.supervisors.sign_as(
        room.guild.id, person.id, role="supervisor", licence="LPC", jurisdiction="Ohio"
    )
    signed = await room.store.supervisors.signature(room.guild.id, person.id, answer.changed_at.date())
    assert signed is not None
    old = dataclasses.replace(signed, on=signed.on.replace(year=signed.on.year - 1))
    await curation.approve(room.guild.id, answer.id, person.id, revision=1, signature=old)
    assert await curation.mark_due() == 1


async def test_danger_in_any_field_is_answered_with_its_steps_and_nothing_is_kept(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await _supervisors(room, "anna", "ben")
        for name in _TYPED:
            result = await _draft(room, anna, **{name: "there is danger tonight"})
            assert "911" in "\n".join(shown_to_one(result))
        assert await _answers(room) == ()
        await _submitted(room, anna)
        (answer,) = await _answers(room)
        queue = last_of(await ben.slash(room.channel, "curate queue"))
        why = await ben.submit_modal(await ben.click(queue, label="Reject"), {"why": "danger"})
        signed = await ben.submit_modal(await ben.click(queue, label="Approve"), _SIGNED | {"role": "danger here"})
        retired = await ben.slash(room.channel, "curate retire", answer=answer.name, reason="danger")
        for result in (why, signed, retired):
            assert "911" in "\n".join(shown_to_one(result))
        assert await _answers(room) == (answer,)


async def test_identifiers_are_taken_out_and_told_and_what_cannot_be_cleared_is_refused(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await _supervisors(room, "anna")
        shown = "\n".join(shown_to_one(await _draft(room, anna, text="Maria did not pay.")))
        assert "I took out 1 name" in shown
        assert "Maria" not in shown
        assert "cannot be cleared" in refused(await _draft(room, anna, text="withheld"))
        assert len(await _answers(room)) == 1
