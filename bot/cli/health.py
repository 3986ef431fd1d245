"""`run --health`: what it listens to, and which parts it looks at."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from bot.cli.console import open_console
from bot.errors import InstallExtra
from bot.health import Address, Check, Readiness, serving_health
from bot.metrics import CONTENT_TYPE, Metrics
from bot.vectors import part_of
from knowledge.manifest import read_manifest

if TYPE_CHECKING:
    from bot.app import Services
    from bot.storage.store import Store


class Gateway(Protocol):
    """What is asked of the client."""

    @property
    def connected(self) -> bool:
        """Whether events of Discord arrive."""

    @property
    def guilds(self) -> Sequence[object]:
        """The servers that it is in."""


class HealthDesk:
    """Holds what `--health` needs from before the services are built until the bot is there."""

    def __init__(self, address: str, say: Callable[[str], None] | None = None) -> None:
        """Read the address and make the counts.

        Args:
            address: as typed.
            say: told a sentence where the address is open to others, or the counts are missing.

        Raises:
            FixInput: the address cannot be read.
        """
        self.address = Address.read(address)
        self.gateway: Gateway | None = None
        self.store: Store | None = None
        self.metrics: Metrics | None = None
        say = say or open_console(stderr=True, markup=False, soft_wrap=True).print
        try:
            self.metrics = Metrics()
        except InstallExtra as missing:
            say(str(missing))
        if not self.address.private:
            say(f"Whoever can reach {self.address} can read the health and the metrics of this bot.")

    def watch(self, gateway: Gateway, store: "Store") -> None:
        """Look at this client and these records from now on."""
        self.gateway, self.store = gateway, store
        if self.metrics:
            self.metrics.watch_guilds(lambda: len(gateway.guilds))

    @asynccontextmanager
    async def serving(self, services: "Services") -> AsyncIterator[Address]:
        """Answer until the block ends.

        Raises:
            FixInput: nothing can listen at the address.
        """
        metrics = self.metrics
        readiness = Readiness({"gateway": self._gateway, "database": self._database, "index": _index_of(services)})
        counts = (lambda: (metrics.text(), CONTENT_TYPE)) if metrics else None
        async with serving_health(self.address, readiness, counts) as bound:
            yield bound

    async def _gateway(self) -> str | None:
        return None if self.gateway and self.gateway.connected else "not connected to Discord"

    async def _database(self) -> str | None:
        if self.store is None:
            return "not opened yet"
        return None if await self.store.database.revision() else "has no revision"


def _index_of(services: "Services") -> Check:
    async def look() -> str | None:
        settings = services.settings
        manifest = await asyncio.to_thread(read_manifest, settings.data_dir, part_of(settings))
        if not manifest.ready:
            return "is being built"
        if services.place:
            await asyncio.to_thread(services.place.look)
        return None if manifest.corpus == services.corpus.digest else "was made from other cards"

    return look
