"""What a message says to the bot, and who wrote it."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import discord

from bot.consult.exchange import Asker

_KINDS = frozenset({discord.MessageType.default, discord.MessageType.reply})
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_QUOTE = re.compile(r"^>>> (?s:.*)|^> .*$", re.MULTILINE)
_EMOJI = re.compile(r"<a?:(\w+):\d+>")


def is_personal(message: discord.Message) -> bool:
    """Tell whether a person wrote this: no bot, no webhook, no notice of Discord's own."""
    author = message.author
    return not author.bot and not author.system and message.webhook_id is None and message.type in _KINDS


def addresses(message: discord.Message, me: int) -> bool:
    """Tell whether a message mentions the bot, or answers it with a ping; a mention in code is none."""
    if not any(user.id == me for user in message.mentions):
        return False
    return not _names(message.content, me) or _names(_CODE.sub(" ", message.content), me)


def only_quotes(message: discord.Message, me: int) -> bool:
    """Tell whether the bot is mentioned in nothing but a quotation, so that somebody else was asking."""
    return _names(message.content, me) and not _names(_QUOTE.sub(" ", _CODE.sub(" ", message.content)), me)


def addresses_role_of(message: discord.Message, me: int) -> bool:
    """Tell whether a message mentions the role that Discord made for the bot; its content does not reach us then."""
    return any(role.tags is not None and role.tags.bot_id == me for role in message.role_mentions)


def words_of(message: discord.Message, me: int) -> str:
    """Return what a message says, without the mention of the bot and with custom emoji as their names."""
    without = re.sub(rf"<@!?{me}>", " ", message.content)
    return "\n".join(" ".join(line.split()) for line in _EMOJI.sub(r":\1:", without).splitlines()).strip()


def carries_more(message: discord.Message) -> bool:
    """Tell whether there is more than words: pictures, files, a voice message, stickers, a poll, another's message."""
    return bool(message.attachments or message.stickers or message.poll or message.flags.forwarded)


def writer_of(message: discord.Message) -> Asker:
    """Return who wrote a message, and where."""
    return Asker(message.author.id, message.guild.id if message.guild else None, message.channel.id)


def _names(text: str, me: int) -> bool:
    return re.search(rf"<@!?{me}>", text) is not None


@asynccontextmanager
async def typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that the bot is typing, where it may; that it cannot be shown stops nothing."""
    async with AsyncExitStack() as stack:
        with suppress(discord.HTTPException):
            await stack.enter_async_context(channel.typing())
        yield
