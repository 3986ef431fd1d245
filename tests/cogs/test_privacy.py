"""`/privacy` in a simulated Discord: what is kept of a person is theirs to see, to take along and to erase."""

import json
import uuid
from datetime import UTC, datetime

import pytest

from bot.consult.exchange import Asker
from bot.consult.notice import ModelNotice
from bot.consult.outcome import Withheld
from bot.consult.reply import Composer
from bot.errors import TryAgainLater
from bot.safety.verdicts import CALM
from bot.storage.consultations import Consultation
from bot.storage.people import People
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant
from tests.cogs.people import refused
from tests.cogs.shown import labels_of, last_of, shown_to_one, text_of

_MODEL = ModelNotice(configured=True, words="Acme keeps nothing. @everyone")


async def _live(room: Room) -> uuid.UUID:
    """Let the counselor have asked, said that it helped, and chosen a region."""
    key = uuid.uuid4()
    when = datetime(2026, 10, 1, tzinfo=UTC)
    row = Consultation(key, room.guild.id, room.counselor.id, "answered", ("a",), "t", when, 5, "built-in", ("a#s1",))
    await room.store.consultations.record(row)
    await room.store.feedback.give(key, room.counselor.id, helpful=True)
    await room.store.people.choose_region(room.counselor.id, "neutral")
    return key


async def test_what_is_kept_is_told_in_words_and_numbers(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await _live(room)

        (text,) = shown_to_one(await room.counselor.slash(room.channel, "privacy show"))

        assert "**1 question**, without their words, from 2026-10-01 to 2026-10-01, in 1 server: " in text
        assert "1 answered" in text
        assert "**1 mark** on answers: 1 helpful, 0 not helpful" in text
        assert "**1 consent**" in text
        assert "**Your own region:** `neutral`" in text
        assert "last half hour" in text


async def test_who_has_nothing_here_is_told_so(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (text,) = shown_to_one(await room.colleague.slash(room.channel, "privacy show"))
        assert text.startswith("**Nothing is kept of you.**")

        asked = last_of(await room.colleague.slash(room.channel, "privacy forget-me"))
        assert "That is nothing, since nothing is kept of you." in text_of(asked)


async def test_the_export_is_a_file_for_the_person_alone_with_everything_in_it(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        key = await _live(room)

        result = await room.counselor.slash(room.channel, "privacy export")

        assert result.response is not None
        assert result.response.ephemeral
        (file,) = result.response.attachments
        assert file.filename == "what-is-kept-of-me.json"
        exported = json.loads(await file.read())
        assert exported == (await room.store.people.export(room.counselor.id)).portable()
        assert exported["consultations"][0]["id"] == str(key)


async def test_erasure_waits_for_a_second_press_and_says_what_was_erased(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        await _live(room)
        await room.counselor.slash(room.channel, "consult", question="my client is quiet")
        asker = Asker(room.counselor.id, room.guild.id, room.channel.id)
        assert room.desk.conversations.turns(asker) != ()

        asked = last_of(await room.counselor.slash(room.channel, "privacy forget-me"))
        assert asked.ephemeral
        assert "2 rows about questions, 1 mark on an answer, 1 consent, your own choices" in text_of(asked)
        assert len((await room.store.people.export(room.counselor.id)).consultations) == 2

        await room.counselor.click(asked, label="Erase it all")

        assert text_of(asked).startswith("**Erased: 2 rows about questions, 1 mark on an answer, 1 consent, your own")
        assert labels_of(asked) == []
        kept = await room.store.people.export(room.counselor.id)
        assert (kept.consents, kept.consultations, kept.feedback, kept.choices.region) == ((), (), (), None)
        assert room.desk.conversations.turns(asker) == ()


async def test_a_question_that_waits_for_consent_is_dropped_too(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer, agreed=False) as room:
        notice = last_of(await room.counselor.slash(room.channel, "consult", question="my client is quiet"))
        asked = last_of(await room.counselor.slash(room.channel, "privacy forget-me"))
        await room.counselor.click(asked, label="Erase it all")

        await room.counselor.click(notice, label="I understand, go on")

        assert "Your question is no longer here" in text_of(notice)


async def test_who_keeps_it_loses_nothing(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await _live(room)
        asked = last_of(await room.counselor.slash(room.channel, "privacy forget-me"))
        await room.counselor.click(asked, label="Keep it")

        assert text_of(asked) == "Nothing was erased."
        assert len((await room.store.people.export(room.counselor.id)).consultations) == 1


async def test_the_second_press_works_after_a_restart(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await _live(room)
        asked = last_of(await room.counselor.slash(room.channel, "privacy forget-me"))
        await room.restart(FakeConsultant(), composer)
        await room.counselor.click(asked, label="Erase it all")

        assert (await room.store.people.export(room.counselor.id)).consultations == ()


async def test_all_of_it_works_in_direct_messages(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        person = room.env.create_user("someone")
        await room.store.people.choose_plain(person.id, plain=True)
        (text,) = shown_to_one(await person.slash("privacy show"))
        assert "plain text" in text
        asked = last_of(await person.slash("privacy forget-me"))
        await person.click(asked, label="Erase it all")

        assert not (await room.store.people.choices(person.id)).plain


async def test_the_policy_names_the_days_of_the_server_and_the_model(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer, model=_MODEL) as room:
        await room.store.servers.change(room.guild.id, retention_days=30)
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "privacy policy"))
        assert "**Kept for 30 days:**" in text
        assert "Acme keeps nothing." in text
        assert "@everyone" not in text


async def test_the_policy_says_that_there_is_no_model(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "privacy policy"))
        assert "**Language model:** none" in text


async def test_records_that_cannot_be_reached_are_a_sentence_and_nothing_is_claimed_to_be_erased(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise TryAgainLater("the records cannot be reached", "try again in a minute")

    async with enter_room(FakeConsultant(), composer) as room:
        asked = last_of(await room.counselor.slash(room.channel, "privacy forget-me"))
        monkeypatch.setattr(People, "forget", fail)

        result = await room.counselor.click(asked, label="Erase it all")

        assert "Erased" not in text_of(asked)
        assert refused(result).startswith("Something in me failed")
