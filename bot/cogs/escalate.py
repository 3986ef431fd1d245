"""Ask our supervisors: a redacted question goes to the review channel once its asker saw it."""

import logging
import uuid
from typing import Any

import discord
from discord.ext import commands

from bot import log
from bot.cogs.consult import asker_of
from bot.cogs.curate import CurateCog
from bot.cogs.delivery import DANGER, Button
from bot.cogs.layout import notice, pages, quoted
from bot.cogs.permissions import TO_POST, missing, require_supervisor
from bot.cogs.render import inert
from bot.cogs.router import Press, RoutedModal, Router, button
from bot.cogs.shelved import begin, on_topic, show
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.consult.exchange import Exchange, ShortMemory
from bot.consult.outcome import Abstained, Answered
from bot.curation.drafts import draft_of
from bot.curation.service import Curation
from bot.errors import AssistantError, FixInput
from bot.storage.curated import Origin
from bot.storage.escalations import Escalation
from bot.storage.servers import ServerSettings
from bot.storage.store import Store

_PREVIEW = (
    "**This would be posted in <#{channel}>, for everyone who reads that channel.** It is kept as long as this "
    "server keeps rows ({days} days), or until `/privacy forget-me`. Read it once more: is anybody in it recognisable?"
)
_WAYS = (
    "With your name or anonymously? The answer comes here, as a line that names nobody and a button for you, or by "
    "direct message. Nobody has to answer, and it may take days: what cannot wait goes to your supervisor by phone."
)
_GONE = "I no longer hold this question: half an hour, in memory only. Ask again, then send it."
_OFF = "This server takes no questions for its supervisors any more, so nothing was sent."
_LACKS = "I cannot post there: I lack {names}. Nothing was sent or kept."
_SENT = "Sent to your supervisors. You are told when one of them has answered."
_NOT_POSTED = "Kept, but Discord did not take it for the channel. Supervisors find it with `/curate questions`."
_NOT_SENT = "Nothing was sent or kept."
_POST = "**A question for supervisors**, from {who}{topic}"
_ANSWERED = "Kept. {told}"
_TOLD = "Whoever asked was told."
_LATER = "Whoever asked could not be told, and gets a button for it under their next answer here."
_HERE = (
    "Supervisors have answered a question that was asked here. Whoever asked it can read the answer, and nobody else."
)
_REPLY = "**Your supervisors answered what you asked them**"
_NOT_YOURS = "Only the person who asked can read this answer."


