"""The on-call button in a simulated Discord: pings one role, once, on confirmation, without a word of the question."""

from typing import Any, Unpack

import discord
import pytest
from simcord.builders import RoleHandle
from simcord.results import InteractionResult, ResponseMessage

from bot.cogs.oncall import SAYS
from bot.consult.outcome import CrisisReferral, Withheld
from bot.consult.reply import Composer
from bot.errors import TryAgainLater
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Level
from bot.storage.calls import Calls
from bot.storage.servers import SettingsChanges
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant
from tests.cogs.people import deny_bot
from tests.cogs.shown import labels_of, last_of, shown_to_one, text_of

_LABEL = "Call our on-call volunteer"
_CRISIS = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
_OWN = CrisisReferral(Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF))
_QUESTION = "he said goodbye in a strange way"
_CLOSE = "**Next step:** your supervisor or on-call person, by phone. Repair can wait."


async def _on_call(room: Room, **changes: Unpack[SettingsChanges]) -> RoleHandle:
    """Set the server up with an on-call role, and return that."""
    role = room.guild.create_role("on call", mentionable=True)
    settings: SettingsChanges = {"on_call_role": role.id, "features": ["on_call"], **changes}
    await room.store.servers.change(room.guild.id, **settings)
    return role


async def _steps(room: Room) -> ResponseMessage:
    return last_of(await room.counselor.slash(room.channel, "consult", question=_QUESTION))


async def _asked(room: Room, steps: ResponseMessage) -> ResponseMessage:
    return last_of(await room.counselor.click(steps, label=_LABEL))


def _posts(room: Room) -> list[dict[str, Any]]:
    """Return the bodies of the messages that were posted in channels."""
    sent = [entry for entry in room.env.http_requests if entry.method == "POST" and entry.path.endswith("/messages")]
    return [dict(entry.json) for entry in sent if isinstance(entry.json, dict)]


