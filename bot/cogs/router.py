"""Leads buttons, selects and modals to their functions, by what their `custom_id` says, so that old ones work too.

Nothing is kept of a message that was sent: whatever a press needs stands in its `custom_id` or is looked up. A button
therefore works after a restart, or says why not; and there is one place where a press can fail.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import discord

from bot import log
from bot.cogs.failures import answer_failure, tell
from bot.cogs.flights import Flights

LONGEST_ID = 100
"""Characters of a `custom_id` (Discord's API reference, "Anatomy of a Component")."""

OUTDATED = "This belongs to an earlier version of me and does nothing any more. /consult starts a new consultation."
"""What a person reads who presses something that this program does not know."""

_OURS = "sa"
_BETWEEN = ":"


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button, a chosen option or a submitted modal.

    Attributes:
        interaction: Discord's side of it, not acknowledged yet.
        arguments: what stood in the `custom_id` behind the action's name.
        values: what was typed or chosen, by the `custom_id` of each field; of a select outside a modal under "".
    """

    interaction: discord.Interaction[Any]
    arguments: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return what was typed into a field, stripped; empty where nothing was."""
        return (self.values.get(name) or ("",))[0].strip()


Handler = Callable[[Press], Awaitable[None]]


class Router:
    """The functions behind buttons, selects and modals, by the names of their actions."""

    def __init__(self, flights: Flights) -> None:
        """Start without any function; presses are counted among the interactions in flight."""
        self._flights = flights
        self._handlers: dict[str, Handler] = {}
        self._running: set[tuple[str, int, int, int]] = set()

    def on(self, action: str, handler: Handler) -> None:
        """Lead an action to a function.

        Raises:
            ValueError: the action has one already.
        """
        if action in self._handlers:
            raise ValueError(f"{action} is led somewhere already")
        self._handlers[action] = handler

    async def route(self, interaction: discord.Interaction[Any]) -> None:
        """Call the function that a press or a submitted modal belongs to; whatever it raises ends in a sentence."""
        if interaction.type not in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            return
        await self._flights.board(interaction)
        data: Mapping[str, Any] = interaction.data or {}
        named = str(data.get("custom_id", ""))
        ours, _, rest = named.partition(_BETWEEN)
        action, *arguments = rest.split(_BETWEEN)
        handler = self._handlers.get(action) if ours == _OURS else None
        if handler is None:
            await tell(interaction, OUTDATED)
            return
        try:
            await self._once(named, Press(interaction, tuple(arguments), _values(data)), handler)
        except Exception as error:  # noqa: BLE001  # behind this border discord.py prints the person's words
            log.event("press failed", level=logging.ERROR, command=action, error=type(error).__name__)
            await answer_failure(interaction, error)
        except asyncio.CancelledError:
            log.event("press cancelled", command=action)
            raise

    async def _once(self, named: str, press: Press, handler: Handler) -> None:
        """Call a function, unless the same press is being handled; a form with other words in it is another press."""
        message = press.interaction.message
        said = hash(tuple(sorted(press.values.items())))
        press_id = (named, message.id if message else 0, press.interaction.user.id, said)
        if press_id in self._running:
            await _acknowledge(press.interaction)
            return
        self._running.add(press_id)
        try:
            await handler(press)
        finally:
            self._running.discard(press_id)


def custom_id(action: str, *arguments: object) -> str:
    """Return the `custom_id` that leads to an action.

    Raises:
        ValueError: it would be too long for Discord.
    """
    named = _BETWEEN.join([_OURS, action, *(str(argument) for argument in arguments)])
    if len(named) > LONGEST_ID:
        raise ValueError("a custom_id is too long")
    return named


def button(
    label: str,
    action: str,
    *arguments: object,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> discord.ui.Button[Any]:
    """Return a button that leads to an action."""
    return discord.ui.Button(label=label, style=style, custom_id=custom_id(action, *arguments))


class RoutedModal(discord.ui.Modal):
    """A modal whose submission is routed; discord.py itself has nothing to do for it."""

    def __init__(self, title: str, action: str, *arguments: object) -> None:
        """Make a modal without fields that leads to an action."""
        super().__init__(title=title, custom_id=custom_id(action, *arguments), timeout=15 * 60)


async def _acknowledge(interaction: discord.Interaction[Any]) -> None:
    with suppress(discord.HTTPException, discord.InteractionResponded):
        await interaction.response.defer()


def _values(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what was typed and chosen, from wherever Discord puts it: rows, labels, or the press itself."""
    found: dict[str, tuple[str, ...]] = {}
    if "values" in data:
        found[""] = tuple(str(value) for value in data["values"])
    waiting: list[Mapping[str, Any]] = list(data.get("components", ()))
    while waiting:
        component = waiting.pop()
        waiting.extend(component.get("components", ()))
        if inner := component.get("component"):
            waiting.append(inner)
        name = component.get("custom_id")
        if name is None:
            continue
        if "values" in component:
            found[name] = tuple(str(value) for value in component["values"])
        elif component.get("value") is not None:
            found[name] = (str(component["value"]),)
    return found
