"""Reflect first: by one's own choice alone, after danger, skipped by one tap, and gone when one walks away."""

from dataclasses import fields, replace

from simcord.results import InteractionResult

from bot.consult.outcome import Answered, CrisisReferral
from bot.consult.reflection import NOTHING_TYPED, Reflection, Typed
from bot.consult.reply import Composer
from bot.consult.share import Told
from bot.safety.verdicts import Alarm, Danger, Level
from bot.storage.servers import ServerSettings
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.said import buttons_of, by_bot
from tests.cogs.shown import labels_of, last_of, shown_to_one, text_of

_QUESTION = "my client has gone quiet"
_TYPED = {"between": "she is resistant", "felt": "annoyed"}
_WAYS = ["Reflect first", "Answer now"]
_CLOSE = "your supervisor by phone"


def _reflected(corpus: Corpus) -> Answered:
    reflection = Reflection(between="she is resistant", felt="annoyed", told=Told.CLIENT, trait=True)
    return replace(answered(corpus), reflection=reflection)


async def _asked(room: Room, **options: object) -> InteractionResult:
    return await room.counselor.slash(room.channel, "consult", question=_QUESTION, **options)


async def _form(room: Room, offer: InteractionResult) -> InteractionResult:
    return await room.counselor.click(last_of(offer), label="Reflect first")


async def test_nobody_is_asked_to_reflect_who_did_not_choose_it_and_no_server_can(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus)), composer) as room:
        assert "To consider" in "\n".join(shown_to_one(await _asked(room)))
    assert not [each.name for each in fields(ServerSettings) if "reflect" in each.name]


async def test_who_chose_it_is_asked_before_each_answer_and_the_answer_responds(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(_reflected(corpus))
    async with enter_room(consultant, composer) as room:
        await room.counselor.slash(room.channel, "my reflect", first="on")
        offer = await _asked(room)
        (told,) = shown_to_one(offer)
        assert "Only to think of, not to type" in told
        assert _CLOSE in told.splitlines()[-1]
        assert labels_of(last_of(offer)) == _WAYS
        assert consultant.questions == []

        answer = await room.counselor.submit_modal(await _form(room, offer), _TYPED)

        assert consultant.questions == [_QUESTION]
        assert consultant.reflections == [Typed("she is resistant", "annoyed")]
        shown = text_of(answer.response)
        assert "what did you do, or leave out" in shown
        assert shown.index("On what you reflected") < shown.index("To consider")
        assert _CLOSE in shown.splitlines()[-1]
        assert room.env.errors == []


async def test_skipping_is_one_tap_and_two_presses_count_once(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(answered(corpus))
    async with enter_room(consultant, composer) as room:
        offer = await _asked(room, reflect=True)
        form = await _form(room, offer)
        answer = await room.counselor.click(last_of(offer), label="Answer now")
        assert "To consider" in text_of(answer.response)
        late = await room.counselor.submit_modal(form, _TYPED)
        assert "I no longer hold this question" in text_of(late.response)
        assert consultant.reflections == [NOTHING_TYPED]
        assert room.env.errors == []


async def test_the_choice_for_one_question_stands_over_the_one_for_all_and_holds_in_the_form(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus)), composer) as room:
        await room.store.people.choose_reflect(room.counselor.id, reflect=True)
        assert "To consider" in text_of((await _asked(room, reflect=False)).response)
        await room.store.people.choose_reflect(room.counselor.id, reflect=False)
        form = await room.counselor.slash(room.channel, "consult", reflect=True)
        offer = await room.counselor.submit_modal(form, {"happened": _QUESTION})
        assert labels_of(last_of(offer)) == _WAYS


