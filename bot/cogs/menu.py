"""Consult on this: one's own message at once, another's with its author's consent, and danger before either."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import log
from bot.cogs.asking import Asking, FollowupOut, Question
from bot.cogs.consult import asker_of
from bot.cogs.delivery import DANGER, ChannelOut, PrivateOut, deliver
from bot.cogs.failures import answer_failure
from bot.cogs.incoming import is_personal, words_of
from bot.cogs.layout import notice
from bot.cogs.router import Press, Router, button
from bot.cogs.steps import Steps
from bot.cogs.threads import is_open
from bot.consult.desk import Desk
from bot.consult.exchange import Exchange, ShortMemory
from bot.consult.outcome import CrisisReferral
from bot.consult.reply import Part, Reply, Role
from bot.safety.verdicts import Alarm, Audience, Level
from bot.storage.store import Store

NAME = "Consult on this"

_SECONDS_ASKED = 14 * 60.0
"""How long an author has; Discord lets the interaction be answered for 15 minutes, and an answer takes a while."""

_SECONDS_REMEMBERED = 24 * 3600.0
"""How long it is known that the author of a message was asked; they are asked once."""

_OURS = "That is a message of mine. The buttons under my answers go on with them; `/consult` starts anew."
_A_PROGRAMS = "A program or Discord itself wrote that message, so there is nobody to consult about."
_NO_WORDS = (
    "There are no words of its author in that message. I never open pictures, files, voice messages or forwarded "
    "messages, since they identify people. `/consult` takes your question in your own words."
)
_ASK_THEM = (
    "Those are somebody else's words, and I cannot ask for their consent here. Please ask them yourself: they can "
    "consult me about their own message, or you about your own side of it with `/consult`. I answered nothing and keep "
    "nothing."
)
_CANNOT_POST = "I lack the permission to ask the author here. Please ask them yourself; I keep nothing."
_ASKED = (
    "Those are somebody else's words, so I asked their author for consent, in reply to the message. If they allow it "
    "within 14 minutes, you get an answer here, for you alone."
)
_ASKED_BEFORE = "Its author has been asked about this message already, and is not asked again. Nothing was answered."
_REQUEST = (
    "{invoker} would like to consult me about this message, to get an answer that only they see. May I read it for "
    "that? Only its author can decide, and either is fine."
)
_ONLY_AUTHOR = "Only the author of the message can decide that."
_ALLOWED = "Its author allowed it. Whoever asked is answered privately."
_REFUSED = "Its author would rather not. Nothing was answered, and I keep nothing of the message."
_DECLINED = (
    "The author would rather not have me read that message, so I did not answer. That is theirs to decide; you could "
    "ask them how they are. About your own side of it you can ask me with `/consult`."
)
_LAPSED = (
    "This request lapsed: I can answer whoever asked for 15 minutes only, and not over a restart. Nothing was answered "
    "and nothing is kept. They can ask again with their own words, with `/consult`."
)
_REACH = (
    "**The person who wrote this may not be safe themselves. Please reach them now:** phone them or go to them, and "
    "write only if nothing else works. Say what you saw, ask plainly whether they are safe, and stay with them or on "
    "the line until somebody is there. If you cannot reach them, the steps below start with the emergency number."
)
_TELLS = (
    "**This message may tell of danger to somebody.** Please make sure that its author is not alone with it: phone "
    "them now, and take the steps below together."
)
_NOT_TOLD = "I could not write to them there, so please do not rely on me: reach them yourself, by phone."


@dataclass(frozen=True, slots=True)
class _Request:
    """A question about another's message, while its author decides."""

    interaction: discord.Interaction[Any]
    question: Question


