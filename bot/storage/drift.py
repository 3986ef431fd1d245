"""How far the database server's clock is from ours."""

from sqlalchemy import func, select

from bot.settings import Settings
from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.place import SqlitePlace


async def seconds_ahead(settings: Settings, *, clock: Clock = utc_now) -> float:
    """Return by how many seconds the database's clock is ahead of ours; 0 for SQLite, which has ours.

    Raises:
        AssistantError: the settings are wrong, or the database cannot be reached.
    """
    async with Database.of(settings) as database:
        if isinstance(database.place, SqlitePlace):
            return 0.0
        async with database.reading() as session:
            await session.connection()
            before = clock()
            theirs = (await session.execute(select(func.clock_timestamp()))).scalar_one()
            ours = before + (clock() - before) / 2
    return float((theirs - ours).total_seconds())