class EscalateCog(commands.Cog):
    """Questions for a server's supervisors."""

    def __init__(  # each collaborator by its name
        self,
        *,
        bot: commands.AutoShardedBot,
        desk: Desk,
        store: Store,
        curation: Curation,
        router: Router,
        curate: CurateCog,
        danger: DangerFirst,
    ) -> None:
        """Hold the collaborators; drafts that are made of replies are shown by `curate`."""
        self._bot = bot
        self._desk = desk
        self._store = store
        self._curation = curation
        self._curate = curate
        self._danger = danger
        self._sent: ShortMemory[uuid.UUID, int] = ShortMemory()
        self._untold: dict[tuple[int, int], uuid.UUID] = {}
        router.on("escask", self._asked)
        router.on("escsend", self._send)
        router.on("escnot", self._not)
        router.on("escanswer", self._answer)
        router.on("escanswered", self._answered)
        router.on("escshow", self._show)
        router.on("escdraft", self._draft)

    async def cog_load(self) -> None:
        """Look up who was not told before a restart."""
        try:
            for one in await self._store.escalations.untold():
                self._untold[one.server, one.asker] = one.id
        except AssistantError as error:
            log.event("replies not looked up", level=logging.ERROR, error=type(error).__name__)

    def under(self, exchange: Exchange) -> list[Button]:
        """Return the buttons under an answer: ask supervisors, and read what they answered meanwhile."""
        found: list[Button] = []
        if isinstance(exchange.outcome, Answered | Abstained) and exchange.question and _is_on(exchange.server):
            found.append(button("Ask our supervisors", "escask", exchange.id.hex))
        if waiting := self._untold.get((exchange.asker.server or 0, exchange.asker.person)):
            found.append(button("Your supervisors answered", "escshow", waiting.hex))
        return found

    async def _asked(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._mine(press)
        if isinstance(found, str):
            await show(self._desk, interaction, [found])
            return
        exchange, settings = found
        key = exchange.id.hex
        buttons = [
            button("My name, tell me here", "escsend", key, "named", "here"),
            button("My name, by DM", "escsend", key, "named", "direct"),
            button("Anonymous, tell me here", "escsend", key, "anonymous", "here"),
            button("Anonymous, by DM", "escsend", key, "anonymous", "direct"),
            button("Don't send", "escnot"),
        ]
        head = _PREVIEW.format(channel=settings.review_channel, days=settings.retention_days)
        await show(self._desk, interaction, [head, quoted(exchange.question), _WAYS], buttons)

    async def _send(self, press: Press) -> None:
        interaction, (_, how, tell) = press.interaction, press.arguments
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._mine(press)
        if isinstance(found, str):
            await show(self._desk, interaction, [found])
            return
        exchange, settings = found
        if self._sent.find(exchange.id) is not None:
            await show(self._desk, interaction, [_SENT])
            return
        self._sent.put(exchange.id, interaction.user.id)
        try:
            kept = await self._store.escalations.ask(
                settings.server,
                interaction.user.id,
                exchange.question,
                anonymous=how != "named",
                tell="direct" if tell == "direct" else "here",
                channel=exchange.asker.place,
                topic=exchange.cards[0].primary_topic if exchange.cards else None,
            )
        except AssistantError:
            self._sent.take(exchange.id)
            raise
        await show(self._desk, interaction, [await self._post(kept, settings)])

    async def _post(self, kept: Escalation, settings: ServerSettings) -> str:
        owners = await self._store.supervisors.topic_owners(kept.server)
        who = "somebody in this server" if kept.anonymous else f"<@{kept.asker}>"
        topic = f", on {on_topic(kept.topic, owners)}" if kept.topic else ""
        place = self._bot.get_partial_messageable(settings.review_channel or 0, guild_id=kept.server)
        texts = [_POST.format(who=who, topic=topic), quoted(kept.question), DANGER]
        *before, last = pages(texts, [button("Answer it", "escanswer", kept.id.hex)])
        try:
            for view in before:
                await place.send(view=view)
            message = await place.send(view=last)
        except discord.HTTPException as error:
            log.event("question not posted", level=logging.ERROR, error=type(error).__name__)
            return _NOT_POSTED
        await self._store.escalations.posted(kept.server, kept.id, message.id)
        return _SENT

    async def _not(self, press: Press) -> None:
        await press.interaction.response.edit_message(view=notice(_NOT_SENT, self._desk.close()))

    async def _answer(self, press: Press) -> None:
        server = await require_supervisor(press.interaction, self._store)
        await self._open(server, press.arguments[0])
        form = RoutedModal("Answer a colleague", "escanswered", press.arguments[0])
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="reply", style=discord.TextStyle.paragraph, max_length=3000
        )
        hint = "Whoever asked reads it, without your name. No names, places or dates."
        form.add_item(discord.ui.Label(text="Your answer", description=hint, component=text))
        await press.interaction.response.send_modal(form)

    async def _answered(self, press: Press) -> None:
        interaction = press.interaction
        server = await begin(press, self._store)
        typed = press.text("reply")
        if await self._danger.stands_in(interaction, typed):
            return
        redaction = await self._desk.redact(typed)
        if redaction is None or not redaction.text.strip():
            raise FixInput("that answer may identify somebody and cannot be cleared", "write it in general words")
        question = await self._open(server, press.arguments[0])
        kept = await self._store.escalations.answer(server, question.id, interaction.user.id, redaction.text)
        told = await self._tell(kept)
        if not told:
            self._untold[kept.server, kept.asker] = kept.id
        texts = [_ANSWERED.format(told=_TOLD if told else _LATER), quoted(redaction.text)]
        await show(self._desk, interaction, texts, [button("Make it a draft", "escdraft", kept.id.hex)])

    async def _tell(self, kept: Escalation) -> bool:
        """Tell whoever asked, as they chose; a line in a channel names nobody and pings nobody."""
        try:
            if kept.tell == "direct":
                user = await self._bot.fetch_user(kept.asker)
                for view in pages(self._reply(kept)):
                    await user.send(view=view)
                await self._store.escalations.told(kept.server, kept.id)
                return True
            place = self._bot.get_partial_messageable(kept.channel or 0, guild_id=kept.server)
            await place.send(view=notice(_HERE, DANGER, buttons=[button("Show it to me", "escshow", kept.id.hex)]))
        except discord.HTTPException as error:
            log.event("reply not told", error=type(error).__name__)
            return False
        return True

    def _reply(self, kept: Escalation) -> list[str]:
        asked, reply = quoted(kept.question), inert(kept.reply or "")
        return [_REPLY, asked, reply, self._desk.close()]

    async def _show(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._store.escalations.find(interaction.guild_id or 0, uuid.UUID(press.arguments[0]))
        if found is None or found.reply is None:
            raise FixInput("this question and its answer were deleted", "ask again with /consult")
        if found.asker != interaction.user.id:
            await show(self._desk, interaction, [_NOT_YOURS])
            return
        await show(self._desk, interaction, self._reply(found)[:-1])
        await self._store.escalations.told(found.server, found.id)
        if self._untold.get((found.server, found.asker)) == found.id:
            del self._untold[found.server, found.asker]

    async def _draft(self, press: Press) -> None:
        interaction = press.interaction
        server = await begin(press, self._store)
        found = await self._store.escalations.find(server, uuid.UUID(press.arguments[0]))
        if found is None or found.reply is None:
            raise FixInput("this question and its answer were deleted", "write the answer with /curate new")
        if found.answer is not None:
            raise FixInput("a draft was made of this reply already", "find it with /curate history")
        kept = await self._curation.new(
            server, interaction.user.id, draft_of(found.reply, found.question), origin=Origin.QUESTION
        )
        await self._store.escalations.made_draft(server, found.id, kept.answer.id)
        await self._curate.tell_kept(interaction, kept)

    async def _open(self, server: int, key: str) -> Escalation:
        found = await self._store.escalations.find(server, uuid.UUID(key))
        if found is None:
            raise FixInput("this question was deleted", "nothing has to be done")
        if found.answered_at is not None:
            raise FixInput(
                "this question was answered already", "whoever asked was told or is told on their next visit"
            )
        return found

    async def _mine(self, press: Press) -> tuple[Exchange, ServerSettings] | str:
        """Return a person's own exchange and what its server has set now; else what they are told."""
        exchange = self._desk.conversations.find(uuid.UUID(press.arguments[0]))
        asker = asker_of(press.interaction)
        if exchange is None or exchange.asker.person != asker.person or not exchange.question:
            return _GONE
        if exchange.asker.server is None or exchange.asker.server != asker.server:
            return _OFF
        settings = await self._store.servers.settings(exchange.asker.server)
        if not _is_on(settings) or settings.review_channel is None:
            return _OFF
        if lacks := missing(press.interaction.guild, settings.review_channel, TO_POST):
            return _LACKS.format(names=", ".join(lacks))
        return exchange, settings


def _is_on(settings: ServerSettings | None) -> bool:
    return settings is not None and settings.review_channel is not None and settings.supervisor_role is not None