async def test_danger_in_the_question_brings_the_steps_and_no_reflection_is_asked_for(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        result = await room.counselor.slash(room.channel, "consult", question="there is danger", reflect=True)
        told = "\n".join(shown_to_one(result))
        assert "911" in told
        assert not set(_WAYS) & set(labels_of(last_of(result)))


async def test_danger_in_a_field_brings_the_steps_whether_the_question_still_waits_or_not(
    enter_room: EnterRoom, composer: Composer
) -> None:
    crisis = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
    async with enter_room(FakeConsultant(crisis), composer) as room:
        offer = await _asked(room, reflect=True)
        form, other = await _form(room, offer), await _form(room, offer)
        steps = await room.counselor.submit_modal(form, {"felt": "there is danger"})
        assert "911" in text_of(steps.response)
        again = await room.counselor.submit_modal(other, {"between": "more danger"})
        assert "911" in text_of(again.response)


async def test_a_restart_in_the_middle_says_so_kindly_at_every_step(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        offer, other = await _asked(room, reflect=True), await _asked(room, reflect=True)
        form = await _form(room, offer)
        await room.restart(FakeConsultant(answered(corpus)), composer)
        typed = await room.counselor.submit_modal(form, _TYPED)
        pressed = await _form(room, other)
        for gone in (typed, pressed):
            assert "I was restarted" in text_of(gone.response)
            assert _CLOSE in text_of(gone.response).splitlines()[-1]
        assert room.env.errors == []


async def test_a_failure_leaves_the_question_waiting(enter_room: EnterRoom, composer: Composer, corpus: Corpus) -> None:
    consultant = FakeConsultant(RuntimeError("x"), answered(corpus))
    async with enter_room(consultant, composer) as room:
        offer = await _asked(room, reflect=True)
        failed = await room.counselor.click(last_of(offer), label="Answer now")
        assert labels_of(failed.response) == _WAYS
        answer = await room.counselor.click(last_of(offer), label="Answer now")
        assert "To consider" in text_of(answer.response)


async def test_the_notice_comes_first_and_then_the_offer(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus)), composer, agreed=False) as room:
        notice = await _asked(room, reflect=True)
        offer = await room.counselor.click(last_of(notice), label="I understand, go on")
        assert labels_of(offer.response) == _WAYS


async def test_in_a_direct_message_the_choice_holds_too(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    consultant = FakeConsultant(_reflected(corpus))
    async with enter_room(consultant, composer) as room:
        person = room.env.create_user("someone")
        await room.store.consents.give(person.id, None, notice=room.desk.model.version)
        await room.store.people.choose_reflect(person.id, reflect=True)
        await person.send_dm(_QUESTION)
        (offer,) = by_bot(person.dm_channel, room.bot)
        assert list(buttons_of(offer)) == _WAYS
        assert consultant.questions == []

        form = await person.click(offer, label="Reflect first")
        answer = await person.submit_modal(form, _TYPED)
        assert "On what you reflected" in text_of(answer.response)
        assert room.env.errors == []


async def test_what_was_reflected_goes_into_the_note_and_not_into_what_is_shared(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_reflected(corpus)), composer) as room:
        await room.store.servers.change(room.guild.id, open_channels=[room.channel.id])
        offer = await _asked(room, reflect=True)
        await room.counselor.submit_modal(await _form(room, offer), _TYPED)
        note = await room.counselor.slash(room.channel, "supervision note")
        assert "Between us, I think: she is resistant\nI felt: annoyed" in text_of(note.response)
        shared = await room.counselor.click(last_of(offer), label="Share with the channel")
        assert "To consider" in text_of(shared.response)
        assert "On what you reflected" not in text_of(shared.response)


async def test_nothing_of_a_reflection_is_in_a_row_and_its_passages_are_among_the_sources(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_reflected(corpus)), composer) as room:
        offer = await _asked(room, reflect=True)
        await room.counselor.submit_modal(await _form(room, offer), _TYPED)
        sources = await room.counselor.click(last_of(offer), label="Sources")
        assert "may fit and still leave out your part" in "\n".join(shown_to_one(sources))
        kept = str((await room.store.people.export(room.counselor.id)).portable())
        assert not [word for word in ("resistant", "annoyed", "why-we-miss-it") if word in kept]


async def test_to_be_forgotten_drops_the_question_that_waits(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus)), composer) as room:
        offer = await _asked(room, reflect=True)
        asked = await room.counselor.slash(room.channel, "privacy forget-me")
        await room.counselor.click(last_of(asked), label="Erase it all")
        gone = await room.counselor.click(last_of(offer), label="Answer now")
        assert "I no longer hold this question" in text_of(gone.response)
