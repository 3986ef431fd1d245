"""`/consult`: a question, answered to the asker alone."""

from typing import Any, Protocol

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.render import messages
from bot.consult.outcome import Consultation, Outcome
from bot.consult.reply import Reply

LONGEST_OPTION = 6000
"""Characters; the most that Discord lets a command's option hold (API reference, "Application Command Option")."""


class Answers(Protocol):
    """Answers questions; `Consultant` does."""

    async def answer(self, question: str) -> Consultation:
        """Return what a question came to."""


class Composes(Protocol):
    """Words replies; `Composer` does."""

    def compose(self, outcome: Outcome) -> Reply:
        """Return the reply to an outcome."""


class ConsultCog(commands.Cog):
    """The consultation command."""

    def __init__(self, *, consultant: Answers, composer: Composes) -> None:
        """Hold the consultant that answers and the composer that words replies."""
        self._consultant = consultant
        self._composer = composer

    @app_commands.command(name="consult", description="Ask about strain with a client. Only you see the answer.")
    @app_commands.describe(question="What happened, and what you want help with. No names, places or dates.")
    async def consult(
        self, interaction: discord.Interaction[Any], question: app_commands.Range[str, 1, LONGEST_OPTION]
    ) -> None:
        """Answer a question; acknowledged before any work, since Discord waits three seconds only."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        consultation = await self._consultant.answer(question)
        first, *further = messages(self._composer.compose(consultation.outcome))
        await interaction.edit_original_response(content=first)
        for content in further:
            await interaction.followup.send(content, ephemeral=True)
