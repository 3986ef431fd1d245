"""The buttons under a reply: sources, follow-up, share, plain text, whether it helped, a person has taken over."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import discord
from discord.ext import commands

from bot.cogs.consult import asker_of
from bot.cogs.delivery import Button, PrivateOut
from bot.cogs.layout import notice, pages, row
from bot.cogs.render import MESSAGE_LIMIT, messages, sheets
from bot.cogs.router import Press, RoutedModal, Router, button, custom_id
from bot.cogs.sharing import Sharing
from bot.consult.desk import Desk
from bot.consult.exchange import Asker, Exchange
from bot.consult.outcome import Abstained, Answered, CrisisReferral, OutOfScope
from bot.consult.responding import grounds
from bot.consult.sources import passages_behind
from bot.curation.cards import with_curated
from bot.safety.verdicts import Audience
from bot.storage.store import Store
from knowledge.entry import Corpus

More: TypeAlias = Callable[[Exchange], Sequence[Button]]

REASONS = {
    "off_point": "It missed my point",
    "too_general": "Too general",
    "not_usable": "I could not say it like that",
    "wrong_reading": "It read the situation wrongly",
    "harmful": "It could do harm",
    "hard_to_read": "Hard to read",
}
"""Why an answer did not help, as codes that are kept and words that are shown."""

_ROW_GONE = "That answer's record was deleted, so there is nothing left to look up. `/consult` asks anew."
_UNREAD = "-# I no longer hold what you asked before (half an hour, in memory only), so I read this by itself."
_HANDLED = (
    "Good that a person has it. Stay reachable for them, and write down what you did and when. If you want to come "
    "back to the relationship itself, ask; the safety line stays on top."
)
_TOOK_OVER = "I called my supervisor."
"""Said for the asker in the thread: the crisis screen reads in it that a person has taken over, and no danger."""


class Answer(Protocol):
    """Answers a question privately; `ConsultCog.answer` does."""

    async def __call__(
        self, interaction: discord.Interaction[Any], asker: Asker, question: str, *, aside: str = ""
    ) -> None:
        """Answer a question, with something of ours said before the answer."""


class AnswersCog(commands.Cog):
    """What can be done with an answer."""

    def __init__(self, *, desk: Desk, store: Store, corpus: Corpus, router: Router, sharing: Sharing) -> None:
        """Hold the collaborators; `answers_with` and `add` complete it."""
        self._desk = desk
        self._store = store
        self._corpus = corpus
        self._sharing = sharing
        self._answer: Answer | None = None
        self._more: list[More] = []
        router.on("sources", self._sources)
        router.on("follow", self._follow)
        router.on("followed", self._followed)
        router.on("plain", self._plain)
        router.on("helpful", self._helpful)
        router.on("unhelpful", self._unhelpful)
        router.on("reasons", self._reasons)
        router.on("tookover", self._took_over)

    def answers_with(self, answer: Answer) -> None:
        """Name what answers a follow-up."""
        self._answer = answer

    def add(self, more: More) -> None:
        """Let another function put its buttons under replies."""
        self._more.append(more)

    def under(self, exchange: Exchange) -> list[Button]:
        """Return the buttons under a reply, each only where its function exists."""
        key = exchange.id.hex
        found: list[Button] = []
        match exchange.outcome:
            case Answered():
                found += [button("Sources", "sources", key), button("Follow up", "follow", key)]
                found += self._sharing.under(exchange)
                found += [button("Helpful", "helpful", key), button("Not helpful", "unhelpful", key)]
            case Abstained(clarify=clarify):
                found.append(button("Answer that" if clarify else "Ask differently", "follow", key))
            case CrisisReferral(alarm=alarm) if alarm.audience is Audience.OTHER:
                found.append(button("A person has it now", "tookover", key))
            case OutOfScope(language=None):
                found.append(button("Ask about the relationship", "follow", key))
            case _:
                pass
        if not exchange.plain:
            found.append(button("Plain text", "plain", key))
        return [*found, *(each for more in self._more for each in more(exchange))]

    async def _sources(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        key = uuid.UUID(press.arguments[0])
        held = self._desk.conversations.find(key)
        found = await self._store.consultations.find(key)
        units = (*self._reflected(held), *held.units) if held else found.units if found else None
        if units is None:
            await interaction.edit_original_response(view=notice(_ROW_GONE))
            return
        corpus = with_curated(self._corpus, held.cards) if held else self._corpus
        texts = [*passages_behind(corpus, units), await self._desk.close_for(asker_of(interaction))]
        out = PrivateOut(interaction)
        if await self._desk.plain(interaction.user.id):
            for sheet in sheets(texts, MESSAGE_LIMIT):
                await out.put_plain("\n\n".join(sheet), None)
            return
        for view in pages(texts):
            await out.put(view)

    def _reflected(self, held: Exchange) -> tuple[str, ...]:
        """Return the units behind what was said to a reflection; they are in memory only."""
        outcome = held.outcome
        return grounds(outcome.reflection, outcome.draft.rupture, self._corpus) if isinstance(outcome, Answered) else ()

    async def _follow(self, press: Press) -> None:
        form = RoutedModal("Follow up", "followed", press.arguments[0])
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, required=True, max_length=4000
        )
        hint = "It is read together with what you asked before. No names, places or dates."
        form.add_item(discord.ui.Label(text="What would you like to add or ask?", description=hint, component=text))
        await press.interaction.response.send_modal(form)

    async def _followed(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        if self._answer is None:
            raise RuntimeError("nothing answers follow-ups")
        held = self._desk.conversations.find(uuid.UUID(press.arguments[0]))
        asker = asker_of(interaction)
        if held is not None and held.asker.person == asker.person:
            asker = held.asker
        aside = "" if self._desk.conversations.turns(asker) else _UNREAD
        await self._answer(interaction, asker, press.text("text"), aside=aside)

    async def _plain(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        held = self._desk.conversations.find(uuid.UUID(press.arguments[0]))
        contents = messages(held.reply) if held else _texts_shown(interaction.message)
        await interaction.edit_original_response(content=contents[0])
        for content in contents[1:]:
            await interaction.followup.send(content, ephemeral=True)

    async def _helpful(self, press: Press) -> None:
        await self._mark(press, helpful=True)

    async def _unhelpful(self, press: Press) -> None:
        await self._mark(press, helpful=False)

    async def _mark(self, press: Press, *, helpful: bool) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        key = uuid.UUID(press.arguments[0])
        given = await self._store.feedback.give(key, interaction.user.id, helpful=helpful)
        if given is None:
            await interaction.edit_original_response(view=notice(_ROW_GONE))
        elif helpful:
            await interaction.edit_original_response(view=notice("Thank you; noted as helpful, without your words."))
        else:
            options = [discord.SelectOption(label=words, value=code) for code, words in REASONS.items()]
            select: discord.ui.Select[Any] = discord.ui.Select(
                custom_id=custom_id("reasons", key.hex),
                placeholder="What was it? (optional)",
                min_values=1,
                max_values=len(options),
                options=options,
            )
            told = "Thank you; noted as not helpful. If you like, say why; only these codes are kept."
            await interaction.edit_original_response(view=notice(told, extra=[row(select)]))

    async def _reasons(self, press: Press) -> None:
        chosen = [code for code in press.values.get("", ()) if code in REASONS]
        key, person = uuid.UUID(press.arguments[0]), press.interaction.user.id
        await press.interaction.response.defer()
        given = await self._store.feedback.give(key, person, helpful=False, reasons=chosen)
        told = "Thank you; that is noted." if given else _ROW_GONE
        await press.interaction.edit_original_response(view=notice(told))

    async def _took_over(self, press: Press) -> None:
        interaction = press.interaction
        held = self._desk.conversations.find(uuid.UUID(press.arguments[0]))
        asker = held.asker if held and held.asker.person == interaction.user.id else asker_of(interaction)
        self._desk.conversations.say(asker, _TOOK_OVER)
        await interaction.response.defer(ephemeral=True, thinking=True)
        close = await self._desk.close_for(asker_of(interaction))
        await interaction.edit_original_response(view=notice(_HANDLED, close))


def _texts_shown(message: discord.Message | None) -> list[str]:
    """Return what a message of ours says, as plain text: after a restart the message itself is all there is."""
    texts: list[str] = []
    waiting = list(message.components) if message else []
    while waiting:
        component = waiting.pop(0)
        waiting[:0] = getattr(component, "children", [])
        if isinstance(component, discord.TextDisplay):
            texts.append(component.content)
    return ["\n\n".join(sheet) for sheet in sheets(texts, MESSAGE_LIMIT)] or [_ROW_GONE]
