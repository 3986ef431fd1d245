"""Choices that commands of supervisors offer while they type; nobody else is offered anything."""

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from bot.cogs.permissions import require_supervisor
from bot.errors import FixInput
from bot.storage.store import Store

_MOST_CHOICES = 25
_LONGEST_CHOICE = 100
"""Choices of one option, and characters of one (API reference, "Application Command Option Choice Structure")."""

Choices = list[app_commands.Choice[str]]


async def offer_answers(interaction: discord.Interaction[Any], store: Store, typed: str) -> Choices:
    """Offer a server's answers to its supervisors, by title or name.

    Raises:
        AssistantError: the database cannot be used.
    """
    server = await _server(interaction, store)
    if server is None:
        return []
    answers = await store.answers.listed(server)
    return matching(typed, ((f"{one.title} ({one.state.value})", one.name) for one in answers))


async def offer(
    interaction: discord.Interaction[Any], store: Store, typed: str, choices: Iterable[tuple[str, str]]
) -> Choices:
    """Offer choices, each a label and its value, to supervisors.

    Raises:
        AssistantError: the database cannot be used.
    """
    return matching(typed, choices) if await _server(interaction, store) is not None else []


def matching(typed: str, choices: Iterable[tuple[str, str]]) -> Choices:
    """Return the first choices that hold all words typed so far."""
    words = typed.casefold().split()
    found = [(label, value) for label, value in choices if all(word in f"{label} {value}".casefold() for word in words)]
    return [app_commands.Choice(name=label[:_LONGEST_CHOICE], value=value) for label, value in found[:_MOST_CHOICES]]


async def _server(interaction: discord.Interaction[Any], store: Store) -> int | None:
    try:
        return await require_supervisor(interaction, store)
    except FixInput:
        return None
