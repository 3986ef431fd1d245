"""A connection to Discord that takes its session up again whenever that is possible."""

from discord.backoff import ExponentialBackoff
from discord.gateway import ReconnectWebSocket
from discord.shard import Shard


class ResumingShard(Shard):
    """Takes its session up again also where the first attempt to connect has failed.

    discord.py's own shard begins a new session then, and Discord would never tell what people did meanwhile. Where the
    session is no longer there, Discord says so, and a new one is begun.
    """

    async def reconnect(self) -> None:
        """Connect once more."""
        if self.ws.session_id is None:
            await super().reconnect()
        else:
            await self.reidentify(ReconnectWebSocket(self.id, resume=True))

    def settled(self) -> None:
        """Begin to wait shortly again after the next break, now that the session was taken up.

        discord.py's own waits go on growing for half an hour, up to a quarter of an hour each.
        """
        self._backoff = ExponentialBackoff()
