"""`/privacy`: what is kept of a person, as words or as a file, its erasure, and the policy in short."""

import asyncio
import io
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.consult import asker_of
from bot.cogs.delivery import PrivateOut
from bot.cogs.layout import notice, pages
from bot.cogs.render import inert
from bot.cogs.router import Press, Router, button
from bot.consult.desk import Desk
from bot.storage.consents import WriterChoice
from bot.storage.people import Choices, Erased, Kept
from bot.storage.servers import RETENTION_DAYS
from bot.storage.store import Store

Forget = Callable[[int], None]
"""Drops what is held of a person in memory."""

Erase = Callable[[int], Awaitable[None]]
"""Deletes what is kept of a person under something else than their id."""

_FILE = "what-is-kept-of-me.json"

_NOTHING_KEPT = "**Nothing is kept of you.** I have no row with your id."
_IN_MEMORY = (
    "Not in any record: what you asked in the last half hour may still be in memory, so that you can follow up. It is "
    "gone after half an hour, at a restart, and at once with `/privacy forget-me`."
)
_ID_ONLY = "Rows hold your Discord id, never your name, a question or an answer."
_EXPORTED = (
    "Everything that is kept of you, in every server, as a file that programs can read. Only you see it here; it is "
    "yours, so keep it where nobody else reads it."
)
_ASK = (
    "**Erase everything that is kept of you, in every server?** That is {counts}. What you asked in the last half hour "
    "is dropped from memory too. It cannot be undone. Answers that you shared stay in their channels; a moderator can "
    "delete those. Before your next answer you see the notice again."
)
_NOTHING_DONE = "Nothing was erased."
_ERASED = "**Erased: {counts}.** What you asked in the last half hour is dropped from memory too."
_CALLS = ("call of the on-call role", "calls of the on-call role")
_CHOICES = "your own choices (region, plain text, reflecting first)"

_POLICY = (
    "**Privacy in short**\n"
    "- **What you type** is received by Discord first, unredacted; Discord is not covered by HIPAA. Leave out names, "
    "places, dates and whatever else identifies a client.\n"
    "- **Read for danger** as you typed it, on the machine that runs me. Then what looks like an identifier is taken "
    "out, and only that version goes on. Some identifiers are missed.\n"
    "- **Seen by you alone.** Nobody in a server sees private questions, supervisors and admins included.\n"
    "- **Not kept:** no question and no answer. They stay in memory for half an hour.\n"
    "- **Kept {days}:** your Discord id and the server's, when you asked, what it came to, which passages were shown, "
    "how long it took, which writer wrote, and whether it helped. Until you take it back: that you saw the notice, and "
    "your choices in `/my`.\n"
    "- **Not done:** no profile, no selling, no training of models.\n"
    "- **Yours:** `/privacy show`, `/privacy export`, `/privacy forget-me`."
)
_NO_MODEL = "- **Language model:** none. Answers are put together from the library on the machine that runs me."
_MODEL = (
    "- **Language model:** one reads your redacted question. {notice} `/my writer` lets you do without; then none "
    "reads it."
)
_UNTOLD = "Ask whoever runs me which one, and what it keeps."
_MORE = "-# Whoever runs this copy is responsible for it. All of it is in PRIVACY.md, which comes with the program."


