"""The Discord client: few intents, no mentions, cogs added one by one, commands synced at login, a clean stop."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot import log
from bot.cogs import build_cogs
from bot.cogs.failures import STOPPED, answer_failure, tell
from bot.cogs.flights import Flights
from bot.cogs.journal import Journal, tell_left_behind
from bot.cogs.refused import raise_as_ours, token_odd
from bot.cogs.registration import CommandsRegistered
from bot.cogs.resuming import ResumingShard
from bot.cogs.router import Router
from bot.consult.desk import Desk
from bot.consult.library import Library
from bot.curation.service import Curation
from bot.rehearse.rehearsals import Rehearsals
from bot.shards import named
from bot.signals import stop_signals
from bot.storage.store import Store
from knowledge.entry import Corpus

PATIENCE = 14.0
"""Seconds that answers in flight have at a stop; with telling the late ones and closing, a stop takes 20 at most."""

_SECONDS_TO_TELL = 2.0
_SECONDS_TO_CLOSE = 3.0


class SupervisionTree(app_commands.CommandTree["SupervisionBot"]):
    """The slash commands, with the error boundary that every command ends in."""

    async def interaction_check(self, interaction: discord.Interaction["SupervisionBot"], /) -> bool:
        """Let every interaction pass at its turn, and count it as in flight."""
        await self.client.flights.board(interaction)
        return await super().interaction_check(interaction)

    async def on_error(
        self, interaction: discord.Interaction["SupervisionBot"], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person in one sentence that a command failed."""
        await answer_failure(interaction, error)


class SupervisionBot(commands.AutoShardedBot):
    """The bot; it gets its collaborators and builds none but its cogs.

    Attributes:
        flights: the interactions that are being answered.
    """

    def __init__(  # noqa: PLR0913  # each collaborator by its name
        self,
        *,
        desk: Desk,
        store: Store,
        curation: Curation,
        corpus: Corpus,
        library: Library,
        rehearsals: Rehearsals,
        registered: CommandsRegistered,
        announce: Callable[[str], None] = lambda _: None,
        shard_ids: Sequence[int] | None = None,
        shard_count: int | None = None,
        journal: Journal | None = None,
    ) -> None:
        """Hold the collaborators.

        Args:
            desk: takes questions.
            store: what is kept.
            curation: what supervisors do with their server's own answers.
            corpus: the cards.
            library: looks things up in them.
            rehearsals: rehearse repairs with simulated clients.
            registered: remembers which commands Discord has.
            announce: told once, in a sentence, that the bot is there.
            shard_ids: the shards that it serves; all where None.
            shard_count: how many there are; as many as Discord proposes where None.
            journal: remembers what was being answered, beyond a kill.
        """
        intents = discord.Intents.none()
        intents.guilds = True
        intents.guild_messages = True
        intents.dm_messages = True
        super().__init__(
            command_prefix=commands.when_mentioned,
            tree_cls=SupervisionTree,
            intents=intents,
            help_command=None,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            **_these(shard_ids, shard_count),
        )
        self._journal = journal
        self.flights = Flights(journal)
        self._telling: asyncio.Task[None] | None = None
        self._registers = shard_ids is None or 0 in shard_ids
        self._there: set[int] = set()
        self._desk = desk
        self._store = store
        self._curation = curation
        self._corpus = corpus
        self._library = library
        self._rehearsals = rehearsals
        self._registered = registered
        self._router = Router(self.flights)
        self._announce = announce
        self._announced = False

    async def setup_hook(self) -> None:
        """Add the cogs, and register the commands with Discord where they changed."""
        await super().setup_hook()
        cogs = build_cogs(
            self,
            desk=self._desk,
            store=self._store,
            curation=self._curation,
            corpus=self._corpus,
            library=self._library,
            rehearsals=self._rehearsals,
            router=self._router,
            flights=self.flights,
        )
        for cog in cogs:
            await self.add_cog(cog)
        if self._registers:  # one process of many, so that Discord is told once
            await self._registered.bring_up_to_date(self.tree, self.application_id or 0)

        if self._journal and (tokens := self._journal.left_behind()):
            self._telling = asyncio.create_task(tell_left_behind(self, tokens, STOPPED))

    @property
    def connected(self) -> bool:
        """Whether events of Discord arrive at present, on every shard of this process."""
        return bool(self._there) and self._there.issuperset(self.shard_ids or range(self.shard_count or 1))

    async def launch_shard(self, gateway: Any, shard_id: int, *, initial: bool = False) -> None:  # noqa: ANN401  # yarl's
        """Connect a shard, and let it take its session up again after a break."""
        await super().launch_shard(gateway, shard_id, initial=initial)
        shard = self.get_shard(shard_id)
        if shard is not None:
            shard._parent.__class__ = ResumingShard  # noqa: SLF001  # discord.py takes no class for its shards

    async def on_interaction(self, interaction: discord.Interaction["SupervisionBot"]) -> None:
        """Lead presses and submitted modals to their functions; commands are discord.py's own to lead."""
        await self._router.route(interaction)

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages to the cogs: the bot has no prefix commands."""

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Erase what is kept of a server that the bot was removed from."""
        await self._store.servers.forget(guild.id)
        log.event("server left")

    async def on_ready(self) -> None:
        """Log that the bot is there, and say so the first time."""
        log.event("ready", guilds=len(self.guilds))
        if not self._announced:
            self._announced = True
            self._announce(self._greeting())

    async def on_shard_ready(self, shard: int) -> None:
        """Know that a connection is there."""
        self._there.add(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        """Know that a connection is back where it broke off."""
        self._there.add(shard)
        back = self.get_shard(shard)
        if back is not None and isinstance(back._parent, ResumingShard):  # noqa: SLF001  # as above
            back._parent.settled()  # noqa: SLF001  # the same

    async def on_shard_disconnect(self, shard: int) -> None:
        """Log that a connection is gone; discord.py makes a new one."""
        self._there.discard(shard)
        log.event("disconnected", level=logging.WARNING, shard=shard)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        """Log an event handler's error; in place of discord.py's own log line, which may hold content."""
        log.event("event failed", level=logging.ERROR, command=event_method, error=type(sys.exception()).__name__)

    async def finish_answers(self, patience: float) -> None:
        """Wait for the answers in flight; tell the people whose answer takes longer to ask again.

        Args:
            patience: seconds to wait.
        """
        late = await self.flights.land(patience)
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_TO_TELL):
                await asyncio.gather(*(tell(waiting, STOPPED) for waiting in late))

    def _greeting(self) -> str:
        if self.guilds:
            servers = "1 server" if len(self.guilds) == 1 else f"{len(self.guilds)} servers"
            part = f", with {named(self.shard_ids)} of {self.shard_count}" if self.shard_ids else ""
            return f"Ready as {self.user} in {servers}{part}: /consult answers there. Ctrl-C stops it."
        if self.shard_ids:
            return f"Ready as {self.user}, but in no server of {named(self.shard_ids)} of {self.shard_count}."
        return f"Ready as {self.user}, but in no server yet; invite it with {invite_link(self.application_id or 0)}"


