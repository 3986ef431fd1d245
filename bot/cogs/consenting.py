"""What is owed to two people when one wishes something that is the other's to allow, perhaps hours later."""

from collections.abc import Sequence
from typing import Any

import discord

from bot import log
from bot.cogs.asking import FollowupOut
from bot.cogs.delivery import DANGER, Button
from bot.cogs.layout import notice
from bot.cogs.router import Press

_ONLY_AUTHOR = "Only the author of the message can decide that."


async def is_author(press: Press, author: str) -> bool:
    """Tell whether the author presses; anybody else is told that only they can."""
    if str(press.interaction.user.id) == author:
        return True
    await press.interaction.response.send_message(view=notice(_ONLY_AUTHOR), ephemeral=True)
    return False


async def tell_later(interaction: discord.Interaction[Any], text: str, buttons: Sequence[Button] = ()) -> None:
    """Tell whoever wished it: where they did while Discord allows it, else by direct message, where no button works.

    Never raises for Discord's sake, since who is being answered now is the other one.
    """
    try:
        if interaction.is_expired():
            await interaction.user.send(view=notice(text, DANGER))
        else:
            await FollowupOut(interaction).put(notice(text, DANGER, buttons=buttons))
    except discord.HTTPException as error:
        log.event("person not told", error=type(error).__name__)
