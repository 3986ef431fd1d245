"""What is owed to anything that a person types into a field, whatever the field is for: it is read for danger first."""

from typing import Any

import discord

from bot.cogs.consult import asker_of
from bot.cogs.delivery import PrivateOut, Under, deliver
from bot.consult.desk import Desk


class DangerFirst:
    """Reads what was typed for danger, and shows the steps."""

    def __init__(self, desk: Desk, under: Under) -> None:
        """Hold the desk, and what gives the buttons under a reply."""
        self._desk = desk
        self._under = under

    async def stands_in(self, interaction: discord.Interaction[Any], *typed: str) -> bool:
        """Tell whether there is danger in what was typed; its steps were shown then, and nothing else should be.

        Args:
            interaction: deferred, for its person alone.
            typed: what was typed, field by field.
        """
        exchange = await self._desk.danger(asker_of(interaction), "\n".join(typed))
        if exchange is None:
            return False
        await deliver(exchange, PrivateOut(interaction), self._under)
        return True
