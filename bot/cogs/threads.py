"""Where an answer to a mention may stand: which channels are open for it, and in which thread."""

from contextlib import suppress

import discord

from bot.cogs.features import Feature
from bot.storage.servers import ServerSettings, Threads

_NAME = "Consultation"
"""A thread's name; it says nothing of the question."""

NOT_OPEN = "In this channel I answer nobody in public."
_NO_THREADS = "I may not open a thread here: I lack the permission for it, which a manager of the server can give me."
_WRONG_KIND = "There are no threads in this kind of channel, so I do not answer here."
_NOT_PRIVATE = "This server wants my answers in private threads, and there can be none inside a thread or post."


def is_ours(channel: discord.abc.Snowflake | None, me: int) -> bool:
    """Tell whether a channel is a thread that the bot opened."""
    return isinstance(channel, discord.Thread) and channel.owner_id == me


def is_open(channel: discord.abc.Snowflake | None, settings: ServerSettings) -> bool:
    """Tell whether the managers opened a channel, or the channel that a thread is in, for public answers."""
    if channel is None:
        return False
    around = {channel.id, channel.parent_id} if isinstance(channel, discord.Thread) else {channel.id}
    return not settings.open_channels.isdisjoint(around)


def why_not_here(channel: discord.abc.Snowflake | None, settings: ServerSettings, me: int) -> str | None:
    """Return why a mention cannot be answered where it stands, one sentence; None where it can."""
    if Feature.MENTIONS not in settings.features or not is_open(channel, settings):
        return NOT_OPEN
    is_private = settings.threads is Threads.PRIVATE
    match channel:
        case discord.Thread():
            return _NOT_PRIVATE if is_private and not is_ours(channel, me) else None
        case discord.TextChannel():
            may = channel.permissions_for(channel.guild.me)
            opens = may.create_private_threads if is_private else may.create_public_threads
            opens = opens and not (is_private and channel.is_news())
            return None if opens and may.send_messages_in_threads else _NO_THREADS
        case _:
            return _WRONG_KIND


async def thread_for(message: discord.Message, visibility: Threads) -> discord.Thread:
    """Return the thread that the answer to a message goes into: the one that it stands in, or a new one.

    Raises:
        discord.HTTPException: none can be opened.
    """
    channel = message.channel
    if isinstance(channel, discord.Thread):
        return channel
    if not isinstance(channel, discord.TextChannel):
        return await message.create_thread(name=_NAME)
    if visibility is Threads.PUBLIC:
        try:
            return await message.create_thread(name=_NAME)
        except discord.NotFound:
            # The message was deleted meanwhile.
            return await channel.create_thread(name=_NAME, type=discord.ChannelType.public_thread)
    thread = await channel.create_thread(name=_NAME, type=discord.ChannelType.private_thread, invitable=False)
    try:
        await thread.add_user(message.author)
    except discord.HTTPException:
        with suppress(discord.HTTPException):
            await thread.delete()
        raise
    return thread