class MenuCog(commands.Cog):
    """The context menu on messages."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        desk: Desk,
        store: Store,
        router: Router,
        asking: Asking,
        steps: Steps,
    ) -> None:
        """Hold the collaborators; the menu joins the tree when the cog is added."""
        self._tree = tree
        self._desk = desk
        self._store = store
        self._asking = asking
        self._steps = steps
        self._menu = app_commands.ContextMenu(name=NAME, callback=self._consult_on)
        self._requests: ShortMemory[str, _Request] = ShortMemory(_SECONDS_ASKED)
        self._asked: ShortMemory[int, int] = ShortMemory(_SECONDS_REMEMBERED)
        self._warned: ShortMemory[int, int] = ShortMemory(_SECONDS_REMEMBERED)
        router.on("allow", self._allow)
        router.on("refuse", self._refuse)

    async def cog_load(self) -> None:
        """Add the menu to the commands."""
        self._tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the menu out of the commands."""
        self._tree.remove_command(self._menu.name, type=self._menu.type)

    def forget(self, person: int) -> None:
        """Hold no request of a person any longer."""
        self._requests.drop(lambda _, request: request.question.asker.person == person)

    async def _consult_on(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        me = interaction.client.user.id if interaction.client.user else interaction.application_id
        text = words_of(message, me)
        if why := _why_not(message, text, me):
            await interaction.edit_original_response(view=notice(why, DANGER))
        elif message.author.id == interaction.user.id:
            await self._asking.privately(interaction, asker_of(interaction), text)
        elif referral := await self._desk.reads_danger(text):
            await self.reach(interaction, message, referral)
        else:
            await self._ask_author(interaction, message, text)

    async def reach(
        self, interaction: discord.Interaction[Any], message: discord.Message, referral: CrisisReferral
    ) -> None:
        """Show the asker how to reach the author now, and the author that there are steps."""
        of_author = referral.alarm.audience is Audience.SELF
        # The author's own danger is, to whoever reads of it, another's.
        theirs = CrisisReferral(Alarm(Level.CRISIS)) if of_author else referral
        exchange = await self._desk.refer(asker_of(interaction), theirs)
        await deliver(_led_by(_REACH if of_author else _TELLS, exchange), PrivateOut(interaction), lambda _: ())
        if not await self._warn(interaction, message, referral, exchange.region):
            await FollowupOut(interaction).put(notice(_NOT_TOLD, DANGER))

    async def _warn(
        self, interaction: discord.Interaction[Any], message: discord.Message, referral: CrisisReferral, region: str
    ) -> bool:
        """Answer a message with the line for everyone, once; tell whether its author has it."""
        if self._warned.find(message.id):
            return True
        if not may_post(interaction):
            return False
        self._warned.put(message.id, message.id)
        line = self._steps.line(referral, message.author.id, region)
        try:
            await ChannelOut(message.channel, answers=message).put(line)
        except discord.HTTPException as error:
            log.event("safety line not posted", error=type(error).__name__)
            self._warned.take(message.id)
            return False
        return True

    async def _ask_author(self, interaction: discord.Interaction[Any], message: discord.Message, text: str) -> None:
        asker = asker_of(interaction)
        settings = await self._store.servers.settings(asker.server) if asker.server else None
        told = _ASK_THEM
        if self._asked.find(message.id):
            told = _ASKED_BEFORE
        elif settings and is_open(interaction.channel, settings):
            question = Question(asker, text, message.channel, private=True)
            told = await self._request(_Request(interaction, question), message)
        await interaction.edit_original_response(view=notice(told, DANGER))

    async def _request(self, request: _Request, message: discord.Message) -> str:
        """Ask an author for consent, in reply to their message; return what is told whoever wants it."""
        if not may_post(request.interaction):
            return _CANNOT_POST
        key, author = uuid.uuid4().hex, message.author.id
        buttons = [button("Allow", "allow", key, author), button("Don't allow", "refuse", key, author)]
        asked = notice(_REQUEST.format(invoker=request.interaction.user.mention), DANGER, buttons=buttons)
        self._asked.put(message.id, message.id)
        self._requests.put(key, request)
        try:
            await ChannelOut(message.channel, answers=message).put(asked)
        except discord.HTTPException as error:
            log.event("consent not asked", error=type(error).__name__)
            self._asked.take(message.id)
            self._requests.take(key)
            return _CANNOT_POST
        return _ASKED

    async def _allow(self, press: Press) -> None:
        request = await self._decided(press, _ALLOWED)
        if request is None:
            return
        try:
            await self._asking.through(request.question, FollowupOut(request.interaction))
        except Exception as error:  # noqa: BLE001  # the border would tell the author of it, not whoever asked
            await answer_failure(request.interaction, error)

    async def _refuse(self, press: Press) -> None:
        request = await self._decided(press, _REFUSED)
        if request is None:
            return
        try:
            await FollowupOut(request.interaction).put(notice(_DECLINED, DANGER))
        except discord.HTTPException as error:
            await answer_failure(request.interaction, error)

    async def _decided(self, press: Press, told: str) -> _Request | None:
        """Return the request that an author decided on, once; None for anybody else, and where it lapsed."""
        key, author = press.arguments
        response = press.interaction.response
        if str(press.interaction.user.id) != author:
            await response.send_message(view=notice(_ONLY_AUTHOR), ephemeral=True)
            return None
        request = self._requests.take(key)
        await response.edit_message(view=notice(told if request else _LAPSED))
        return request


def _why_not(message: discord.Message, text: str, me: int) -> str | None:
    """Return why there is nothing to consult about; None where there is."""
    if message.author.id == me:
        return _OURS
    if not is_personal(message):
        return _A_PROGRAMS
    return None if text else _NO_WORDS


def may_post(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the bot is a member of this server that may write here."""
    if interaction.guild_id is None or interaction.client.get_guild(interaction.guild_id) is None:
        return False
    may = interaction.app_permissions
    return may.send_messages_in_threads if isinstance(interaction.channel, discord.Thread) else may.send_messages


def _led_by(words: str, exchange: Exchange) -> Exchange:
    reply = exchange.reply
    return replace(exchange, reply=Reply((Part(Role.SAFETY, words), *reply.parts), reply.close))
