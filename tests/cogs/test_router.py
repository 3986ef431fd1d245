"""Presses find their functions by what they say: unknown ones, two at once, failing ones, and old ones."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
from simcord.results import InteractionResult, ResponseMessage

from bot.cogs.failures import FAILED
from bot.cogs.flights import Flights
from bot.cogs.layout import notice, row
from bot.cogs.router import OUTDATED, Press, RoutedModal, Router, button, custom_id
from bot.consult.reply import Composer
from bot.errors import FixInput, TryAgainLater
from tests.cogs.conftest import SECONDS_OF_WORK, EnterRoom, Room
from tests.cogs.fakes import FakeConsultant
from tests.cogs.shown import last_of, shown_to_one, text_of

_SECRET = "Maria Lopez of Elm Street"


class Trial:
    """A room in which a command shows a message or a form of the test, and what was pressed in it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.presses: list[Press] = []

    async def keep(self, press: Press) -> None:
        self.presses.append(press)
        await press.interaction.response.send_message("done", ephemeral=True)

    def on(self, action: str, handler: Callable[[Press], Any]) -> None:
        self.room.bot._router.on(action, handler)

    async def show(self, *buttons: discord.ui.Button[Any], extra: tuple[Any, ...] = ()) -> ResponseMessage:
        """Let the counselor see a message with buttons."""

        async def send(interaction: discord.Interaction[Any]) -> None:
            await interaction.response.send_message(
                view=notice("a message", buttons=buttons, extra=extra), ephemeral=True
            )

        return last_of(await self._command(send))

    async def open(self, form: discord.ui.Modal) -> InteractionResult:
        """Let the counselor open a form."""

        async def send(interaction: discord.Interaction[Any]) -> None:
            await interaction.response.send_modal(form)

        return await self._command(send)

    async def _command(self, send: Callable[[discord.Interaction[Any]], Any]) -> InteractionResult:
        self.room.bot.tree.remove_command("try")

        @self.room.bot.tree.command(name="try")
        async def try_out(interaction: discord.Interaction[Any]) -> None:
            await send(interaction)

        await self.room.bot.tree.sync()
        return await self.room.counselor.slash(self.room.channel, "try")


@asynccontextmanager
async def _trial(enter_room: EnterRoom, composer: Composer) -> AsyncIterator[Trial]:
    async with enter_room(FakeConsultant(), composer) as room:
        yield Trial(room)


