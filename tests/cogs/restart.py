"""A restart in the simulated Discord: another process of the bot, with nothing in memory and the same records."""

from pathlib import Path

from bot.client import SupervisionBot
from bot.cogs.registration import CommandsRegistered
from bot.consult.exchange import Conversations
from knowledge.entry import Corpus
from tests.cogs.conftest import Room, curation_of, library_of
from tests.rehearse.fakes import rehearsals_of


async def restarted(room: Room, corpus: Corpus, folder: Path) -> None:
    """Put a new bot in the place of a room's bot."""
    room.desk.conversations = Conversations()
    room.bot = SupervisionBot(
        desk=room.desk,
        store=room.store,
        curation=curation_of(room.store),
        corpus=corpus,
        library=library_of(corpus),
        rehearsals=rehearsals_of(corpus),
        registered=CommandsRegistered(folder / "again"),
    )
    await room.env.restart_bot(room.bot)
