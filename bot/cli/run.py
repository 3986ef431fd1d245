"""`run`: the bot in Discord."""

import asyncio
from typing import TYPE_CHECKING

from bot.cli.console import open_console
from bot.cli.services import build_services, read_settings

if TYPE_CHECKING:
    from bot.app import Services


def run() -> int:
    """Log in to Discord and answer there until stopped."""
    settings = read_settings()
    from bot.client import token_missing  # noqa: PLC0415  # discord.py takes a second to import

    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        raise token_missing()
    asyncio.run(_serve(build_services(settings), token))
    return 0


async def _serve(services: "Services", token: str) -> None:
    from bot.app import open_desk  # noqa: PLC0415  # together with the heavy parts
    from bot.client import SupervisionBot, run_bot  # noqa: PLC0415  # the same
    from bot.cogs.registration import CommandsRegistered  # noqa: PLC0415  # the same

    console = open_console(stderr=True, markup=False, soft_wrap=True)
    async with open_desk(services) as (desk, store):
        bot = SupervisionBot(
            desk=desk,
            store=store,
            corpus=services.corpus,
            library=services.library,
            registered=CommandsRegistered(services.settings.data_dir / "commands-registered"),
            announce=console.print,
        )
        await run_bot(bot, token)
