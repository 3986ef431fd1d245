"""The supervision note: drawn from a consultation, edited by section, given as Markdown or PDF, then forgotten."""

import asyncio
import io
import uuid
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.consult import asker_of
from bot.cogs.delivery import Button, PrivateOut, Under, deliver
from bot.cogs.layout import notice, row
from bot.cogs.render import inert
from bot.cogs.router import Press, RoutedModal, Router, button, custom_id
from bot.consult.desk import Desk
from bot.consult.exchange import Exchange, ShortMemory
from bot.consult.outcome import Answered
from bot.note.pdf import as_pdf
from bot.note.sections import CLOSE, HINTS, LONGEST_SECTION, STAMP, TITLES, Note, Section, as_markdown, note_from
from knowledge.entry import Corpus

_GONE = (
    "I no longer hold this note: it stays in memory for half an hour, and not over a restart. `/supervision note` "
    "starts a new one."
)
_WITHHELD = (
    "I could not be sure that every identifying detail was out of that text, so I left the section as it was. Please "
    "write it again without names, contact details, dates or places."
)
_HEAD = (
    "**Note for supervision**\n-# {stamp}. Only you see this. I hold it for half an hour, in memory; then it is gone."
)
_REMOVED = "-# I took out {kinds} of what you typed. What is typed in Discord, Discord has received."
_DONE = "Forgotten. What you saved yourself is all there is."
_SHOWN = 380
"""Characters of each section that the message shows; the files hold all of it."""


class NoteCog(commands.GroupCog, group_name="supervision", group_description="Take a consultation to supervision."):
    """The supervision note."""

    def __init__(self, *, desk: Desk, corpus: Corpus, router: Router, under: Under) -> None:
        """Hold the collaborators."""
        self._desk = desk
        self._corpus = corpus
        self._under = under
        self._notes: ShortMemory[str, tuple[int, Note]] = ShortMemory()
        router.on("note", self._begin)
        router.on("notepart", self._choose)
        router.on("notesaid", self._edited)
        router.on("notefile", self._file)
        router.on("notedone", self._done)

    def more(self, exchange: Exchange) -> list[Button]:
        """Return the button under an answer that begins a note."""
        return [button("Note for supervision", "note", exchange.id.hex)] if _can_be_noted(exchange) else []

    def forget(self, person: int) -> None:
        """Drop a person's notes."""
        self._notes.drop(lambda _, held: held[0] == person)

    @app_commands.command(name="note", description="A one-page note of your last consultation here, to take along.")
    async def note(self, interaction: discord.Interaction[Any]) -> None:
        """Begin a note from the person's last consultation in this place, or an empty one."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show_new(interaction, self._desk.conversations.last(asker_of(interaction)))

    async def _begin(self, press: Press) -> None:
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        exchange = self._desk.conversations.find(uuid.UUID(press.arguments[0]))
        mine = exchange if exchange and exchange.asker.person == press.interaction.user.id else None
        await self._show_new(press.interaction, mine)

    async def _show_new(self, interaction: discord.Interaction[Any], exchange: Exchange | None) -> None:
        today = datetime.now(UTC).date()
        note = note_from(exchange.outcome, self._corpus, today) if exchange else Note(today, {})
        key = uuid.uuid4().hex
        self._notes.put(key, (interaction.user.id, note))
        await interaction.edit_original_response(view=_view(key, note))

    async def _choose(self, press: Press) -> None:
        """Open the form of one section, with what stands in it."""
        key = press.arguments[0]
        note = self._mine(key, press)
        chosen = press.values.get("", ())
        if note is None or not chosen or chosen[0] not in set(Section):
            await press.interaction.response.edit_message(view=notice(_GONE, self._desk.close()))
            return
        section = Section(chosen[0])
        form = RoutedModal(TITLES[section], "notesaid", key, section.value)
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text",
            style=discord.TextStyle.paragraph,
            default=note.text(section) or None,
            required=False,
            max_length=LONGEST_SECTION,
        )
        form.add_item(discord.ui.Label(text=TITLES[section], description=HINTS[section][:100], component=text))
        await press.interaction.response.send_modal(form)

    async def _edited(self, press: Press) -> None:
        """Take what was typed into a section: read for danger first, identifiers out, then kept in memory."""
        interaction = press.interaction
        key, section = press.arguments[0], Section(press.arguments[1])
        await interaction.response.defer(ephemeral=True)
        typed = press.text("text")
        if typed and (danger := await self._desk.danger(asker_of(interaction), typed)):
            await deliver(danger, PrivateOut(interaction), self._under)
            return
        note = self._mine(key, press)
        if note is None:
            await interaction.edit_original_response(view=notice(_GONE, self._desk.close()))
            return
        redaction = await self._desk.redact(typed)
        if redaction is None:
            await interaction.edit_original_response(view=_view(key, note, _WITHHELD))
            return
        note = note.with_text(section, redaction.text)
        self._notes.put(key, (interaction.user.id, note))
        kinds = ", ".join(f"{removal.count} {removal.type}" for removal in redaction.removed)
        await interaction.edit_original_response(view=_view(key, note, _REMOVED.format(kinds=kinds) if kinds else ""))

    async def _file(self, press: Press) -> None:
        key, form = press.arguments
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        note = self._mine(key, press)
        if note is None:
            await press.interaction.edit_original_response(view=notice(_GONE, self._desk.close()))
            return
        made = await asyncio.to_thread(as_pdf, note) if form == "pdf" else as_markdown(note).encode()
        name = f"supervision-note-{note.made_on.isoformat()}.{form}"
        file = discord.File(io.BytesIO(made), filename=name)
        await press.interaction.edit_original_response(content=f"{STAMP}. {CLOSE}", attachments=[file])

    async def _done(self, press: Press) -> None:
        if self._mine(press.arguments[0], press) is not None:
            self._notes.take(press.arguments[0])
        await press.interaction.response.edit_message(view=notice(_DONE, self._desk.close()))

    def _mine(self, key: str, press: Press) -> Note | None:
        held = self._notes.find(key)
        return held[1] if held and held[0] == press.interaction.user.id else None


def _can_be_noted(exchange: Exchange) -> bool:
    return isinstance(exchange.outcome, Answered)


def _view(key: str, note: Note, told: str = "") -> discord.ui.LayoutView:
    """Return the note as a message, with a way to edit each section and to take it along."""
    shown = []
    for section in Section:
        text = inert(note.text(section))
        text = text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + " …"
        shown.append(f"**{TITLES[section]}**\n{text or f'*{HINTS[section]}*'}")
    options = [discord.SelectOption(label=TITLES[section], value=section.value) for section in Section]
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id("notepart", key), placeholder="Edit a section …", options=options
    )
    buttons = [
        button("As PDF", "notefile", key, "pdf", style=discord.ButtonStyle.primary),
        button("As Markdown", "notefile", key, "md"),
        button("Forget it", "notedone", key),
    ]
    texts = [_HEAD.format(stamp=STAMP), *shown, told, CLOSE]
    return notice(*texts, extra=[row(select)], buttons=buttons)