class PrivacyCog(commands.Cog):
    """A person's own data."""

    group = app_commands.Group(name="privacy", description="What is kept of you, and its erasure.")

    def __init__(self, *, desk: Desk, store: Store, router: Router) -> None:
        """Hold the collaborators; `add` names whatever else holds something of a person in memory."""
        self._desk = desk
        self._store = store
        self._forgets: list[Forget] = [desk.conversations.forget]
        self._erases: list[Erase] = []
        router.on("forget", self._forget)
        router.on("remember", self._remember)

    def add(self, forget: Forget) -> None:
        """Call this, too, when a person wants to be forgotten."""
        self._forgets.append(forget)

    def erases_with(self, erase: Erase) -> None:
        """Await this, too, when a person wants to be forgotten."""
        self._erases.append(erase)

    @group.command(name="show", description="What is kept of you, in words and numbers.")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show what is kept of the person."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._store.people.export(interaction.user.id)
        out = PrivateOut(interaction)
        for view in pages([*_in_words(kept), _IN_MEMORY]):
            await out.put(view)

    @group.command(name="export", description="Everything that is kept of you, as a file.")
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Give the person a file with everything that is kept of them."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._store.people.export(interaction.user.id)
        content = await asyncio.to_thread(lambda: json.dumps(kept.portable(), indent=2, ensure_ascii=False).encode())
        file = discord.File(io.BytesIO(content), filename=_FILE)
        await interaction.edit_original_response(content=_EXPORTED, attachments=[file])

    @group.command(name="forget-me", description="Erase everything that is kept of you, in every server.")
    async def forget_me(self, interaction: discord.Interaction[Any]) -> None:
        """Ask whether everything is to be erased."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._store.people.export(interaction.user.id)
        buttons = [
            button("Erase it all", "forget", interaction.user.id, style=discord.ButtonStyle.danger),
            button("Keep it", "remember"),
        ]
        asked = _ASK.format(counts=_counts(_would_be_erased(kept)))
        await interaction.edit_original_response(view=notice(asked, buttons=buttons))

    @group.command(name="policy", description="What happens to what you type, in short.")
    async def policy(self, interaction: discord.Interaction[Any]) -> None:
        """Show the policy in short."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = asker_of(interaction).server
        days = (await self._store.servers.settings(server)).retention_days if server else RETENTION_DAYS
        model = self._desk.model
        told = _MODEL.format(notice=inert(model.words or _UNTOLD)) if model.configured else _NO_MODEL
        policy = _POLICY.format(days=f"for {days} days" if days > 1 else "for one day")
        await interaction.edit_original_response(view=notice(f"{policy}\n{told}", _MORE))

    async def _forget(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer()
        person = interaction.user.id
        if press.arguments != (str(person),):
            return
        erased = await self._store.people.forget(person)
        for erase in self._erases:
            await erase(person)
        for forget in self._forgets:
            forget(person)
        await interaction.edit_original_response(view=notice(_ERASED.format(counts=_counts(erased))))

    async def _remember(self, press: Press) -> None:
        await press.interaction.response.edit_message(view=notice(_NOTHING_DONE))


def _in_words(kept: Kept) -> list[str]:
    """Return what is kept, each kind a paragraph."""
    told = []
    if kept.consultations:
        outcomes = Counter(row.outcome for row in kept.consultations)
        first, last = kept.consultations[0].asked_at, kept.consultations[-1].asked_at
        counted = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in outcomes.most_common())
        told.append(
            f"- **{_many(len(kept.consultations), 'question', 'questions')}**, without their words, from "
            f"{first:%Y-%m-%d} to {last:%Y-%m-%d}, in {_places(kept)}: {counted}."
        )
    if kept.feedback:
        helpful = sum(mark.helpful for mark in kept.feedback)
        told.append(
            f"- **{_many(len(kept.feedback), 'mark', 'marks')}** on answers: {helpful} helpful, "
            f"{len(kept.feedback) - helpful} not helpful."
        )
    if kept.consents:
        own = sum(consent.writer is WriterChoice.BUILT_IN for consent in kept.consents)
        told.append(
            f"- **{_many(len(kept.consents), 'consent', 'consents')}**: in which server you saw the notice, and when; "
            f"{own} with the built-in writer only."
        )
    if kept.calls:
        told.append(f"- **{_many(len(kept.calls), *_CALLS)}**, with the time; deleted within a day or so.")
    if kept.afterwards:
        told.append(f"- **{_many(len(kept.afterwards), 'question', 'questions')} for later** that you wanted.")
    if kept.peers:
        told.append(
            f"- **{_many(len(kept.peers), 'peer consultation', 'peer consultations')}** that you take part in now."
        )
    if kept.choices.region:
        told.append(f"- **Your own region:** `{kept.choices.region}`.")
    if kept.choices.plain:
        told.append("- **Your choice of plain text.**")
    if kept.choices.reflect:
        told.append("- **Your choice to reflect before an answer.**")
    return ["\n".join(["**Kept of you**", *told, _ID_ONLY])] if told else [_NOTHING_KEPT]


def _places(kept: Kept) -> str:
    """Return in how many servers a person asked, and whether outside of them."""
    asked_in = {row.server for row in kept.consultations}
    servers = len(asked_in - {None})
    told = [_many(servers, "server", "servers")] if servers else []
    return " and ".join([*told, *(["direct messages"] if None in asked_in else [])])


def _would_be_erased(kept: Kept) -> Erased:
    return Erased(
        kept.choices != Choices(),
        len(kept.consents),
        len(kept.consultations),
        len(kept.feedback),
        afterwards=len(kept.afterwards),
        calls=len(kept.calls),
    )


def _counts(erased: Erased) -> str:
    """Return in words how much was erased."""
    told = [
        _many(count, *names)
        for count, names in (
            (erased.consultations, ("row about a question", "rows about questions")),
            (erased.feedback, ("mark on an answer", "marks on answers")),
            (erased.consents, ("consent", "consents")),
            (erased.calls, _CALLS),
            (erased.afterwards, ("question for later", "questions for later")),
        )
        if count
    ]
    return ", ".join([*told, *([_CHOICES] if erased.choices else [])]) or "nothing, since nothing is kept of you"


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
