"""`run`: the bot in Discord."""

import asyncio

from bot.cli.services import build_services, read_settings


def run() -> int:
    """Log in to Discord and answer there until stopped."""
    settings = read_settings()
    from bot.client import SupervisionBot, run_bot, token_missing  # noqa: PLC0415  # discord.py takes a second to import

    if settings.discord_token is None:
        raise token_missing()
    services = build_services(settings)
    bot = SupervisionBot(consultant=services.consultant, composer=services.composer())
    asyncio.run(run_bot(bot, settings.discord_token.get_secret_value()))
    return 0
