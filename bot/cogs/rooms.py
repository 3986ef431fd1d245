"""Messages to the bot: direct ones, mentions, and those in its own threads, where it leaves supervisors the floor."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord.ext import commands

from bot import log
from bot.cogs.asking import Asking, Question
from bot.cogs.delivery import DANGER, ChannelOut, PrivateOut
from bot.cogs.failures import sentence_for, tell
from bot.cogs.flights import Flights
from bot.cogs.incoming import addresses, addresses_role_of, carries_more, is_personal, only_quotes, words_of, writer_of
from bot.cogs.layout import notice
from bot.cogs.steps import Steps
from bot.cogs.threads import is_ours, why_not_here
from bot.consult.desk import Desk
from bot.consult.exchange import Asker, ShortMemory
from bot.errors import AssistantError
from bot.storage.servers import ServerSettings
from bot.storage.store import Store

if TYPE_CHECKING:
    from discord.abc import MessageableChannel

_SECONDS_REMEMBERED = 10 * 60.0
"""Discord may send an event again after a lost connection; how long a message is known as answered."""

_HOW = (
    "Write your question behind the mention: what happened between you and the client, and what you want help with. No "
    "names, places or dates. `/consult` answers you alone, in any channel."
)
_NOT_THE_ROLE = (
    "That mentions my role, and Discord does not show me what you wrote. Please mention me myself, or use `/consult`."
)
_NO_PICTURES = (
    "I read words only, and open no picture, file, voice message, sticker or forwarded message: they identify people. "
    "Please tell me in your own words, without names, places or dates. If it shows a client, please delete it."
)
_NOT_OPENED = (
    "-# I read your words only and did not open what came with them: pictures and files identify people. If it shows a "
    "client, please delete it."
)
_FLOOR = (
    "A supervisor is writing here, so I leave the floor to them and keep quiet for a while. For your eyes alone there "
    "is `/consult`."
)

Handler: TypeAlias = Callable[[discord.Message], Awaitable[None]]


class RoomsCog(commands.Cog):
    """Answers messages; each at most once, and danger before everything else."""

    def __init__(
        self,
        *,
        bot: commands.AutoShardedBot,
        desk: Desk,
        store: Store,
        asking: Asking,
        steps: Steps,
        flights: Flights,
    ) -> None:
        """Hold the collaborators.

        Args:
            bot: whose messages these are.
            desk: reads for danger.
            store: what the servers have set, and in which threads a supervisor has the floor.
            asking: takes questions and brings the answers.
            steps: shows what danger asks for, in public places.
            flights: counts what is being answered.
        """
        self._bot = bot
        self._desk = desk
        self._store = store
        self._asking = asking
        self._steps = steps
        self._flights = flights
        self._seen: ShortMemory[int, int] = ShortMemory(_SECONDS_REMEMBERED)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is for the bot; whatever fails ends in a sentence in reply."""
        handler = self._handler(message)
        if handler is None or self._seen.find(message.id):
            return
        self._seen.put(message.id, message.id)
        await self._flights.board(message)
        try:
            await handler(message)
        except Exception as error:  # noqa: BLE001  # the border: behind it discord.py only logs
            log.event("message failed", level=logging.ERROR, error=type(error).__name__)
            await tell(message, sentence_for(error))

    async def answer(
        self, interaction: discord.Interaction[Any], asker: Asker, question: str, *, aside: str = ""
    ) -> None:
        """Answer a follow-up that was typed into a form: into the thread where that is ours, else to its asker alone.

        Args:
            interaction: acknowledged, for its person alone.
            asker: who asks, and where.
            question: as typed.
            aside: said before a private answer.
        """
        channel = interaction.channel
        if isinstance(channel, discord.Thread) and is_ours(channel, self._me):
            settings = await self._settings_unless_quiet(asker, channel)
            if settings and not why_not_here(channel, settings, self._me):
                await self._asking.through(Question(asker, question, channel), PrivateOut(interaction))
                return
        await self._asking.privately(interaction, asker, question, aside=aside)

    @property
    def _me(self) -> int:
        return self._bot.user.id if self._bot.user else 0

    def _handler(self, message: discord.Message) -> Handler | None:
        """Return what answers a message; None where it is not for the bot."""
        if not is_personal(message):
            return None
        if message.guild is None:
            return self._direct
        if addresses(message, self._me):
            return self._mentioned
        if addresses_role_of(message, self._me):
            return self._role_mentioned
        return self._overheard if is_ours(message.channel, self._me) else None

    async def _direct(self, message: discord.Message) -> None:
        text = words_of(message, self._me)
        if not text:
            await self._reply(message, _NO_PICTURES)
            return
        await self._leave_unopened(message)
        await self._asking.here(Question(writer_of(message), text, message.channel, message))

    async def _mentioned(self, message: discord.Message) -> None:
        text = words_of(message, self._me)
        asker = writer_of(message)
        if text and (danger := await self._desk.danger(asker, text)):
            await self._steps.answer(message, danger)
            return
        if only_quotes(message, self._me):
            return
        settings = await self._store.servers.settings(asker.server or 0)
        channel = await self._whole(message)
        if is_ours(channel, self._me) and await self._leaves_floor(message, settings):
            return
        if not text:
            await self._reply(message, _NO_PICTURES if carries_more(message) else _HOW)
            return
        await self._leave_unopened(message)
        question = Question(asker, text, channel, message)
        if why := why_not_here(channel, settings, self._me):
            await self._asking.offer(question, why)
        else:
            await self._asking.here(question)

    async def _role_mentioned(self, message: discord.Message) -> None:
        await self._reply(message, _NOT_THE_ROLE)

    async def _overheard(self, message: discord.Message) -> None:
        """Note that a supervisor wrote in a thread of ours; the event comes without content, which is enough."""
        settings = await self._store.servers.settings(message.guild.id if message.guild else 0)
        if _is_supervisor(message.author, settings):
            await self._store.floors.take(message.channel.id, settings.server)

    async def _leaves_floor(self, message: discord.Message, settings: ServerSettings) -> bool:
        """Tell whether a mention in a thread of ours is left to a supervisor, which is said once."""
        thread = message.channel.id
        if _is_supervisor(message.author, settings):
            # They have the floor from now on, and may well ask for something themselves.
            await self._store.floors.take(thread, settings.server)
            return False
        if not await self._store.floors.is_taken(thread):
            return False
        if await self._store.floors.may_say_so(thread):
            await self._reply(message, _FLOOR)
        return True

    async def _settings_unless_quiet(self, asker: Asker, thread: discord.Thread) -> ServerSettings | None:
        """Return what the server has set; None where a supervisor has the floor, or it cannot be looked up."""
        try:
            is_quiet = await self._store.floors.is_taken(thread.id)
            return None if is_quiet else await self._store.servers.settings(asker.server or 0)
        except AssistantError:
            return None

    async def _whole(self, message: discord.Message) -> "MessageableChannel":
        """Return a message's channel, asking Discord where nothing but its id is known, as of an old thread."""
        if isinstance(message.channel, discord.PartialMessageable):
            with suppress(discord.HTTPException):
                found = await self._bot.fetch_channel(message.channel.id)
                if isinstance(found, discord.Thread):
                    return found
        return message.channel

    async def _leave_unopened(self, message: discord.Message) -> None:
        if carries_more(message):
            with suppress(discord.HTTPException):
                await self._reply(message, _NOT_OPENED)

    async def _reply(self, message: discord.Message, text: str) -> None:
        await ChannelOut(message.channel, answers=message).put(notice(text, DANGER))


def _is_supervisor(author: discord.User | discord.Member, settings: ServerSettings) -> bool:
    role = settings.supervisor_role
    return role is not None and isinstance(author, discord.Member) and author.get_role(role) is not None
