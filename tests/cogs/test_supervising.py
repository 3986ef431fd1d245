"""What supervisors do beside answers, in a simulated Discord: second views, cards, topics, rules, the log, wiping."""

import dataclasses
from collections.abc import Sequence

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.consult.outcome import Abstained
from bot.consult.reply import Composer
from bot.curation.likeness import Alike, Beside, Shadow
from bot.curation.service import Curation
from bot.safety.verdicts import CALM, Redaction
from bot.storage.answers import Entry
from bot.storage.curated import Answer, Content, Item, Origin, Signature, State
from bot.storage.supervisors import Rules
from knowledge.entry import Corpus, Kind
from tests.cogs.conftest import EnterRoom, Room, curation_of
from tests.cogs.fakes import FakeConsultant
from tests.cogs.people import let_everyone, manager_of, may_no_longer, refused
from tests.cogs.shown import labels_of, last_of, shown_to_one, text_of

_SIGNED = {"role": "clinical supervisor", "licence": "LPC-S", "jurisdiction": "Texas"}
_BY = "clinical supervisor, LPC-S, Texas"
_NOT_ONE = "Only supervisors of this server can do that"
_WORDS = Content("Late fees", (Item("Say the rule once."),), ("who pays for a missed hour",))


async def supervisors(room: Room, *names: str) -> list[MemberActor]:
    """Return members with the supervisor role."""
    role = room.guild.create_role("supervisors")
    await room.store.servers.change(room.guild.id, supervisor_role=role.id)
    return [room.guild.add_member(room.env.create_user(name), roles=[role]) for name in names]


async def approved(room: Room, author: MemberActor, approver: MemberActor) -> Answer:
    """Return a live answer."""
    curation, server = curation_of(room.store), room.guild.id
    kept = await curation.new(server, author.id, _WORDS)
    await curation.submit(server, kept.answer.id, author.id)
    signature = Signature("supervisor", "LPC", "Ohio", kept.answer.changed_at.date())
    return await curation.approve(server, kept.answer.id, approver.id, revision=1, signature=signature)


def told(result: InteractionResult) -> str:
    """Return all that a person alone was shown."""
    return "\n".join(shown_to_one(result))


