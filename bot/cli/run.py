"""`run`: the bot in Discord."""

import asyncio
import gc
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import open_console
from bot.cli.services import build_services, read_settings

if TYPE_CHECKING:
    from bot.app import Services
    from bot.cli.health import HealthDesk


def run(
    *,
    health: Annotated[
        str | None,
        typer.Option(
            "--health",
            metavar="[HOST:]PORT",
            help="Answer /livez, /readyz and /metrics there over HTTP; without a host on this machine only.",
        ),
    ] = None,
) -> int:
    """Log in to Discord and answer there until stopped."""
    settings = read_settings()
    from bot.client import token_missing  # noqa: PLC0415  # discord.py takes a second to import

    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        raise token_missing()
    asked = _asked(health) if health is not None else None
    services = build_services(settings, observer=asked.metrics) if asked else build_services(settings)
    asyncio.run(_serve(services, token, asked))
    return 0


def _asked(health: str) -> "HealthDesk":
    from bot.cli.health import HealthDesk  # noqa: PLC0415  # Chroma takes seconds to import

    return HealthDesk(health)


async def _serve(services: "Services", token: str, health: "HealthDesk | None") -> None:
    from bot.app import open_desk  # noqa: PLC0415  # together with the heavy parts
    from bot.client import SupervisionBot, run_bot  # noqa: PLC0415  # the same
    from bot.cogs.registration import CommandsRegistered  # noqa: PLC0415  # the same
    from bot.consult.observer import UNOBSERVED  # noqa: PLC0415  # the same

    console = open_console(stderr=True, markup=False, soft_wrap=True)
    async with AsyncExitStack() as stack:
        if health:
            await stack.enter_async_context(health.serving(services))
        observer = (health.metrics if health else None) or UNOBSERVED
        opened = await stack.enter_async_context(open_desk(services, observer=observer))
        bot = SupervisionBot(
            desk=opened.desk,
            store=opened.store,
            curation=opened.curation,
            corpus=services.corpus,
            library=services.library,
            rehearsals=services.rehearsals,
            registered=CommandsRegistered(services.settings.data_dir / "commands-registered"),
            announce=console.print,
        )
        if health:
            health.watch(bot, opened.store)
        _spare_the_collector()
        await run_bot(bot, token)


def _spare_the_collector() -> None:
    """Let the collector of garbage pass over what is there for good: looking through all of it holds up the loop."""
    gc.collect()
    gc.freeze()
