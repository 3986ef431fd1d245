"""`/my` in a simulated Discord: one's own region, writer and form of text, in servers and direct messages."""

from bot.consult.notice import ModelNotice
from bot.consult.outcome import Withheld
from bot.consult.reply import Composer
from bot.safety.verdicts import CALM
from bot.storage.consents import WriterChoice
from bot.storage.people import Choices
from tests.cogs.conftest import EnterRoom
from tests.cogs.fakes import FakeConsultant
from tests.cogs.shown import shown_to_one


async def test_ones_own_region_is_kept_and_taken_back(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "my region", region="us"))
        assert "`us` for you, wherever you ask: 911" in text
        assert (await room.store.people.choices(room.counselor.id)).region == "us"

        (text,) = shown_to_one(await room.counselor.slash(room.channel, "my region", region="-"))
        assert "the server that you ask in, and `us` elsewhere" in text
        assert (await room.store.people.choices(room.counselor.id)).region is None


async def test_the_writer_is_chosen_with_the_consent_that_was_given(enter_room: EnterRoom, composer: Composer) -> None:
    consultant = FakeConsultant(Withheld(CALM), Withheld(CALM))
    async with enter_room(consultant, composer, model=ModelNotice(configured=True)) as room:
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "my writer", writer="built_in"))
        assert text.startswith("From now on the built-in writer alone")
        await room.counselor.slash(room.channel, "consult", question="quiet")
        await room.counselor.slash(room.channel, "my writer", writer="any")
        await room.counselor.slash(room.channel, "consult", question="quiet")

        assert consultant.models == [False, True]


async def test_choosing_a_writer_is_no_consent(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (text,) = shown_to_one(await room.colleague.slash(room.channel, "my writer", writer="built_in"))

        assert "not seen the notice here yet" in text
        assert await room.store.consents.find(room.colleague.id, room.guild.id) is None


async def test_a_choice_does_not_renew_a_consent_to_an_older_notice(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await room.store.consents.give(room.colleague.id, room.guild.id, notice="older")
        (text,) = shown_to_one(await room.colleague.slash(room.channel, "my writer", writer="built_in"))

        assert "No language model is set up at present" in text
        consent = await room.store.consents.find(room.colleague.id, room.guild.id)
        assert consent is not None
        assert (consent.notice, consent.writer) == ("older", WriterChoice.BUILT_IN)


async def test_plain_text_is_chosen_in_a_direct_message_and_holds_everywhere(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(Withheld(CALM)), composer) as room:
        result = await room.counselor.user.slash("my text", form="plain")
        assert result.response is not None
        assert result.response.content.startswith("From now on my answers to you come as plain text")

        result = await room.counselor.slash(room.channel, "consult", question="quiet")
        assert result.response is not None
        assert result.response.content == composer.compose(Withheld(CALM)).text

        await room.counselor.user.slash("my text", form="with layout")
        assert not (await room.store.people.choices(room.counselor.id)).plain


async def test_the_commands_can_be_installed_by_a_person_and_are_offered_everywhere(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        known = {command["name"]: command for command in room.env.backend.commands[None].values()}

        for name in ("my", "privacy", "about", "knowledge", "consult"):
            assert sorted(known[name]["contexts"]) == [0, 1, 2]
            assert sorted(known[name]["integration_types"]) == [0, 1]
            assert known[name]["default_member_permissions"] is None


async def test_reflecting_first_is_off_until_it_is_chosen_and_leaves_the_other_choices_as_they_are(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        people, me = room.store.people, room.counselor.id
        assert not (await people.choices(me)).reflect
        await people.choose_plain(me, plain=True)
        (text,) = shown_to_one(await room.counselor.slash(room.channel, "my reflect", first="on"))
        assert "**Answer now** skips it" in text
        assert await people.choices(me) == Choices(plain=True, reflect=True)

        (kept,) = shown_to_one(await room.counselor.slash(room.channel, "privacy show"))
        assert "Your choice to reflect before an answer." in kept

        (text,) = shown_to_one(await room.counselor.slash(room.channel, "my reflect", first="off"))
        assert text.startswith("From now on I answer at once.")
        await people.choose_plain(me, plain=False)
        assert await people.choices(me) == Choices()
