"""`/rehearse`: a repair said to a simulated client line by line, with feedback after each, seen by one person alone."""

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.consult import asker_of
from bot.cogs.delivery import Button, PrivateOut, wait_view
from bot.cogs.layout import notice, pages, quoted, row
from bot.cogs.router import Press, RoutedModal, Router, button, custom_id
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk, Wait
from bot.consult.limits import Limits
from bot.consult.permission import ModelPermission
from bot.consult.references import one_line
from bot.errors import FixInput
from bot.rehearse.feedback import feedback, summary
from bot.rehearse.rehearsals import NewLine, Rehearsals
from bot.rehearse.session import FEWEST_LINES, LONGEST_LINE, MOST_LINES, Rehearsal
from bot.rehearse.wording import Worded
from knowledge.scenarios import Marker, Scenario

_GONE = (
    "I no longer have this rehearsal: I hold one at a time for you, in memory, for half an hour, and not over a "
    "restart. Nothing else is lost. `/rehearse` begins anew, whenever you like."
)
_SAID_ALREADY = "That line was said already. Go on from my newest message about it."
_WITHHELD = (
    "I could not be sure that every identifying detail was out of that line, so I did not take it. The client is "
    "invented; please say it without names, places or dates."
)
_NO_SUCH = "there is no such scenario"
_CHOOSE_ONE = "choose one from the list that opens while you type, or leave it out"
_WHICH = "**Rehearse a repair**\nWhich scenario? The clients are invented."
_CHOOSE = "Choose a scenario …"
_HOW = (
    "-# You say three to five lines of a repair; after each I name what I observed in it, and the client goes on. Only "
    "you see this. I keep it in memory for half an hour after your last line; no score, and nothing is kept."
)
_MODEL = (
    "-# A language model reads your lines, after identifying details were taken out, to word the feedback. {notice} "
    "`/my writer` does without it."
)
_NO_MODEL = "-# No language model reads your lines: you chose so, or have not agreed to the notice here."
_YOUR_LINE = "**Line {number}, as I read it**\n{line}"
_THEY_SAY = "**The client**\n{says}"
_ENOUGH = "-# You can stop here with a summary, or say {more} more."
_FORGOTTEN = "-# I have forgotten the rehearsal now. It was practice; your supervisor can hear the real thing."
_FORM_TITLE = "Your line"
_FORM_LABEL = "What do you say to them?"
_FORM_HINT = "The client is invented. No names, places or dates, please."
_SAY, _SAY_NEXT, _SAY_AGAIN, _END = "Say a line", "Say the next line", "Say it again", "End with a summary"

_MOST_CHOICES = 25
"""Options of one select, and choices that autocomplete shows (Discord's API reference, "Select Menu Structure")."""


