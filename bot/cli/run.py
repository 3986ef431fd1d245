"""`run`: the bot in Discord."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import open_console
from bot.cli.services import build_services, read_settings

if TYPE_CHECKING:
    from bot.app import Services
    from bot.cli.health import HealthDesk
    from bot.consult.observer import Observer
    from bot.settings import Settings


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
    from bot.cogs.refused import token_missing  # noqa: PLC0415  # discord.py takes a second to import

    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        raise token_missing()
    asked = _asked(health) if health is not None else None
    with _observed(settings, asked) as observer:
        services = build_services(settings, observer=observer) if observer else build_services(settings)
        asyncio.run(_serve(services, token, asked, observer))
    return 0


@contextmanager
def _observed(settings: "Settings", health: "HealthDesk | None") -> "Iterator[Observer | None]":
    """Give whoever counts and times, until the block ends; None where nobody does."""
    with ExitStack() as stack:
        observers: list[Observer] = [health.metrics] if health and health.metrics else []
        if settings.otel_exporter_otlp_endpoint:
            from bot.tracing import tracing  # noqa: PLC0415  # of an extra

            observers.append(stack.enter_context(tracing(settings)))
        from bot.consult.observer import Observers  # noqa: PLC0415  # together with the heavy parts

        yield Observers(observers) if observers else None


def _asked(health: str) -> "HealthDesk":
    from bot.cli.health import HealthDesk  # noqa: PLC0415  # Chroma takes seconds to import

    return HealthDesk(health)


async def _serve(services: "Services", token: str, health: "HealthDesk | None", observer: "Observer | None") -> None:
    from bot.client import SupervisionBot, run_bot  # noqa: PLC0415  # together with the heavy parts
    from bot.cogs.journal import Journal  # noqa: PLC0415  # the same
    from bot.cogs.registration import CommandsRegistered  # noqa: PLC0415  # the same
    from bot.consult.observer import UNOBSERVED  # noqa: PLC0415  # the same
    from bot.opening import open_desk  # noqa: PLC0415  # the same
    from bot.storage.patience import await_database  # noqa: PLC0415  # the same
    from bot.storage.shard_locks import own_shards  # noqa: PLC0415  # the same

    settings = services.settings
    console = open_console(stderr=True, markup=False, soft_wrap=True)
    async with AsyncExitStack() as stack:
        if health:
            await stack.enter_async_context(health.serving(services))
        await await_database(settings, told=console.print)
        opened = await stack.enter_async_context(open_desk(services, observer=observer or UNOBSERVED))
        bot = SupervisionBot(
            desk=opened.desk,
            store=opened.store,
            curation=opened.curation,
            corpus=services.corpus,
            library=services.library,
            rehearsals=services.rehearsals,
            registered=CommandsRegistered(settings.data_dir / "commands-registered"),
            announce=console.print,
            shard_ids=settings.shard_ids,
            shard_count=settings.shard_count,
            journal=Journal(settings.data_dir / f"in-flight-{min(settings.shard_ids or (0,))}.journal"),
        )
        if health:
            health.watch(bot, opened.store)
        shards = own_shards(opened.store.database, settings.shard_ids, say=console.print)
        guard = await stack.enter_async_context(shards)
        _spare_the_collector()
        await run_bot(bot, token, guard=guard)


def _spare_the_collector() -> None:
    """Let the collector of garbage pass over what is there for good: looking through all of it holds up the loop."""
    gc.collect()
    gc.freeze()
