"""The error boundary of every interaction: one sentence to the person, one content-free line to the log."""

import logging
from typing import Any

import discord
from discord import app_commands

from bot import log

_SENTENCE = (
    "Something in me failed, so I have no answer for you; nothing you typed was kept. Please try again in a few minutes. "
    "For anything urgent, phone your supervisor; if anyone may be in danger, your emergency number."
)


async def answer_failure(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the person that an interaction failed; an interaction that is gone is only logged."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    log.event("interaction failed", level=logging.ERROR, error=type(cause).__name__)
    try:
        if interaction.response.is_done():
            await interaction.followup.send(_SENTENCE, ephemeral=True)
        else:
            await interaction.response.send_message(_SENTENCE, ephemeral=True)
    except discord.HTTPException as gone:
        log.event("failure could not be told", level=logging.ERROR, error=type(gone).__name__)
