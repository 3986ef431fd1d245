"""The Discord client: few intents, no mentions, cogs added one by one, commands synced at login."""

import discord
from discord import app_commands
from discord.ext import commands

from bot import log
from bot.cogs.consult import ConsultCog
from bot.cogs.failures import answer_failure
from bot.consult.pipeline import Consultant
from bot.consult.reply import Composer
from bot.errors import GetToken

_MEND_TOKEN = (
    "open discord.com/developers/applications, choose your application, Bot, Reset Token, and put it into .env as "
    "DISCORD_TOKEN=... (docs/discord.md has every step)"
)


class SupervisionTree(app_commands.CommandTree["SupervisionBot"]):
    """The slash commands, with the error boundary that every command ends in."""

    async def on_error(
        self, interaction: discord.Interaction["SupervisionBot"], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person in one sentence that a command failed."""
        await answer_failure(interaction, error)


class SupervisionBot(commands.Bot):
    """The bot; it gets its collaborators and builds none."""

    def __init__(self, *, consultant: Consultant, composer: Composer) -> None:
        """Hold the consultant that answers and the composer that words replies."""
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            command_prefix=commands.when_mentioned,
            tree_cls=SupervisionTree,
            intents=intents,
            help_command=None,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
        )
        self._consultant = consultant
        self._composer = composer

    async def setup_hook(self) -> None:
        """Add the cogs and register the commands with Discord."""
        await super().setup_hook()
        await self.add_cog(ConsultCog(consultant=self._consultant, composer=self._composer))
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Log that the bot is there."""
        log.event("ready", guilds=len(self.guilds))


async def run_bot(bot: SupervisionBot, token: str) -> None:
    """Log in and serve until the process is stopped.

    Raises:
        GetToken: Discord refuses the token.
    """
    try:
        async with bot:
            await bot.start(token)
    except discord.LoginFailure:
        raise GetToken("Discord refuses DISCORD_TOKEN", _MEND_TOKEN) from None


def token_missing() -> GetToken:
    """Return the error for a missing token, with the way to get one."""
    return GetToken("there is no DISCORD_TOKEN", _MEND_TOKEN)
