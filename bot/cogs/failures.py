"""The error boundary of every interaction: one sentence to the person, one content-free line to the log."""

import logging
from typing import Any

import discord
from discord import app_commands

from bot import log
from bot.cogs.flights import Waiting
from bot.errors import AssistantError, FixInput

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

_NOT_MANAGER = "Only members with the permission Manage Server can do that." + _DANGER
_FORBIDDEN = (
    "Discord does not let me do that here: I lack a permission in this channel, or your direct messages are closed to "
    "me. Nothing was posted; a manager of the server can give me the permission." + _DANGER
)
_GONE = "What this belongs to was deleted, so there is nothing left to do; /consult asks anew." + _DANGER
_BUSY = "Discord itself does not take my answer right now; please try again in a minute." + _DANGER

_SERVER_ERRORS = 500
_TOO_MANY = 429


async def answer_failure(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the person that an interaction failed; an interaction that is gone is only logged."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    log.event("interaction failed", level=logging.ERROR, error=type(cause).__name__)
    await tell(interaction, sentence_for(cause))


def sentence_for(error: Exception) -> str:
    """Return what a person is told of an error; never its own text, unless it is ours and about what they gave."""
    match error:
        case app_commands.MissingPermissions():
            told = _NOT_MANAGER
        case FixInput():
            told = f"{_sentence(error)}{_DANGER}"
        case discord.Forbidden():
            told = _FORBIDDEN
        case discord.NotFound():
            told = _GONE
        case discord.HTTPException(status=status) if status >= _SERVER_ERRORS or status == _TOO_MANY:
            told = _BUSY
        case _:
            told = FAILED
    return told


def _sentence(error: AssistantError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]


async def tell(waiting: Waiting, sentence: str) -> None:
    """Say something to the person of an interaction alone, in whatever state it is, or in reply to a message.

    Where nothing may be written beside the message, its author is told in a direct message. Never raises.
    """
    if isinstance(waiting, discord.Message):
        await _tell_author(waiting, sentence)
        return
    interaction = waiting
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, ephemeral=True)
    except Exception as gone:  # noqa: BLE001  # behind this border there is only asyncio, which prints tracebacks
        log.event("failure could not be told", level=logging.ERROR, error=type(gone).__name__)


async def _tell_author(message: discord.Message, sentence: str) -> None:
    try:
        try:
            await message.channel.send(sentence, reference=message.to_reference(fail_if_not_exists=False))
        except discord.HTTPException:
            await message.author.send(sentence)
    except Exception as gone:  # noqa: BLE001  # as above
        log.event("failure could not be told", level=logging.ERROR, error=type(gone).__name__)