async def test_a_second_view_is_signed_waits_is_approved_by_another_and_can_be_taken_away(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await supervisors(room, "anna", "ben")
        answer = await approved(room, anna, ben)
        form = await ben.slash(room.channel, "curate view add", answer=answer.name, about="culture")
        assert "911" in told(await ben.submit_modal(form, {"text": "there is danger", **_SIGNED}))
        form = await ben.slash(room.channel, "curate view add", answer=answer.name, about="culture")
        kept = told(await ben.submit_modal(form, {"text": "Ask Maria first.", **_SIGNED}))
        assert "> Ask [name] first." in kept

        waiting = last_of(await anna.slash(room.channel, "curate view waiting"))
        assert f"Caveat on culture** on *Late fees*, by <@{ben.id}> ({_BY}" in text_of(waiting)
        assert "[name] still stands" in refused(await anna.click(waiting, label="Approve 1"))
        sure = last_of(await anna.click(waiting, label="Take away 1"))
        await anna.click(sure, label="Take it away")
        assert "gone already" in refused(await anna.click(waiting, label="Take away 1"))

        form = await ben.slash(room.channel, "curate view add", answer=answer.name)
        await ben.submit_modal(form, {"text": "Some would wait."})
        own = last_of(await ben.slash(room.channel, "curate view waiting"))
        assert "Nobody approves their own text" in refused(await ben.click(own, label="Approve 1"))
        assert "Approved." in told(
            await anna.click(last_of(await anna.slash(room.channel, "curate view waiting")), label="Approve 1")
        )
        listed = last_of(await anna.slash(room.channel, "curate view list", answer=answer.name))
        assert [label.rpartition(" ")[0] for label in labels_of(listed)] == ["Take away"]
        assert "Its words were taken away." in text_of(listed)
        live = await room.store.published.live(room.guild.id, [answer.id])
        assert [view.text for view in live[answer.id].views] == ["Some would wait."]
        history = told(await anna.slash(room.channel, "curate history", answer=answer.name))
        assert f"**Second view or caveat** by <@{ben.id}>\n> Some would wait." in history
        assert "There is none." in told(await anna.slash(room.channel, "curate view waiting"))


async def test_a_card_is_verified_hidden_and_both_undone_and_one_on_safety_stays(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (anna,) = await supervisors(room, "anna")
        card, other = [one for one in corpus.cards if one.head.kind is not Kind.SAFETY][:2]
        safety = next(one for one in corpus.cards if one.head.kind is Kind.SAFETY)
        offered = await anna.autocomplete(room.channel, "curate card verify", "card", card.head.title)
        assert card.id in [choice["value"] for choice in offered]

        form = await anna.slash(room.channel, "curate card verify", card=card.id)
        assert f"Verified by this server's supervisors: {_BY}" in told(await anna.submit_modal(form, _SIGNED))
        await anna.slash(room.channel, "curate card verify", card=other.id)
        await anna.slash(room.channel, "curate card hide", card=other.id)
        assert "stays for everyone" in refused(await anna.slash(room.channel, "curate card hide", card=safety.id))
        assert "no card of that name" in refused(await anna.slash(room.channel, "curate card hide", card="nothing"))
        marks = await room.store.supervisors.card_marks(room.guild.id)
        assert {name: mark.kind for name, mark in marks.items()} == {card.id: "verified", other.id: "hidden"}
        listed = told(await anna.slash(room.channel, "curate card list"))
        assert f"{_BY}" in listed
        assert "hidden" in listed

        offered = await anna.autocomplete(room.channel, "curate card undo", "card", "")
        assert {choice["value"] for choice in offered} == {card.id, other.id}
        for one in (card, other):
            await anna.slash(room.channel, "curate card undo", card=one.id)
        assert await room.store.supervisors.card_marks(room.guild.id) == {}
        again = await anna.slash(room.channel, "curate card undo", card=card.id)
        assert "neither verified nor hidden" in refused(again)
        assert "No card is verified" in told(await anna.slash(room.channel, "curate card list"))


async def test_the_owner_of_a_topic_is_a_supervisor_and_is_named_where_a_question_on_it_is_posted(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    card = corpus.cards[0]
    question = Abstained(question=Redaction("how do I ask"), alarm=CALM, clarify=None)
    async with enter_room(FakeConsultant(question), composer) as room:
        anna, ben = await supervisors(room, "anna", "ben")
        topic = card.primary_topic
        assert topic in [c["value"] for c in await anna.autocomplete(room.channel, "curate owner set", "topic", topic)]
        for bad, said in (("weather", "no topic of that name"), (topic, "no supervisor of this server")):
            member = anna if bad == "weather" else room.counselor
            result = await anna.slash(room.channel, "curate owner set", topic=bad, member=member)
            assert said in refused(result)
        assert f"name <@{ben.id}>" in told(await anna.slash(room.channel, "curate owner set", topic=topic, member=ben))
        assert f"- `{topic}`: <@{ben.id}>" in told(await anna.slash(room.channel, "curate owner list"))
        await room.store.escalations.ask(
            room.guild.id, 1, "How do I ask?", anonymous=True, tell="here", channel=5, topic=topic
        )
        listed = told(await anna.slash(room.channel, "curate questions"))
        assert f"on {topic} (<@{ben.id}>'s topic)" in listed

        offered = await anna.autocomplete(room.channel, "curate owner remove", "topic", "")
        assert [choice["value"] for choice in offered] == [topic]
        await anna.slash(room.channel, "curate owner remove", topic=topic)
        again = await anna.slash(room.channel, "curate owner remove", topic=topic)
        assert "That topic has no owner" in refused(again)
        assert "No topic has an owner" in told(await anna.slash(room.channel, "curate owner list"))


async def test_a_revision_is_wiped_with_a_reason_and_the_log_shows_who_did_what_page_by_page(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await supervisors(room, "anna", "ben")
        assert "Nothing was done yet" in told(await anna.slash(room.channel, "curate audit"))
        answer = await approved(room, anna, ben)
        wrong = await anna.slash(room.channel, "curate wipe", answer=answer.name, revision=9)
        assert "no revision 9" in refused(wrong)
        form = await anna.slash(room.channel, "curate wipe", answer=answer.name, revision=1)
        assert "911" in told(await anna.submit_modal(form, {"why": "danger"}))
        form = await anna.slash(room.channel, "curate wipe", answer=answer.name, revision=1)
        gone = told(await anna.submit_modal(form, {"why": "It told of Maria."}))
        assert "The words of revision 1 are gone. The answer is retired now, and nobody gets it." in gone
        assert await room.store.published.live(room.guild.id, [answer.id]) == {}

        for number in range(18):
            await room.store.supervisors.mark_card(room.guild.id, f"card-{number}", ben.id, "hidden")
        first = last_of(await ben.slash(room.channel, "curate audit"))
        assert f"**redact** *(wiped)* (1) by <@{anna.id}>: It told of [name]." in text_of(first)
        assert f"**card hidden** by <@{ben.id}>: card-17" in text_of(first)
        assert "**begin**" not in text_of(first)
        earlier = last_of(await ben.click(first, label="Earlier"))
        assert f"**begin** *(wiped)* (1) by <@{anna.id}>" in text_of(earlier)
        assert "Earlier" not in labels_of(earlier)
        only = told(await ben.slash(room.channel, "curate audit", member=anna))
        assert "card-17" not in only


async def test_who_is_no_supervisor_reaches_none_of_it_even_with_what_they_were_shown_as_one(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await supervisors(room, "anna", "ben")
        answer = await approved(room, anna, ben)
        signed = Signature("supervisor", "LPC", "Ohio", answer.changed_at.date())
        await curation_of(room.store).views.add(
            room.guild.id, answer.id, ben.id, about="view", text="Wait.", signature=signed
        )
        let_everyone(room, "curate")
        card, topic = corpus.cards[0].id, corpus.topics[0]
        commands: Sequence[tuple[str, dict[str, object]]] = (
            ("view add", {"answer": answer.name}),
            ("view waiting", {}),
            ("view list", {"answer": answer.name}),
            ("card verify", {"card": card}),
            ("card hide", {"card": card}),
            ("card undo", {"card": card}),
            ("card list", {}),
            ("owner set", {"topic": topic, "member": room.counselor}),
            ("owner list", {}),
            ("owner remove", {"topic": topic}),
            ("audit", {}),
            ("wipe", {"answer": answer.name, "revision": 1}),
        )
        for command, options in commands:
            result = await room.counselor.slash(room.channel, f"curate {command}", **options)
            assert refused(result).startswith(_NOT_ONE)
            assert result.modal is None
        for command, option in (("view add", "answer"), ("card hide", "card"), ("owner set", "topic")):
            assert await room.counselor.autocomplete(room.channel, f"curate {command}", option, "") == []

        waiting = last_of(await anna.slash(room.channel, "curate view waiting"))
        sure = last_of(await anna.click(waiting, label="Take away 1"))
        words = await anna.slash(room.channel, "curate view add", answer=answer.name)
        why = await anna.slash(room.channel, "curate wipe", answer=answer.name, revision=1)
        sign = await anna.slash(room.channel, "curate card verify", card=card)
        before = await room.store.answers.events(room.guild.id)
        may_no_longer(room, anna)
        for label in ("Approve 1", "Take away 1"):
            assert refused(await anna.click(waiting, label=label)).startswith(_NOT_ONE)
        assert refused(await anna.click(sure, label="Take it away")).startswith(_NOT_ONE)
        for form, typed in ((words, {"text": "x", **_SIGNED}), (why, {"why": "x"}), (sign, _SIGNED)):
            assert refused(await anna.submit_modal(form, typed)).startswith(_NOT_ONE)
        assert await room.store.answers.events(room.guild.id) == before


async def test_managers_set_the_rules_of_curation_and_what_they_leave_out_stays(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        shown = told(await manager.slash(room.channel, "setup curation"))
        assert "Supervisors may approve their own answers:** no" in shown
        assert "looked at again after:** 180 days" in shown
        await manager.slash(room.channel, "setup curation", own_approval=True)
        shown = told(await manager.slash(room.channel, "setup curation", review_days=30))
        assert "their own answers:** yes" in shown
        assert await room.store.supervisors.rules(room.guild.id) == Rules(own_approval=True, review_days=30)


async def test_the_queue_shows_a_files_remark_and_what_says_the_same_and_submitting_shows_it_too(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = ("Say the rule once.", "Name the rule once.")
    alike = (Alike("Fees", "fees", (pair, pair, pair)), Alike("Money", None, (pair,)))

    async def beside(*_: object) -> Beside:
        return Beside(alike, (Shadow("who pays for a missed hour", "Money"),))

    monkeypatch.setattr(Curation, "beside", beside)
    async with enter_room(FakeConsultant(), composer) as room:
        anna, ben = await supervisors(room, "anna", "ben")
        entry = Entry("late-fees", _WORDS, remark="reads like present danger")
        await room.store.answers.take_in(room.guild.id, None, [entry], origin=Origin.FILE)
        back = await anna.slash(room.channel, "curate restore", answer="late-fees", revision=1)
        await anna.click(last_of(back), label="Submit for approval")
        (answer,) = await room.store.answers.listed(room.guild.id)
        assert answer.revision == 2
        await room.store.answers.take_in(
            room.guild.id, None, [dataclasses.replace(entry, name="other")], origin=Origin.FILE
        )
        other = (await room.store.answers.listed(room.guild.id, [State.DRAFT]))[0]
        await curation_of(room.store).submit(room.guild.id, other.id, anna.id)

        first = last_of(await ben.slash(room.channel, "curate queue"))
        second = text_of(last_of(await ben.click(first, label="Next")))
        assert "**2 of 2**, by a file\n**Remark:** reads like present danger" in second
        assert "**The live answer *Fees* (`fees`) says nearly the same.**" in second
        assert "Here:\n> Say the rule once.\nThere:\n> Name the rule once." in second
        assert "-# and 1 more" in second
        assert "**The card *Money* says nearly the same.**" in second
        assert "- *Money*:\n> who pays for a missed hour" in second
        edit = await ben.click(first, label="Edit")
        assert edit.modal is not None
