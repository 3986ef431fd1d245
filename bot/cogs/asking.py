"""Answers questions that were asked in a room: in direct messages, in a thread, or privately by a button."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import discord

from bot import log
from bot.cogs.consult import asker_of
from bot.cogs.delivery import DANGER, ChannelOut, Out, PrivateOut, Under, consent_view, deliver, wait_view
from bot.cogs.incoming import typing
from bot.cogs.layout import notice, quoted
from bot.cogs.reflecting import Reflecting
from bot.cogs.router import Press, Router, button
from bot.cogs.steps import Steps, told_apart
from bot.cogs.threads import thread_for
from bot.consult.desk import ConsentFirst, Desk, Wait
from bot.consult.exchange import Asker, Exchange, ShortMemory
from bot.consult.outcome import Screened
from bot.consult.reply import Part, Reply, Role
from bot.storage.consents import WriterChoice
from bot.storage.servers import Threads

SECONDS_HELD = 15 * 60.0

_PRIVATELY = "Answer me privately"
_NOTICE_FIRST = (
    "Before my first answer to you here there is a notice to read; it takes a minute. The button shows it to you "
    "alone, and then I answer."
)
_SHOW_NOTICE = "Show me the notice"
_READ_BY_OTHERS = (
    "**You asked in a channel of this server.** What you wrote there others can read, and where the server has it so, "
    "the answer too. `/consult` is between you and me."
)
_AGREED = "Noted. `/privacy` shows what is kept of you, and takes it back."
_NOT_NOW = (
    "All right. I no longer hold your question, and you can come back any time. Please do bring it to your supervisor."
)
_NOT_YOURS = "This button is for the person who asked. `/consult` takes a question of your own."
_LAPSED = (
    "I no longer hold this question: I keep one for 15 minutes only, once, and not over a restart. `/consult` takes it "
    "again, privately."
)
_NO_THREAD = "I could not open a thread here."
_IN_THREAD = "I answered you in a thread of your own: {thread}. Moderators of the server can read it too."
_FOLLOW_UP = "**A follow-up question**"
_STANDS_HERE = (
    "**I removed {kinds} before processing this. Your message with it still stands in the channel.** Please delete or "
    "edit it now, and tell your supervisor or privacy officer. What is typed in Discord, Discord has received."
)

Privately: TypeAlias = Callable[..., Awaitable[None]]
"""Answers the person of an acknowledged interaction alone: interaction, asker, question."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question asked in a room.

    Attributes:
        asker: who asks, and where.
        text: as typed.
        channel: where it was asked.
        message: the message that it was asked in; None where a form was.
        private: whether it is answered to the asker alone whatever the place.
        key: under what it is held.
    """

    asker: Asker
    text: str
    channel: discord.abc.Messageable
    message: discord.Message | None = None
    private: bool = False
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def is_direct(self) -> bool:
        """Whether nobody else is there."""
        return isinstance(self.channel, discord.DMChannel)

    def is_in(self, channel: discord.abc.Snowflake) -> bool:
        """Tell whether it was asked in a message of this channel."""
        return self.message is not None and self.message.channel.id == channel.id


class FollowupOut:
    """Messages that only the person of an interaction sees, each a new one, whatever was shown there before."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        """Hold the interaction, which was acknowledged."""
        self._interaction = interaction

    async def put(self, view: discord.ui.LayoutView) -> None:
        """Send a message."""
        await self._interaction.followup.send(view=view, ephemeral=True)

    async def put_plain(self, content: str, view: discord.ui.View | None) -> None:
        """Send a message."""
        more: dict[str, Any] = {"view": view} if view else {}
        await self._interaction.followup.send(content, ephemeral=True, **more)


class Asking:
    """Takes questions to the desk and brings what they came to where it belongs."""

    def __init__(
        self,
        *,
        desk: Desk,
        router: Router,
        steps: Steps,
        under: Under,
        privately: Privately,
        reflecting: Reflecting,
    ) -> None:
        """Hold the collaborators.

        Args:
            desk: takes questions.
            router: leads the buttons here.
            steps: shows what danger asks for, in public places.
            under: gives the buttons under an answer.
            privately: answers a question to the person of an interaction alone.
            reflecting: stands before the answer to a direct message where its author wants that.
        """
        self._desk = desk
        self._steps = steps
        self._reflecting = reflecting
        self._under = under
        self.privately = privately
        self._held: ShortMemory[str, Question] = ShortMemory(SECONDS_HELD)
        router.on("privately", self._privately)
        router.on("notice", self._notice)
        router.on("begin", self._begin)
        router.on("leave", self._leave)

    async def offer(self, question: Question, why: str) -> None:
        """Say in reply to a message why it is not answered there, with a button that answers its author alone."""
        key = self._hold(question)
        press = button(_PRIVATELY, "privately", key, question.asker.person, style=discord.ButtonStyle.primary)
        await _beside(question).put(notice(why, DANGER, buttons=[press]))

    async def here(self, question: Question) -> None:
        """Answer a message where it was written."""
        async with typing(question.channel):
            direct = question.is_direct
            if direct and await self._reflecting.stands_before(question.asker, question.text, _beside(question)):
                return
            handled = await self._desk.ask(question.asker, question.text)
            match handled:
                case ConsentFirst():
                    await _beside(question).put(self._consent(question, handled))
                case Wait():
                    await _beside(question).put(wait_view(handled))
                case exchange:
                    await self._answer(question, exchange)

    async def through(self, question: Question, out: Out) -> None:
        """Answer a question where it was asked; what only the asker may see goes out to them alone."""
        handled = await self._desk.ask(question.asker, question.text)
        match handled:
            case ConsentFirst():
                aside = "" if question.private else _READ_BY_OTHERS
                key = self._hold(question)
                await out.put(consent_view(handled, key, agree="begin", decline="leave", aside=aside))
            case Wait():
                await out.put(wait_view(handled))
            case exchange if question.private or told_apart(exchange.outcome):
                await deliver(exchange, out, self._under)
            case exchange:
                thread = await self._thread(question, exchange)
                if thread is None:
                    await deliver(exchange, out, self._under)
                    return
                await self._into(thread, question, exchange)
                await out.put(notice(f"Answered in {thread.mention}.", self._desk.close(exchange.region)))

    def forget(self, person: int) -> None:
        """Hold no question of a person any longer."""
        self._held.drop(lambda _, question: question.asker.person == person)

    def _hold(self, question: Question) -> str:
        self._held.put(question.key, question)
        return question.key

    def _consent(self, question: Question, asked: ConsentFirst) -> discord.ui.LayoutView:
        """Return the notice, and in a public place a button that shows it."""
        key = self._hold(question)
        if question.is_direct:
            return consent_view(asked, key, agree="begin", decline="leave")
        press = button(_SHOW_NOTICE, "notice", key, question.asker.person, style=discord.ButtonStyle.primary)
        return notice(_NOTICE_FIRST, DANGER, buttons=[press])

    async def _answer(self, question: Question, exchange: Exchange) -> None:
        """Answer a message: there in direct messages, else in a thread, or with a button where none can be opened."""
        if question.is_direct:
            await deliver(exchange, _beside(question), self._under)
        elif question.message and told_apart(exchange.outcome):
            await self._steps.answer(question.message, exchange)
        elif thread := await self._thread(question, exchange):
            await self._into(thread, question, exchange)
            if thread.is_private() and not question.is_in(thread):
                await _beside(question).put(notice(_IN_THREAD.format(thread=thread.mention)))
        else:
            await self.offer(question, _NO_THREAD)

    async def _into(self, thread: discord.Thread, question: Question, exchange: Exchange) -> None:
        """Send a reply into a thread, where its conversation goes on."""
        if thread.id != exchange.asker.place:
            exchange = replace(exchange, asker=replace(exchange.asker, place=thread.id))
            self._desk.conversations.add(question.text, exchange)
        answers = question.message if question.is_in(thread) else None
        await deliver(_for_all(question, exchange), ChannelOut(thread, answers), self._under)

    async def _thread(self, question: Question, exchange: Exchange) -> discord.Thread | None:
        if isinstance(question.channel, discord.Thread):
            return question.channel
        if question.message is None:
            raise RuntimeError("a question asked in a form belongs to a thread")
        try:
            return await thread_for(question.message, exchange.server.threads if exchange.server else Threads.PRIVATE)
        except discord.HTTPException as error:
            log.event("thread not opened", error=type(error).__name__)
            return None

    async def _privately(self, press: Press) -> None:
        question = await self._taken(press)
        if question is None:
            return
        try:
            await self.privately(press.interaction, question.asker, question.text)
        except Exception:
            # Whatever failed, the person can press again: the question is held as before, and the router says the rest.
            self._held.put(press.arguments[0], question)
            raise

    async def _notice(self, press: Press) -> None:
        question = await self._taken(press)
        if question is not None:
            await self.through(question, PrivateOut(press.interaction))

    async def _taken(self, press: Press) -> Question | None:
        """Acknowledge a press and return the question that waited for it; None where its person was told why not."""
        key, person = press.arguments
        interaction = press.interaction
        if str(interaction.user.id) != person:
            await interaction.response.send_message(view=notice(_NOT_YOURS), ephemeral=True)
            return None
        await interaction.response.defer(ephemeral=True, thinking=True)
        question = self._held.take(key)
        if question is None:
            await interaction.edit_original_response(view=notice(_LAPSED, DANGER))
        return question

    async def _begin(self, press: Press) -> None:
        key, writer = press.arguments
        interaction = press.interaction
        await interaction.response.edit_message(view=notice(_AGREED))
        held = self._held.find(key)
        is_theirs = held is not None and held.asker.person == interaction.user.id
        await self._desk.consent(held.asker if held and is_theirs else asker_of(interaction), WriterChoice(writer))
        question = self._mine(key, interaction.user.id)
        if question is None:
            await interaction.followup.send(view=notice(_LAPSED, DANGER), ephemeral=True)
        elif question.is_direct:
            await self.here(question)
        else:
            await self.through(question, FollowupOut(interaction))

    async def _leave(self, press: Press) -> None:
        self._mine(press.arguments[0], press.interaction.user.id)
        await press.interaction.response.edit_message(view=notice(_NOT_NOW))

    def _mine(self, key: str, person: int) -> Question | None:
        """Return the question that waits under a key and hold it no longer, if it is this person's."""
        question = self._held.find(key)
        return self._held.take(key) if question and question.asker.person == person else None


def _beside(question: Question) -> ChannelOut:
    return ChannelOut(question.channel, answers=question.message)


def _for_all(question: Question, exchange: Exchange) -> Exchange:
    """Return an exchange as it is shown in a thread.

    What was asked in a form is shown as redacted, since nobody else can see it; who wrote identifiers into a channel
    is asked to take them out of there.
    """
    parts = exchange.reply.parts
    if question.message is None and exchange.question:
        parts = (Part(Role.TEXT, f"{_FOLLOW_UP}\n{quoted(exchange.question)}"), *parts)
    elif question.message and isinstance(exchange.outcome, Screened) and exchange.outcome.question.removed:
        kinds = ", ".join(f"{removal.count} {removal.type}" for removal in exchange.outcome.question.removed)
        told = Part(Role.PRIVACY, _STANDS_HERE.format(kinds=kinds))
        parts = tuple(told if part.role is Role.PRIVACY else part for part in parts)
    return replace(exchange, reply=Reply(parts, exchange.reply.close))