@pytest.mark.parametrize("named", ["sa:gone:1", "sa:", "sa", "other:keep", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"])
async def test_a_press_that_nothing_belongs_to_says_so(enter_room: EnterRoom, composer: Composer, named: str) -> None:
    async with _trial(enter_room, composer) as trial:
        shown = await trial.show(discord.ui.Button(label="Press", custom_id=named))
        pressed = await trial.room.counselor.click(shown, label="Press")

        assert shown_to_one(pressed) == [OUTDATED]
        assert trial.room.env.errors == []


async def test_a_form_that_nothing_belongs_to_says_so(enter_room: EnterRoom, composer: Composer) -> None:
    async with _trial(enter_room, composer) as trial:
        form = RoutedModal("A form", "gone")
        form.add_item(discord.ui.TextInput(label="Text", custom_id="text"))
        sent = await trial.room.counselor.submit_modal(await trial.open(form), {"text": _SECRET})

        assert shown_to_one(sent) == [OUTDATED]


async def test_a_press_carries_what_stands_in_its_id_in_order(enter_room: EnterRoom, composer: Composer) -> None:
    async with _trial(enter_room, composer) as trial:
        trial.on("keep2", trial.keep)
        shown = await trial.show(button("Press", "keep2", 7, "any"))
        await trial.room.counselor.click(shown, label="Press")

        assert [press.arguments for press in trial.presses] == [("7", "any")]
        assert trial.presses[0].values == {}


async def test_a_choice_is_known_in_a_message_and_in_a_form(enter_room: EnterRoom, composer: Composer) -> None:
    options = [discord.SelectOption(label=name, value=name) for name in ("one", "two", "three")]

    def select(named: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(custom_id=named, options=options, max_values=3)

    async with _trial(enter_room, composer) as trial:
        trial.on("keep2", trial.keep)
        shown = await trial.show(extra=(row(select(custom_id("keep2"))),))
        await trial.room.counselor.select(shown, ["two", "one"])
        form = RoutedModal("A form", "keep2", "x")
        form.add_item(discord.ui.TextDisplay("read this"))
        form.add_item(discord.ui.Label(text="Choose", component=select("chosen")))
        form.add_item(
            discord.ui.Label(text="Labelled", component=discord.ui.TextInput(custom_id="labelled", required=False))
        )
        await trial.room.counselor.submit_modal(await trial.open(form), {"chosen": ["three"], "labelled": "  a text "})

        message, submitted = trial.presses
        assert sorted(message.values[""]) == ["one", "two"]
        assert submitted.values["chosen"] == ("three",)
        assert submitted.text("labelled") == "a text"
        assert submitted.text("not there") == ""
        assert submitted.arguments == ("x",)


async def test_a_field_in_a_row_is_read_too_and_an_empty_one_is_empty(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with _trial(enter_room, composer) as trial:
        trial.on("keep2", trial.keep)
        form = RoutedModal("A form", "keep2")
        for name in ("first", "second"):
            form.add_item(discord.ui.TextInput(label=name, custom_id=name, required=False))
        await trial.room.counselor.submit_modal(await trial.open(form), {"first": "a text", "second": ""})

        assert (trial.presses[0].text("first"), trial.presses[0].text("second")) == ("a text", "")


async def test_two_presses_at_once_have_one_effect_and_both_are_acknowledged(
    enter_room: EnterRoom, composer: Composer
) -> None:
    async with _trial(enter_room, composer) as trial:

        async def slow(press: Press) -> None:
            trial.presses.append(press)
            await press.interaction.response.defer(ephemeral=True)
            await asyncio.sleep(SECONDS_OF_WORK)

        trial.on("slow", slow)
        shown = await trial.show(button("Press", "slow"), button("Other", "slow", 1))
        pressed = [await trial.room.counselor.click(shown, label=label) for label in ("Press", "Press", "Other")]
        assert all(each.acknowledged for each in pressed)
        assert [press.arguments for press in trial.presses] == [(), ("1",)]

        await trial.room.env.advance_time(SECONDS_OF_WORK)
        await trial.room.counselor.click(shown, label="Press")
        assert len(trial.presses) == 3


async def test_a_form_is_another_press_where_other_words_stand_in_it(enter_room: EnterRoom, composer: Composer) -> None:
    async with _trial(enter_room, composer) as trial:

        async def slow(press: Press) -> None:
            trial.presses.append(press)
            await press.interaction.response.defer(ephemeral=True, thinking=True)
            await asyncio.sleep(SECONDS_OF_WORK)

        trial.on("slow", slow)
        for text in ("one", "two"):
            form = RoutedModal("A form", "slow")
            form.add_item(discord.ui.TextInput(label="Text", custom_id="text"))
            await trial.room.counselor.submit_modal(await trial.open(form), {"text": text})

        assert [press.text("text") for press in trial.presses] == ["one", "two"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError(_SECRET), FAILED),
        (ValueError(_SECRET), FAILED),
        (OSError(_SECRET), FAILED),
        (aiohttp.ClientError(_SECRET), FAILED),
        (TryAgainLater(_SECRET, "wait"), FAILED),
        (TimeoutError(), FAILED),
        (FixInput("the days are out of bounds", "give a number"), "The days are out of bounds; give a number."),
    ],
)
@pytest.mark.parametrize("deferred", [False, True])
async def test_whatever_a_press_raises_ends_in_a_sentence_to_the_person_and_no_content_in_the_log(
    enter_room: EnterRoom,
    composer: Composer,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    said: str,
    *,
    deferred: bool,
) -> None:
    async def fail(press: Press) -> None:
        if deferred:
            await press.interaction.response.defer(ephemeral=True, thinking=True)
        raise error

    with caplog.at_level(logging.DEBUG, "bot"):
        async with _trial(enter_room, composer) as trial:
            trial.on("fail", fail)
            shown = await trial.show(button("Press", "fail"))
            pressed = await trial.room.counselor.click(shown, label="Press")

            assert text_of(last_of(pressed)).startswith(said)
            assert "If anyone may be in danger now" in text_of(last_of(pressed))
            assert last_of(pressed).ephemeral
            assert trial.room.env.errors == []
    assert "press failed" in [record.getMessage() for record in caplog.records]
    assert _SECRET not in str([record.__dict__ for record in caplog.records if record.name == "bot"])


async def test_a_press_that_failed_can_be_pressed_again(enter_room: EnterRoom, composer: Composer) -> None:
    async with _trial(enter_room, composer) as trial:
        errors = [RuntimeError("once")]

        async def fail_once(press: Press) -> None:
            if errors:
                raise errors.pop()
            await trial.keep(press)

        trial.on("fail", fail_once)
        shown = await trial.show(button("Press", "fail"))
        await trial.room.counselor.click(shown, label="Press")
        again = await trial.room.counselor.click(shown, label="Press")

        assert shown_to_one(again) == ["done"]


async def test_a_button_of_an_old_message_works_after_a_restart(enter_room: EnterRoom, composer: Composer) -> None:
    async with _trial(enter_room, composer) as trial:
        shown = await trial.show(button("Press", "keep2", 7), button("Gone", "gone", 7))
        await trial.room.restart(FakeConsultant(), composer)
        trial.on("keep2", trial.keep)

        assert shown_to_one(await trial.room.counselor.click(shown, label="Press")) == ["done"]
        assert shown_to_one(await trial.room.counselor.click(shown, label="Gone")) == [OUTDATED]
        assert trial.presses[0].arguments == ("7",)


def test_an_action_leads_to_one_function() -> None:
    router = Router(Flights())

    async def nothing(press: Press) -> None:
        del press

    router.on("one", nothing)
    with pytest.raises(ValueError, match="one is led somewhere already"):
        router.on("one", nothing)
