"""`/setup scope` in a simulated Discord: typed in a form, freed of identifiers, shown where it bears, and wiped."""

from bot.consult.outcome import CrisisReferral
from bot.consult.reply import Composer
from bot.safety.verdicts import Alarm, Level, Redaction, Removal
from bot.storage.scope_card import ScopeCard
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.people import let_everyone, manager_of, may_no_longer, refused
from tests.cogs.shown import shown_to_one, text_of

_CRISIS = CrisisReferral(Alarm(Level.CRISIS))
_TYPED = {"setting": "clinic of Maria", "licences": "", "jurisdiction": "Texas", "on_call": "weekdays", "protocol": ""}


class _FindsPlaces(FakeConsultant):
    """Takes "Texas" for a place and "wiki" for an address, as a real screen may."""

    async def redact(self, text: str) -> Redaction | None:
        for word, kind in (("Texas", "place"), ("wiki", "url"), ("Ann", "name")):
            if word in text:
                return Redaction(text.replace(word, f"[{kind}]"), (Removal(kind, 1),))
        return await super().redact(text)


async def _card(room: Room) -> ScopeCard:
    return (await room.store.servers.settings(room.guild.id)).scope


async def test_what_a_manager_types_is_redacted_kept_and_shown_to_whoever_asks(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(_FindsPlaces(answered(corpus), _CRISIS), composer) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup scope")
        (told,) = shown_to_one(await manager.submit_modal(form, _TYPED))

        assert "clinic of [name]" in told
        assert "I took out 1 name" in told
        assert told.endswith(composer.close())
        assert await _card(room) == ScopeCard(setting="clinic of [name]", jurisdiction="Texas", on_call="weekdays")
        (about,) = shown_to_one(await room.counselor.slash(room.channel, "about"))
        assert "**Jurisdiction:** Texas" in about
        answer = await room.counselor.slash(room.channel, "consult", question="my client went quiet")
        assert "**Here:** clinic of [name]" in text_of(answer.response)
        danger = await room.counselor.slash(room.channel, "consult", question="there is danger tonight")
        assert "- On call: weekdays" in text_of(danger.response)

        await room.store.servers.forget(room.guild.id)
        assert await _card(room) == ScopeCard()
        assert room.env.errors == []


async def test_a_link_stays_as_words_and_what_stands_around_it_is_redacted(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(_FindsPlaces(), composer) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup scope")
        typed = _TYPED | {"protocol": "ask Ann, or https://wiki.example.org/crisis?user=Ann", "setting": ""}
        (told,) = shown_to_one(await manager.submit_modal(form, typed))

        assert (await _card(room)).protocol == "ask [name], or https://wiki.example.org/crisis?user=[name]"
        assert "https://" not in told
        assert "I took out 2 name" in told
        (settings,) = shown_to_one(await manager.slash(room.channel, "setup show"))
        assert "**Scope card:** 3 of 5 fields" in settings

        form = await manager.slash(room.channel, "setup scope")
        (told,) = shown_to_one(await manager.submit_modal(form, dict.fromkeys(_TYPED, "")))
        assert "the scope card is empty" in told
        assert await _card(room) == ScopeCard()


async def test_danger_a_text_that_cannot_be_cleared_and_a_permission_lost_keep_nothing(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        manager = manager_of(room)
        form = await manager.slash(room.channel, "setup scope")
        told = await manager.submit_modal(form, _TYPED | {"setting": "danger tonight"})
        assert "911" in text_of(told.response)
        form = await manager.slash(room.channel, "setup scope")
        told = await manager.submit_modal(form, _TYPED | {"setting": "withheld"})
        assert refused(told).startswith('The field "Setting" may identify somebody')

        form = await manager.slash(room.channel, "setup scope")
        may_no_longer(room, manager)
        told = await manager.submit_modal(form, _TYPED)
        assert refused(told).startswith("Only members with the permission Manage Server")
        let_everyone(room, "setup")
        told = await room.counselor.slash(room.channel, "setup scope")
        assert told.modal is None
        assert await _card(room) == ScopeCard()