async def test_a_confirmed_call_pings_the_role_alone_and_holds_nothing_of_the_question(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        role = await _on_call(room)
        asked = await _asked(room, await _steps(room))
        assert asked.ephemeral
        assert SAYS in text_of(asked)
        assert f"<#{room.channel.id}>" in text_of(asked)
        assert "with your name" in text_of(asked)
        assert text_of(asked).endswith(_CLOSE)
        assert _posts(room) == []

        result = await room.counselor.click(asked, label="Ping them")

        (post,) = _posts(room)
        assert f"<@&{role.id}>" in post["content"]
        assert room.counselor.name in post["content"]
        assert _QUESTION not in post["content"]
        assert post["allowed_mentions"]["roles"] == [role.id]
        assert post["allowed_mentions"].get("parse", []) == []
        assert "keep phoning" in text_of(asked)
        assert text_of(asked).endswith(_CLOSE)
        assert result.acknowledged


async def test_the_words_before_a_call_are_exactly_these() -> None:
    assert SAYS == (
        "This pings a volunteer, not your supervisor or an emergency service. It files no report. Keep phoning."
    )


async def test_a_call_goes_to_the_review_channel_where_one_is_set(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        review = room.guild.create_text_channel("review")
        await _on_call(room, review_channel=review.id)

        asked = await _asked(room, await _steps(room))
        assert f"<#{review.id}>" in text_of(asked)
        await room.counselor.click(asked, label="Ping them")

        assert review.last_message is not None
        assert "asks for the on-call volunteer" in review.last_message.content
        assert room.channel.history() == []


@pytest.mark.parametrize(
    "outcome", [_OWN, Withheld(Alarm(Level.CAUTION)), Withheld(CALM)], ids=["own", "caution", "calm"]
)
async def test_it_is_not_offered_for_ones_own_danger_nor_without_danger(
    outcome: CrisisReferral | Withheld, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(outcome), composer) as room:
        await _on_call(room)

        assert _LABEL not in labels_of(await _steps(room))


@pytest.mark.parametrize("off", [{"features": []}, {"on_call_role": None}])
async def test_it_is_not_offered_where_the_server_has_not_set_it_up(
    off: SettingsChanges, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room, **off)

        assert _LABEL not in labels_of(await _steps(room))


async def test_one_person_calls_once_about_one_danger_in_ten_minutes(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        steps = await _steps(room)
        first, second = await _asked(room, steps), await _asked(room, steps)
        await room.counselor.click(first, label="Ping them")
        await room.counselor.click(second, label="Ping them")
        third = await _asked(room, steps)

        assert len(_posts(room)) == 1
        for shown in (second, third):
            assert text_of(shown).startswith("The volunteers were pinged already")
            assert labels_of(shown) == []


async def test_who_changes_their_mind_pings_nobody(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        asked = await _asked(room, await _steps(room))
        await room.counselor.click(asked, label="Don't")

        assert text_of(asked).startswith("Nobody was pinged. Keep phoning.")
        assert _posts(room) == []


async def test_it_works_after_a_restart(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        steps = await _steps(room)
        await room.restart(FakeConsultant(), composer)
        asked = await _asked(room, steps)
        await room.restart(FakeConsultant(), composer)

        await room.counselor.click(asked, label="Ping them")

        assert len(_posts(room)) == 1


async def test_a_restart_forgets_no_call(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        steps = await _steps(room)
        first, second = await _asked(room, steps), await _asked(room, steps)
        await room.counselor.click(first, label="Ping them")
        await room.restart(FakeConsultant(), composer)

        await room.counselor.click(second, label="Ping them")
        third = await _asked(room, steps)

        assert len(_posts(room)) == 1
        for shown in (second, third):
            assert text_of(shown).startswith("The volunteers were pinged already")


async def test_a_call_that_another_process_is_posting_is_not_posted_again_and_not_said_to_be_posted(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        steps = await _steps(room)
        asked = await _asked(room, steps)
        (key,) = room.desk.conversations._exchanges._held
        assert await room.store.calls.begin(key, room.counselor.id, room.guild.id)

        await room.counselor.click(asked, label="Ping them")

        assert _posts(room) == []
        assert text_of(asked).startswith("A call of yours is being posted. If you are not told in half a minute")
        assert text_of(asked).endswith(_CLOSE)


async def test_records_that_fail_keep_nobody_from_calling_and_memory_from_calling_twice(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> bool:
        raise TryAgainLater("the disk is full", "make room")

    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        steps = await _steps(room)
        for name in ("begin", "posted", "counts", "take_back"):
            monkeypatch.setattr(Calls, name, fail)
        first, second = await _asked(room, steps), await _asked(room, steps)

        await room.counselor.click(first, label="Ping them")
        await room.counselor.click(second, label="Ping them")

        assert len(_posts(room)) == 1
        assert text_of(first).startswith("Posted in")
        assert text_of(second).startswith("The volunteers were pinged already")


async def test_who_is_forgotten_can_call_again(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        steps = await _steps(room)
        await room.counselor.click(await _asked(room, steps), label="Ping them")
        kept = last_of(await room.counselor.slash(room.channel, "privacy show"))
        assert "**1 call of the on-call role**" in text_of(kept)

        forget = last_of(await room.counselor.slash(room.channel, "privacy forget-me"))
        assert "1 call of the on-call role" in text_of(forget)
        await room.counselor.click(forget, label="Erase it all")
        await room.counselor.click(await _asked(room, steps), label="Ping them")

        assert len(_posts(room)) == 2


@pytest.mark.parametrize("changes", [{"features": []}, {"on_call_role": None}, {"on_call_role": 5}])
async def test_what_was_switched_off_meanwhile_pings_nobody_at_either_step(
    changes: SettingsChanges, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        steps = await _steps(room)
        asked = await _asked(room, steps)
        await room.store.servers.change(room.guild.id, **changes)

        again = await _asked(room, steps)
        await room.counselor.click(asked, label="Ping them")

        for shown in (again, asked):
            assert "no on-call volunteers set up any more" in text_of(shown)
            assert "Keep phoning" in text_of(shown)
        assert _posts(room) == []


async def test_where_the_place_has_changed_meanwhile_the_person_is_asked_again(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        asked = await _asked(room, await _steps(room))
        review = room.guild.create_text_channel("review")
        await room.store.servers.change(room.guild.id, review_channel=review.id)

        await room.counselor.click(asked, label="Ping them")
        assert _posts(room) == []
        assert text_of(asked).startswith("What this server has set has changed")
        assert f"<#{review.id}>" in text_of(asked)

        await room.counselor.click(asked, label="Ping them")
        assert review.last_message is not None


@pytest.mark.parametrize(
    ("denied", "words"),
    [
        ({"view_channel": False}, "I lack View Channel"),
        ({"send_messages": False}, "I lack Send Messages"),
        ({"mention_everyone": False}, "I may not ping that role"),
    ],
)
async def test_a_missing_permission_is_told_and_the_person_keeps_phoning(
    denied: dict[str, bool], words: str, enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        review = room.guild.create_text_channel("review", overwrites=deny_bot(room, **denied))
        role = room.guild.create_role("quiet on call")
        await _on_call(room, review_channel=review.id, on_call_role=role.id)

        asked = await _asked(room, await _steps(room))

        assert words in text_of(asked)
        assert "Keep phoning." in text_of(asked)
        assert labels_of(asked) == []


async def test_a_post_that_discord_refuses_is_told_and_can_be_tried_again(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with enter_room(FakeConsultant(_CRISIS), composer) as room:
        await _on_call(room)
        steps = await _steps(room)
        asked = await _asked(room, steps)
        with monkeypatch.context() as patched:
            patched.setattr(discord.PartialMessageable, "send", _refuse)
            result: InteractionResult = await room.counselor.click(asked, label="Ping them")
        assert "Discord did not take it, so nobody was pinged. Keep phoning." in text_of(asked)
        assert result.acknowledged

        await room.counselor.click(await _asked(room, steps), label="Ping them")
        assert len(_posts(room)) == 1


async def test_danger_that_was_read_in_a_search_has_the_button_too(enter_room: EnterRoom, composer: Composer) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await _on_call(room)
        result = await room.counselor.slash(room.channel, "knowledge search", term="danger tonight")

        assert _LABEL in labels_of(last_of(result))
        assert len(shown_to_one(result)) == 1


async def _refuse(*_: object, **__: object) -> None:
    raise discord.HTTPException(_Refusal(), "no")  # type: ignore[arg-type]  # what it reads of a response


class _Refusal:
    status = 503
    reason = "busy"
