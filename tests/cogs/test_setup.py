"""`/setup` in a simulated Discord: for managers alone, at every step; what is open stands first."""

from datetime import date

import discord
import pytest

from bot.cogs.reviews import as_review
from bot.consult.library import Library
from bot.consult.reply import Composer
from bot.safety.screening import load_screens
from bot.storage.servers import CrisisReview, ServerSettings, Threads
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant
from tests.cogs.people import deny_bot, let_everyone, manager_of, may_no_longer, refused
from tests.cogs.shown import labels_of, last_of, shown_to_one, text_of, walk
from tests.consult.fakes import FakePrivacyScreen, FakeRetriever, found

_SELECT = 3


@pytest.fixture(scope="module")
def real_privacy(corpus: Corpus, embedder: MiniLmEmbedder) -> Library:
    """Return a library with the real screen for identifiers."""
    return Library(corpus=corpus, retriever=FakeRetriever(found()), privacy=load_screens(embedder).privacy)


_REVIEW = {"role": "clinical supervisor", "licence": "LPC-S", "jurisdiction": "Texas"}


async def _settings(room: Room) -> ServerSettings:
    return await room.store.servers.settings(room.guild.id)


async def test_the_review_of_the_crisis_texts_stands_first_among_what_is_open(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        result = await manager_of(room).slash(room.channel, "setup show")

        (text,) = shown_to_one(result)
        first = text.partition("**Still open**\n")[2].splitlines()[0]
        assert first.startswith("1. The crisis texts for `us` are **not reviewed by anyone here**")
        for setting in (
            "Supervisor role:** none",
            "On-call role:** none",
            "Open channels:** none",
            "90 days",
            "nothing",
        ):
            assert setting in text


async def test_someone_without_the_permission_is_refused_even_where_the_server_shows_them_the_commands(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        let_everyone(room, "setup")
        for command in ("show", "features"):
            result = await room.counselor.slash(room.channel, f"setup {command}")
            assert refused(result).startswith("Only members with the permission Manage Server")
        result = await room.counselor.slash(room.channel, "setup retention", days=7)
        assert refused(result).startswith("Only members with the permission Manage Server")
        result = await room.counselor.slash(room.channel, "setup reviewed", region="us")
        assert result.modal is None
        assert refused(result).startswith("Only members with the permission Manage Server")

        assert await _settings(room) == ServerSettings(room.guild.id)


async def test_the_commands_are_for_servers_that_added_the_bot_and_hidden_from_others_by_default(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        (command,) = [one for one in room.env.backend.commands[None].values() if one["name"] == "setup"]

        assert command["contexts"] == [0]
        assert command["integration_types"] == [0]
        assert int(command["default_member_permissions"]) == discord.Permissions(manage_guild=True).value


async def test_roles_are_set_and_taken_back(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        supervisors = room.guild.create_role("supervisors")
        on_call = room.guild.create_role("on call", mentionable=True)

        result = await manager.slash(room.channel, "setup roles", supervisor=supervisors, on_call=on_call)
        settings = await _settings(room)
        assert (settings.supervisor_role, settings.on_call_role) == (supervisors.id, on_call.id)
        assert f"<@&{supervisors.id}>" in shown_to_one(result)[0]
        assert "An on-call role is set, but the on-call button is switched off" in shown_to_one(result)[0]

        await manager.slash(room.channel, "setup roles", take_back="on-call")
        assert (await _settings(room)).on_call_role is None
        assert (await _settings(room)).supervisor_role == supervisors.id
        await manager.slash(room.channel, "setup roles", take_back="both")
        assert (await _settings(room)).supervisor_role is None


async def test_everyone_can_be_no_supervisors_and_nothing_is_set_and_taken_back_at_once(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        role = room.guild.create_role("supervisors")

        result = await manager.slash(room.channel, "setup roles", supervisor=room.guild.default_role)
        assert "That role is everyone's" in refused(result)
        result = await manager.slash(room.channel, "setup roles", supervisor=role, take_back="both")
        assert "cannot be set and taken back at once" in refused(result)
        assert await _settings(room) == ServerSettings(room.guild.id)


async def test_a_role_that_cannot_be_pinged_and_a_role_that_was_deleted_are_named(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        quiet = room.guild.create_role("on call")
        hushed = room.guild.create_text_channel("hushed", overwrites=deny_bot(room, mention_everyone=False))
        await manager.slash(room.channel, "setup channels", review=hushed)
        result = await manager.slash(room.channel, "setup roles", on_call=quiet)
        assert f"I cannot ping <@&{quiet.id}>" in shown_to_one(result)[0]

        await room.store.servers.change(room.guild.id, supervisor_role=1, on_call_role=2, review_channel=3)
        (text,) = shown_to_one(await manager.slash(room.channel, "setup show"))
        assert "The supervisor role was deleted" in text
        assert "The on-call role was deleted" in text
        assert "The review channel was deleted" in text


async def test_channels_are_opened_and_closed_and_the_review_channel_is_set(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        other = room.guild.create_text_channel("other")

        await room.store.servers.change(room.guild.id, open_channels=[7])
        await manager.slash(room.channel, "setup channels", open=room.channel)
        assert (await _settings(room)).open_channels == {room.channel.id}, "a deleted channel cannot be chosen any more"
        await manager.slash(room.channel, "setup channels", open=other, review=other)
        settings = await _settings(room)
        assert settings.open_channels == {room.channel.id, other.id}
        assert settings.review_channel == other.id

        await manager.slash(room.channel, "setup channels", close=room.channel, take_back_review=True)
        settings = await _settings(room)
        assert settings.open_channels == {other.id}
        assert settings.review_channel is None


async def test_the_permissions_that_the_bot_lacks_in_a_chosen_channel_are_named(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        mute = room.guild.create_text_channel(
            "mute", overwrites=deny_bot(room, send_messages=False, create_private_threads=False)
        )
        hidden = room.guild.create_text_channel("hidden", overwrites=deny_bot(room, view_channel=False))

        (text,) = shown_to_one(await manager.slash(room.channel, "setup channels", open=mute, review=hidden))

        assert text.startswith("That is set.")
        assert f"In <#{mute.id}> I lack Send Messages" in text
        assert "Create Private Threads" in text
        assert f"In <#{hidden.id}> I lack View Channel." in text


async def test_a_command_without_options_changes_nothing(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        for command in ("roles", "channels"):
            (text,) = shown_to_one(await manager.slash(room.channel, f"setup {command}"))
            assert text.startswith("Nothing was changed.")
        assert await _settings(room) == ServerSettings(room.guild.id)


async def test_region_threads_and_retention_are_kept(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        await manager.slash(room.channel, "setup region", region="neutral")
        await manager.slash(room.channel, "setup threads", visibility="public")
        (text,) = shown_to_one(await manager.slash(room.channel, "setup retention", days=30))
        settings = await _settings(room)
        assert (settings.region, settings.threads, settings.retention_days) == ("neutral", Threads.PUBLIC, 30)
        assert "1. The crisis texts for `neutral`" in text

        await manager.slash(room.channel, "setup region", region="-")
        assert (await _settings(room)).region is None


async def test_a_region_whose_lines_are_gone_is_an_open_item(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await room.store.servers.change(room.guild.id, region="atlantis")

        (text,) = shown_to_one(await manager_of(room).slash(room.channel, "setup show"))

        assert "no crisis lines for the region `atlantis` any more, so `us` is printed" in text
        assert "**Region of the crisis lines:** `us`, the program's own" in text


async def test_functions_are_switched_on_and_off_in_a_list_and_codes_of_others_stay(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        await room.store.servers.change(room.guild.id, features=["of_tomorrow"])
        shown = (await manager.slash(room.channel, "setup features")).response
        assert shown is not None

        await manager.select(shown, ["mentions", "on_call"], custom_id="sa:features")
        assert (await _settings(room)).features == {"mentions", "on_call", "of_tomorrow"}
        (text,) = shown_to_one(await manager.slash(room.channel, "setup show"))
        assert "**Switched on:** Mentions, On-call button" in text
        assert "no on-call role is set" in text

        await manager.select(shown, [], custom_id="sa:features")
        assert (await _settings(room)).features == {"of_tomorrow"}


async def test_a_manager_who_is_one_no_longer_can_switch_nothing(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        shown = (await manager.slash(room.channel, "setup features")).response
        assert shown is not None
        may_no_longer(room, manager)

        result = await manager.select(shown, ["mentions"], custom_id="sa:features")

        assert refused(result).startswith("Only members with the permission Manage Server")
        assert (await _settings(room)).features == frozenset()


async def test_a_list_that_was_shown_before_a_restart_still_works(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        shown = (await manager.slash(room.channel, "setup features")).response
        assert shown is not None
        await room.restart(FakeConsultant(), composer)

        await manager.select(shown, ["on_call"], custom_id="sa:features")

        assert (await _settings(room)).features == {"on_call"}


async def test_the_function_threads_of_earlier_versions_harms_nobody_who_has_it_switched_on(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        await room.store.servers.change(room.guild.id, features=["threads"])
        shown = (await manager.slash(room.channel, "setup features")).response
        assert shown is not None
        (select,) = (each for each in walk(shown.components) if each["type"] == _SELECT)

        await manager.select(shown, ["mentions"], custom_id="sa:features")

        assert [option["value"] for option in select["options"]] == ["mentions", "on_call"]
        (text,) = shown_to_one(await manager.slash(room.channel, "setup show"))
        assert "**Switched on:** Mentions\n" in f"{text}\n"


async def test_a_review_is_kept_with_todays_date_and_is_no_open_item_any_more(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup reviewed", region="us")
        assert form.modal is not None
        assert room.requests() == ["POST callback"]

        result = await manager.submit_modal(form, _REVIEW)

        assert shown_to_one(result)[0].startswith("Kept. Crisis texts for `us` now say")
        kept = (await _settings(room)).crisis_review
        assert kept is not None
        assert (kept.region, kept.role, kept.licence, kept.jurisdiction) == ("us", *_REVIEW.values())
        assert as_review(kept) is not None
        (text,) = shown_to_one(await manager.slash(room.channel, "setup show"))
        assert "not reviewed by anyone" not in text
        assert "clinical supervisor, LPC-S, Texas" in text

        await manager.slash(room.channel, "setup region", region="neutral")
        (text,) = shown_to_one(await manager.slash(room.channel, "setup show"))
        assert "1. The crisis texts for `neutral` are **not reviewed by anyone here**" in text


async def test_a_review_can_be_taken_back(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        await manager.submit_modal(await manager.slash(room.channel, "setup reviewed", region="us"), _REVIEW)
        await manager.slash(room.channel, "setup reviewed", region="us", take_back=True)

        assert (await _settings(room)).crisis_review is None


@pytest.mark.parametrize("licence", ["none", "None", "N/A", "unlicensed", "(x", "<@x>"])
async def test_what_is_no_licence_is_refused_without_repeating_it(
    licence: str, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup reviewed", region="us")
        result = await manager.submit_modal(form, _REVIEW | {"licence": licence})

        assert refused(result).startswith("The licence cannot be taken as it is")
        assert licence not in refused(result).partition("\n")[0].split("write")[0]
        assert (await _settings(room)).crisis_review is None


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ({"role": "Dr. Jane Miller, supervisor"}, "name"),
        ({"licence": "Jane Miller LPC"}, "name"),
        ({"licence": "LPC 48213"}, "record number"),
        ({"role": "jane@clinic.example"}, "email"),
    ],
)
async def test_a_review_that_names_somebody_is_refused_and_not_kept(
    typed: dict[str, str], kind: str, enter_room: EnterRoom, composer: Composer, real_privacy: Library
) -> None:
    async with enter_room(FakeConsultant(), composer, library=real_privacy) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup reviewed", region="us")
        result = await manager.submit_modal(form, _REVIEW | typed)

        assert f"details of a person ({kind})" in refused(result)
        assert "Jane" not in refused(result)
        assert (await _settings(room)).crisis_review is None


async def test_a_review_is_refused_where_the_screen_for_identifiers_fails(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    privacy = FakePrivacyScreen(RuntimeError("Jane"))
    library = Library(corpus=corpus, retriever=FakeRetriever(found()), privacy=privacy)
    async with enter_room(FakeConsultant(), composer, library=library) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup reviewed", region="us")
        result = await manager.submit_modal(form, _REVIEW)

        assert "details of a person (an identifier)" in refused(result)
        assert (await _settings(room)).crisis_review is None


@pytest.mark.parametrize(
    ("role", "licence", "jurisdiction"),
    [
        ("supervising psychologist", "Psychologist, HCPC", "United Kingdom"),
        ("Clinical social worker", "LCSW", "California"),
        ("licensed marriage and family therapist", "LMFT", "New York"),
        ("clinical supervisor", "LPC-S", "Texas"),
        ("psychiatrist", "MD", "Germany"),
    ],
)
async def test_ordinary_reviews_pass_the_real_screen(
    role: str, licence: str, jurisdiction: str, enter_room: EnterRoom, composer: Composer, real_privacy: Library
) -> None:
    async with enter_room(FakeConsultant(), composer, library=real_privacy) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup reviewed", region="us")
        typed = {"role": role, "licence": licence, "jurisdiction": jurisdiction}
        result = await manager.submit_modal(form, typed)

        assert shown_to_one(result)[0].startswith("Kept.")


async def test_danger_in_the_form_of_a_review_is_answered_with_the_steps(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup reviewed", region="us")
        result = await manager.submit_modal(form, _REVIEW | {"role": "my client is in danger tonight"})

        assert "911" in shown_to_one(result)[0]
        assert (await _settings(room)).crisis_review is None


async def test_the_crisis_texts_can_be_read_before_they_are_reviewed(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        shown = last_of(await manager.slash(room.channel, "setup show"))
        assert labels_of(shown) == ["Read the crisis texts"]

        result = await manager.click(shown, label="Read the crisis texts")

        texts = "\n\n".join(shown_to_one(result))
        for kind in ("suicide", "partner-violence", "unknown", "The counselor's own danger", "unclear"):
            assert kind in texts
        assert texts.rstrip().endswith("then your supervisor by phone.")
        assert text_of(last_of(result)).rstrip().endswith("then your supervisor by phone.")

        may_no_longer(room, manager)
        assert refused(await manager.click(shown, label="Read the crisis texts")).startswith("Only members")


def test_a_kept_review_that_does_not_count_is_none() -> None:
    assert as_review(CrisisReview("us", "supervisor", "LPC", "Texas", on=date(2026, 5, 1))) is not None
    assert as_review(CrisisReview("us", "supervisor", "none", "Texas", on=date(2026, 5, 1))) is None
    assert as_review(None) is None