class RehearseCog(commands.Cog):
    """Rehearsals; what is said in them stays in memory."""

    def __init__(
        self,
        *,
        desk: Desk,
        rehearsals: Rehearsals,
        router: Router,
        danger: DangerFirst,
        limits: Limits,
        permission: ModelPermission,
    ) -> None:
        """Hold the collaborators; the limits are for lines, the permission is for a language model's reading them."""
        self._desk = desk
        self._rehearsals = rehearsals
        self._danger = danger
        self._limits = limits
        self._permission = permission
        router.on("rehpick", self._pick)
        router.on("rehsay", self._open_form)
        router.on("rehline", self._said)
        router.on("rehend", self._end)

    def forget(self, person: int) -> None:
        """Drop what a person rehearses."""
        self._rehearsals.forget(person)

    @app_commands.command(name="rehearse", description="Practice a repair with an invented client; only you see it.")
    @app_commands.describe(marker="How the client moves.", scenario="Which scenario; without it you get a list.")
    async def rehearse(
        self, interaction: discord.Interaction[Any], marker: Marker | None = None, scenario: str | None = None
    ) -> None:
        """Begin a rehearsal, or offer the scenarios."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if scenario is not None:
            await self._begin(interaction, scenario)
            return
        options = [_option(one) for one in self._offered(marker, "")]
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=custom_id("rehpick"), placeholder=_CHOOSE, options=options
        )
        close = await self._desk.close_for(asker_of(interaction))
        await interaction.edit_original_response(view=notice(_WHICH, _HOW, close, extra=[row(select)]))

    @rehearse.autocomplete("scenario")
    async def _complete(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Offer the scenarios that hold what was typed, of the chosen marker."""
        chosen = interaction.namespace.marker
        marker = Marker(chosen) if chosen in set(Marker) else None
        return [app_commands.Choice(name=_named(one), value=one.id) for one in self._offered(marker, current)]

    def _offered(self, marker: Marker | None, typed: str) -> list[Scenario]:
        scenarios = self._rehearsals.scenarios.values()
        found = [
            one for one in scenarios if marker in (None, one.marker) and typed.casefold() in _named(one).casefold()
        ]
        return found[:_MOST_CHOICES]

    async def _pick(self, press: Press) -> None:
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        await self._begin(press.interaction, press.text(""))

    async def _begin(self, interaction: discord.Interaction[Any], scenario_id: str) -> None:
        scenario = self._rehearsals.scenarios.get(scenario_id)
        if scenario is None:
            raise FixInput(_NO_SUCH, _CHOOSE_ONE)
        key, rehearsal = self._rehearsals.start(interaction.user.id, scenario)
        told = [f"**{scenario.title}**\n{scenario.setting}\n{scenario.happened}", _they_say(rehearsal), _HOW]
        told.append(await self._of_model(interaction))
        await self._show(interaction, told, _buttons(key, rehearsal, _SAY))

    async def _open_form(self, press: Press) -> None:
        """Open the form for a line, unless the rehearsal is gone or has that line."""
        key, number = press.arguments
        rehearsal = self._rehearsals.find(press.interaction.user.id, key)
        if rehearsal is None or len(rehearsal.turns) != int(number):
            told = _GONE if rehearsal is None else _SAID_ALREADY
            await press.interaction.response.send_message(view=notice(told, self._desk.close()), ephemeral=True)
            return
        form = RoutedModal(_FORM_TITLE, "rehline", key, number)
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, max_length=LONGEST_LINE
        )
        form.add_item(discord.ui.Label(text=_FORM_LABEL, description=_FORM_HINT, component=text))
        await press.interaction.response.send_modal(form)

    async def _said(self, press: Press) -> None:
        """Take a line: read for danger first, identifiers out, then observed and answered."""
        interaction, typed = press.interaction, press.text("text")
        key, number = press.arguments[0], int(press.arguments[1])
        await interaction.response.defer(ephemeral=True, thinking=True)
        if await self._danger.stands_in(interaction, typed):
            return
        if wait := self._limits.take(asker_of(interaction)):
            await interaction.edit_original_response(view=wait_view(Wait(wait)))
            return
        redaction = await self._desk.redact(typed)
        if redaction is None or not redaction.text.strip():
            await self._show(interaction, [_WITHHELD], [button(_SAY_AGAIN, "rehsay", key, number)])
            return
        seen = await asyncio.to_thread(self._rehearsals.observe, redaction.text)
        rehearsal = self._rehearsals.say(interaction.user.id, key, NewLine(number, redaction.text, seen))
        if rehearsal is None:
            gone = self._rehearsals.find(interaction.user.id, key) is None
            await self._show(interaction, [_GONE if gone else _SAID_ALREADY], ())
            return
        await self._answer(interaction, key, rehearsal)

    async def _answer(self, interaction: discord.Interaction[Any], key: str, rehearsal: Rehearsal) -> None:
        """Show what was observed in the last line and what the client says to it; after the fifth, the summary."""
        turn, number = rehearsal.turns[-1], len(rehearsal.turns)
        may = await self._permission.given(asker_of(interaction))
        worded = await self._rehearsals.word(rehearsal) if may else Worded()
        told = [
            _YOUR_LINE.format(number=number, line=quoted(turn.line)),
            *feedback(rehearsal.scenario, turn.seen, self._rehearsals.corpus, worded.sentences),
            worded.told(self._permission.model.words),
            _they_say(rehearsal),
        ]
        if rehearsal.is_over:
            self._rehearsals.end(interaction.user.id, key)
            await self._show(interaction, [*told, *summary(rehearsal, self._rehearsals.corpus), _FORGOTTEN], ())
            return
        told += [_ENOUGH.format(more=MOST_LINES - number)] if number >= FEWEST_LINES else []
        await self._show(interaction, told, _buttons(key, rehearsal, _SAY_NEXT))

    async def _of_model(self, interaction: discord.Interaction[Any]) -> str:
        """Return what the person is told of a language model; empty where there is none."""
        if not self._permission.model.configured:
            return ""
        if not await self._permission.given(asker_of(interaction)):
            return _NO_MODEL
        return one_line(_MODEL.format(notice=self._permission.model.words or ""))

    async def _end(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        rehearsal = self._rehearsals.end(interaction.user.id, press.arguments[0])
        told = [*summary(rehearsal, self._rehearsals.corpus), _FORGOTTEN] if rehearsal else [_GONE]
        await self._show(interaction, told, ())

    async def _show(
        self, interaction: discord.Interaction[Any], told: Sequence[str], buttons: Sequence[Button]
    ) -> None:
        close = await self._desk.close_for(asker_of(interaction))
        out = PrivateOut(interaction)
        for view in pages([*told, close], buttons):
            await out.put(view)


def _named(scenario: Scenario) -> str:
    return f"{scenario.title} ({scenario.marker}, {scenario.theme})"


def _option(scenario: Scenario) -> discord.SelectOption:
    return discord.SelectOption(
        label=scenario.title, value=scenario.id, description=f"{scenario.marker}, {scenario.theme}"
    )


def _they_say(rehearsal: Rehearsal) -> str:
    return _THEY_SAY.format(says=quoted(rehearsal.client_says))


def _buttons(key: str, rehearsal: Rehearsal, label: str) -> list[Button]:
    say = button(label, "rehsay", key, len(rehearsal.turns), style=discord.ButtonStyle.primary)
    return [say, button(_END, "rehend", key)]
