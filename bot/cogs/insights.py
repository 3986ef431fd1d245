"""`/insights`: what supervisors see of their server's last days, as numbers and as a picture."""

import asyncio
import io
from importlib.util import find_spec
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.answers import REASONS
from bot.cogs.consult import asker_of
from bot.cogs.layout import Top, sealed
from bot.cogs.permissions import require_supervisor
from bot.cogs.render import inert
from bot.consult.desk import Desk
from bot.curation.insights import Overview, alt_text, overview, told
from bot.storage.clock import Clock, utc_now
from bot.storage.store import Store

_FILE = "insights.png"
_NO_PICTURE = "-# For a picture of these numbers, whoever runs this program installs its extra `insights`."
_NEEDED = "matplotlib"


class InsightsCog(commands.Cog):
    """The numbers of a server."""

    def __init__(self, *, desk: Desk, store: Store, clock: Clock = utc_now) -> None:
        """Hold the collaborators, and the time."""
        self._desk = desk
        self._store = store
        self._clock = clock

    @app_commands.command(
        name="insights", description="What was asked here in the last 30 days, in numbers; for supervisors."
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def insights(self, interaction: discord.Interaction[Any]) -> None:
        """Show the numbers, and the picture where it can be drawn."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        seen = await overview(self._store, server, self._clock(), reasons=REASONS)
        texts = [inert(text) for text in told(seen)]
        is_drawn = find_spec(_NEEDED) is not None
        drawn = await _picture(seen) if is_drawn else None
        close = await self._desk.close_for(asker_of(interaction))
        if drawn is None:
            view = _view([*texts, "" if is_drawn else _NO_PICTURE], [], close)
            await interaction.edit_original_response(view=view)
            return
        alt = alt_text(seen)
        file = discord.File(io.BytesIO(drawn), filename=_FILE, description=alt)
        gallery: Top = discord.ui.MediaGallery(discord.MediaGalleryItem(file, description=alt))
        await interaction.edit_original_response(view=_view(texts, [gallery], close), attachments=[file])


async def _picture(seen: Overview) -> bytes | None:
    """Draw in a thread; matplotlib is imported there too, since that takes a second."""

    def draw_it() -> bytes | None:
        from bot.curation.picture import draw  # noqa: PLC0415  # an extra

        return draw(seen)

    return await asyncio.to_thread(draw_it)


def _view(texts: list[str], extra: list[Top], close: str) -> discord.ui.LayoutView:
    shown = [discord.ui.TextDisplay[Any](text) for text in texts if text]
    return sealed([*shown, *extra, discord.ui.TextDisplay(close)])
