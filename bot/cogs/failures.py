"""The error boundary of every interaction: one sentence to the person, one content-free line to the log."""

import logging
from typing import Any

import discord
from discord import app_commands

from bot import log

_DANGER = "\n-# If anyone may be in danger now: your emergency number, then your supervisor by phone."

FAILED = (
    "Something in me failed before I could finish; nothing you typed was kept, so please try again in a few minutes."
    + _DANGER
)
"""What a person reads when a command failed."""

STOPPED = (
    "I am being restarted and could not finish; nothing you typed was kept, so please ask again in a few minutes."
    + _DANGER
)
"""What a person reads when the bot was stopped before their answer was there."""


async def answer_failure(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the person that an interaction failed; an interaction that is gone is only logged."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    log.event("interaction failed", level=logging.ERROR, error=type(cause).__name__)
    await tell(interaction, FAILED)


async def tell(interaction: discord.Interaction[Any], sentence: str) -> None:
    """Say something to the person of an interaction alone, in whatever state it is; never raises."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, ephemeral=True)
    except Exception as gone:  # noqa: BLE001  # behind this border there is only asyncio, which prints tracebacks
        log.event("failure could not be told", level=logging.ERROR, error=type(gone).__name__)