def _these(ids: Sequence[int] | None, count: int | None) -> dict[str, Any]:
    """Return the shards in discord.py's own words: it takes None for all of them, and does not say so in its types."""
    return {} if ids is None else {"shard_ids": list(ids), "shard_count": count}


def invite_link(application_id: int) -> str:
    """Return the address at which a server's manager adds the bot; it asks for no permission."""
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application_id, permissions=discord.Permissions.none(), scopes=scopes)


async def _unguarded() -> None:
    await asyncio.Event().wait()


async def run_bot(
    bot: SupervisionBot,
    token: str,
    *,
    patience: float = PATIENCE,
    guard: Callable[[], Awaitable[None]] = _unguarded,
) -> None:
    """Log in and serve until SIGTERM or Ctrl-C; then let the answers in flight finish. Call it in the main thread.

    Args:
        bot: not started yet; closed afterwards, however this ends.
        token: Discord's token of the bot.
        patience: seconds that answers in flight have at a stop.
        guard: raises, sooner or later, where the bot may not go on.

    Raises:
        AssistantError: the guard's.
        GetToken: Discord refuses the token.
        TryAgainLater: Discord cannot be reached, or does not let the bot in for now.
    """
    if not token.isascii() or not token.isprintable() or " " in token:
        raise token_odd()
    stop = asyncio.Event()
    with stop_signals(stop):
        serving = asyncio.create_task(bot.start(token))
        stopping = asyncio.create_task(stop.wait())
        guarding = asyncio.ensure_future(guard())
        try:
            await asyncio.wait({serving, stopping, guarding}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.done() or guarding.done():
                log.event("stopping")
                await bot.finish_answers(patience)
            if not stopping.done():
                raise_as_ours((guarding if guarding.done() else serving).exception())
        finally:
            for task in (stopping, serving, guarding):
                task.cancel()
            await asyncio.wait({serving, stopping, guarding})
            await _close(bot)


async def _close(bot: SupervisionBot) -> None:
    """Close the connection; a Discord that does not answer the goodbye is not waited for."""
    try:
        async with asyncio.timeout(_SECONDS_TO_CLOSE):
            await bot.close()
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        log.event("close failed", level=logging.WARNING, error=type(error).__name__)
