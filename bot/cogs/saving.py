"""Save as curated answer: a message becomes a draft, another's only as its author allows after seeing what is kept."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import log
from bot.cogs.consenting import is_author, tell_later
from bot.cogs.curate import CurateCog, ways
from bot.cogs.delivery import DANGER, Button, ChannelOut
from bot.cogs.incoming import carries_more, is_personal, words_of
from bot.cogs.layout import notice, pages, quoted
from bot.cogs.menu import may_post
from bot.cogs.permissions import is_supervisor, require_supervisor
from bot.cogs.render import inert
from bot.cogs.router import Press, Router, button
from bot.cogs.threads import is_open
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.consult.exchange import ShortMemory
from bot.consult.outcome import CrisisReferral
from bot.curation.drafts import draft_of
from bot.curation.service import Curation, Kept
from bot.errors import AssistantError, FixInput
from bot.safety.verdicts import Redaction
from bot.storage.curated import Origin
from bot.storage.store import Store

NAME = "Save as curated answer"

_SECONDS_ASKED = 24 * 3600.0
"""How long an author has; meanwhile the redacted words are in memory, and nowhere else."""

_OURS = "That is a message of mine. What supervisors stand behind is in their own words: `/curate new`."
_A_PROGRAMS = "A program or Discord itself wrote that message, so there is nobody whose words they are."
_MORE = (
    "That message carries a picture, a file, a poll or another's message. I open none of them, since they identify "
    "people, and a draft without them would lose what was meant. `/curate new` takes it in words."
)
_NO_WORDS = "There are no words in that message to make a draft of. `/curate new` takes them."
_ORDER = "Its title and its question are the first words of the message: **Edit** opens the form to write better ones."
_ASKED = (
    "Those are somebody else's words, so I asked their author {where}. Nothing is kept unless they allow it within a "
    "day; then you are told."
)
_PRIVATELY = "privately"
_IN_REPLY = "in reply to the message, since I could not write to them privately"
_ASKED_BEFORE = "Its author has been asked about this message already, and is not asked again. Nothing was kept."
_CANNOT_ASK = (
    "Those are somebody else's words, and I could not ask their author, neither privately nor here. Please ask them "
    "yourself; they can write it with you in `/curate new`. Nothing was kept."
)
_REQUEST = (
    "{invoker}, a supervisor in *{server}*, would like to keep {what} as the draft of an answer. Other supervisors "
    "read and approve it before any member of that server gets it. May they? Only you can decide, and either is fine. "
    "If you do not, or not within a day, nothing is kept."
)
_SHOWN = "these words of yours, from which I took out what looked like it identifies somebody,"
_ABOVE = "the words of this message, without what looks like it identifies somebody,"
_NAMED = (
    "With your name, supervisors see in its history whose message it was; askers never do. Once kept, the draft is "
    "theirs to change; your name you can take out with `/privacy forget-me`."
)
_KEPT = "Thank you. It is kept as a draft, {name}."
_WITH, _WITHOUT = "with your name", "without your name"
_REFUSED = "Nothing was kept. Whoever asked is told no more than that."
_LAPSED = "This request lapsed after a day or a restart. Nothing was kept; whoever asked can ask again."
_NO_LONGER = "Whoever asked is no supervisor there any more, so nothing was kept."
_ALLOWED = "**The author allowed it.** Kept as the draft *{title}* (`{name}`). " + _ORDER
_DECLINED = "The author of the message would rather not have it kept. Nothing was."


@dataclass(frozen=True, slots=True)
class _Request:
    """A wish to keep somebody's words, while they decide.

    Attributes:
        interaction: of whoever wishes it.
        server: for which server.
        author: whose words they are.
        words: as redacted.
    """

    interaction: discord.Interaction[Any]
    server: int
    author: int
    words: Redaction


Reach = Callable[[discord.Interaction[Any], discord.Message, CrisisReferral], Awaitable[None]]
"""Shows whoever chose a message how to reach its author, who may be in danger."""


class SavingCog(commands.Cog):
    """The context menu of supervisors on messages."""

    def __init__(  # noqa: PLR0913  # each collaborator by its name
        self,
        *,
        tree: app_commands.CommandTree[Any],
        desk: Desk,
        store: Store,
        curation: Curation,
        router: Router,
        curate: CurateCog,
        danger: DangerFirst,
        reach: Reach,
    ) -> None:
        """Hold the collaborators; the menu joins the tree when the cog is added."""
        self._tree = tree
        self._desk = desk
        self._store = store
        self._curation = curation
        self._curate = curate
        self._danger = danger
        self._reach = reach
        self._menu = app_commands.ContextMenu(
            name=NAME,
            callback=self._save,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._requests: ShortMemory[str, _Request] = ShortMemory(_SECONDS_ASKED)
        self._asked: ShortMemory[int, int] = ShortMemory(_SECONDS_ASKED)
        router.on("cusave", self._allow)
        router.on("cusavenot", self._refuse)

    async def cog_load(self) -> None:
        """Add the menu to the commands."""
        self._tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the menu out of the commands."""
        self._tree.remove_command(self._menu.name, type=self._menu.type)

    def forget(self, person: int) -> None:
        """Hold no request of a person any longer, nor one for their words."""
        self._requests.drop(lambda _, one: person in (one.interaction.user.id, one.author))

    async def _save(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        me = interaction.client.user.id if interaction.client.user else interaction.application_id
        text = words_of(message, me)
        if why := _why_not(message, text, me):
            await interaction.edit_original_response(view=notice(why, DANGER))
        elif message.author.id == interaction.user.id:
            if not await self._danger.stands_in(interaction, text):
                kept = await self._keep(server, interaction.user.id, await self._redacted(text), credit=None)
                await self._curate.tell_kept(interaction, kept, _ORDER)
        elif referral := await self._desk.reads_danger(text):
            await self._reach(interaction, message, referral)
        else:
            request = _Request(interaction, server, message.author.id, await self._redacted(text))
            await interaction.edit_original_response(view=notice(await self._ask(request, message), DANGER))

    async def _redacted(self, text: str) -> Redaction:
        redaction = await self._desk.redact(text)
        if redaction is None:
            raise FixInput("that message may identify somebody and cannot be cleared", "write it with /curate new")
        return redaction

    async def _keep(self, server: int, person: int, words: Redaction, *, credit: int | None) -> Kept:
        content = draft_of(words.text)
        kept = await self._curation.new(server, person, content, origin=Origin.MESSAGE, credit=credit)
        return Kept(kept.answer, tuple((one.type, one.count) for one in words.removed) + kept.removed)

    async def _ask(self, request: _Request, message: discord.Message) -> str:
        """Ask an author for consent, privately or else in reply to their message; return what is told whoever asks."""
        if self._asked.find(message.id):
            return _ASKED_BEFORE
        key = uuid.uuid4().hex
        self._asked.put(message.id, message.id)
        self._requests.put(key, request)
        try:
            if await self._ask_privately(request, message, key):
                return _ASKED.format(where=_PRIVATELY)
            if await self._ask_in_reply(request, message, key):
                return _ASKED.format(where=_IN_REPLY)
        except BaseException:
            self._let_go(message, key)
            raise
        self._let_go(message, key)
        return _CANNOT_ASK

    def _let_go(self, message: discord.Message, key: str) -> None:
        self._asked.take(message.id)
        self._requests.take(key)

    async def _ask_privately(self, request: _Request, message: discord.Message, key: str) -> bool:
        texts = [_wish(request, _SHOWN), quoted(request.words.text), _NAMED, DANGER]
        try:
            for view in pages(texts, _choices(key, request.author)):
                await message.author.send(view=view)
        except discord.HTTPException as error:
            log.event("consent not asked", error=type(error).__name__)
            return False
        return True

    async def _ask_in_reply(self, request: _Request, message: discord.Message, key: str) -> bool:
        settings = await self._store.servers.settings(request.server)
        if not is_open(request.interaction.channel, settings) or not may_post(request.interaction):
            return False
        asked = notice(_wish(request, _ABOVE), _NAMED, DANGER, buttons=_choices(key, request.author))
        try:
            await ChannelOut(message.channel, answers=message).put(asked)
        except discord.HTTPException as error:
            log.event("consent not asked", error=type(error).__name__)
            return False
        return True

    async def _allow(self, press: Press) -> None:
        """Keep the words, once, and tell both."""
        key, author, how = press.arguments
        if not await is_author(press, author):
            return
        interaction, named = press.interaction, how == "named"
        await interaction.response.defer()
        request = self._requests.take(key)
        told, kept = _LAPSED, None
        if request is not None and not await self._may_still(request):
            told = _NO_LONGER
        elif request is not None:
            try:
                credit = request.author if named else None
                kept = await self._keep(request.server, request.interaction.user.id, request.words, credit=credit)
            except AssistantError:
                self._requests.put(key, request)
                raise
            told = _KEPT.format(name=_WITH if named else _WITHOUT)
        await interaction.edit_original_response(view=notice(told, DANGER))
        if request is not None and kept is not None:
            answer = kept.answer
            text = _ALLOWED.format(title=inert(answer.title), name=answer.name)
            await tell_later(request.interaction, text, ways(answer))

    async def _refuse(self, press: Press) -> None:
        key, author = press.arguments
        if not await is_author(press, author):
            return
        request = self._requests.take(key)
        await press.interaction.response.edit_message(view=notice(_REFUSED if request else _LAPSED, DANGER))
        if request is not None:
            await tell_later(request.interaction, _DECLINED, [])

    async def _may_still(self, request: _Request) -> bool:
        """Tell whether whoever asked is a supervisor now, which may be a day later."""
        guild = request.interaction.client.get_guild(request.server)
        if guild is None:
            return False
        try:
            member = await guild.fetch_member(request.interaction.user.id)
        except discord.HTTPException as error:
            log.event("supervisor not looked up", error=type(error).__name__)
            return False
        return is_supervisor(member, await self._store.servers.settings(request.server))


def _why_not(message: discord.Message, text: str, me: int) -> str | None:
    """Return why nothing can be kept of a message; None where it can."""
    if message.author.id == me:
        return _OURS
    if carries_more(message):
        return _MORE
    if not is_personal(message):
        return _A_PROGRAMS
    return None if text else _NO_WORDS


def _wish(request: _Request, what: str) -> str:
    guild = request.interaction.guild
    server = inert(guild.name) if guild else "your server"
    return _REQUEST.format(invoker=request.interaction.user.mention, server=server, what=what)


def _choices(key: str, author: int) -> list[Button]:
    return [
        button("Allow, with my name", "cusave", key, author, "named"),
        button("Allow, without my name", "cusave", key, author, "unnamed"),
        button("Don't allow", "cusavenot", key, author),
    ]
