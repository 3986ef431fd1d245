"""`/insights` in a simulated Discord: for supervisors alone, with a described picture, or numbers alone."""

import uuid
from importlib.util import find_spec

import pytest

from bot.cogs import insights
from bot.consult.reply import Composer
from bot.storage.clock import utc_now
from bot.storage.consultations import Consultation
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant
from tests.cogs.people import let_everyone, manager_of, refused
from tests.cogs.shown import last_of, shown_to_one, walk


async def _five_ask(room: Room) -> None:
    for person in range(1, 6):
        row = Consultation(
            uuid.uuid4(), room.guild.id, person, "answered", (), "fees-and-policies", utc_now(), 80, None
        )
        await room.store.consultations.record(row)


async def test_a_supervisor_sees_numbers_a_described_picture_and_the_close(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        await _five_ask(room)
        shown = await manager_of(room).slash(room.channel, "insights")
        (text,) = shown_to_one(shown)
        assert "- fees and policies: 5 answered" in text
        assert text.rstrip().endswith(composer.close())
        pictures = [one for one in walk(last_of(shown).components) if one["type"] == 12]
        (item,) = pictures[0]["items"]
        assert item["media"]["url"].endswith("insights.png")
        assert "fees and policies 5" in item["description"]


async def test_without_matplotlib_the_numbers_come_alone_and_name_the_extra(
    enter_room: EnterRoom, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insights, "find_spec", lambda name: None if name == "matplotlib" else find_spec(name))
    async with enter_room(FakeConsultant(), composer) as room:
        await _five_ask(room)
        (text,) = shown_to_one(await manager_of(room).slash(room.channel, "insights"))
        assert "- fees and policies: 5 answered" in text
        assert "its extra `insights`" in text


async def test_who_is_no_supervisor_is_refused_though_the_server_shows_them_the_command(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with enter_room(FakeConsultant(), composer) as room:
        let_everyone(room, "insights")
        assert "Only supervisors of this server can do that" in refused(
            await room.counselor.slash(room.channel, "insights")
        )
