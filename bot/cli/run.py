"""`run`: the bot in Discord."""

import asyncio

from bot.cli.console import open_console
from bot.cli.services import build_services, read_settings


def run() -> int:
    """Log in to Discord and answer there until stopped."""
    settings = read_settings()
    from bot.client import SupervisionBot, run_bot, token_missing  # noqa: PLC0415  # discord.py takes a second to import

    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        raise token_missing()
    services = build_services(settings)
    console = open_console(stderr=True, markup=False, soft_wrap=True)
    bot = SupervisionBot(consultant=services.consultant, composer=services.composer(), announce=console.print)
    asyncio.run(run_bot(bot, token))
    return 0
