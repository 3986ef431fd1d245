"""The form of a server's scope card: what is typed is read for danger and freed of identifiers before it is kept."""

import re
from typing import Any

import discord

from bot.cogs.consult import asker_of
from bot.cogs.layout import notice
from bot.cogs.permissions import require_manager
from bot.cogs.render import inert
from bot.cogs.router import Press, RoutedModal, Router
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.consult.scope_card import scope_lines
from bot.errors import FixInput
from bot.storage.scope_card import LONGEST_FIELD, SCOPE_FIELDS, ScopeCard
from bot.storage.store import Store

_ASKED = {
    "setting": ("Setting", "Such as: university counseling center, telehealth only. No names."),
    "licences": ("Levels of licence", "Of those who ask here, such as: practicum students, LPC-Associate, LPC"),
    "jurisdiction": ("Jurisdiction", "Whose law and board they are under, such as Texas"),
    "on_call": ("On-call hours", "Such as: weekdays 8 to 6; after hours the county crisis team. No phone numbers."),
    "protocol": ("Where the crisis protocol stands", "A place in words, or a link that members can open"),
}
_NO_IDENTIFIERS = {
    "setting": frozenset({"place"}),
    "jurisdiction": frozenset({"place"}),
    "on_call": frozenset({"date"}),
    "protocol": frozenset({"place"}),
}
"""Kinds that identify nobody in a field: a jurisdiction is a place, and hours look like a date."""

_LINK = re.compile(r"(https?://(?!\S*@)[^\s<>()\[\]@|?#]+)", re.IGNORECASE)
"""A link as it may stand in the field of the protocol: without a user, a query or a fragment."""

_KEPT = (
    "**Kept.** This stands under the replies that it bears on, and in `/about`, for everyone in this server to read:"
)
_EMPTIED = "**Kept: the scope card is empty.** Nothing of it is shown."
_REMOVED = "-# I took out {kinds} of what you typed. Names and numbers of people do not belong on this card."


class ScopeForm:
    """Opens the form, and keeps what was typed into it."""

    def __init__(self, *, desk: Desk, store: Store, router: Router, danger: DangerFirst) -> None:
        """Hold the collaborators."""
        self._desk = desk
        self._store = store
        self._danger = danger
        router.on("scope", self._typed)

    async def open(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form with what the card says now."""
        settings = await self._store.servers.settings(require_manager(interaction))
        form = RoutedModal("Scope card of this server", "scope")
        for name, (label, hint) in _ASKED.items():
            text: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=name,
                default=getattr(settings.scope, name) or None,
                required=False,
                max_length=LONGEST_FIELD,
            )
            form.add_item(discord.ui.Label(text=label, description=hint, component=text))
        await interaction.response.send_modal(form)

    async def _typed(self, press: Press) -> None:
        interaction = press.interaction
        server = require_manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        typed = {name: " ".join(press.text(name).split()) for name in SCOPE_FIELDS}
        if any(typed.values()) and await self._danger.stands_in(interaction, *typed.values()):
            return
        removed: dict[str, int] = {}
        card = ScopeCard(**{name: await self._redacted(name, text, removed) for name, text in typed.items()})
        kept = (await self._store.servers.change(server, scope=card)).scope
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(removed.items()))
        told = [_KEPT, inert("\n".join(scope_lines(kept)))] if kept.filled else [_EMPTIED]
        told.append(_REMOVED.format(kinds=kinds) if kinds else "")
        close = await self._desk.close_for(asker_of(interaction))
        await interaction.edit_original_response(view=notice(*told, close))

    async def _redacted(self, name: str, text: str, removed: dict[str, int]) -> str:
        """Return a field without identifiers, and count what was taken out.

        Raises:
            FixInput: an identifier may still stand in it.
        """
        pieces = _LINK.split(text) if name == "protocol" else [text]
        for place in range(0, len(pieces), 2):
            redaction = await self._desk.redact(pieces[place]) if pieces[place].strip() else None
            if redaction is None and pieces[place].strip():
                label = _ASKED[name][0]
                raise FixInput(
                    f'the field "{label}" may identify somebody, and nothing was kept',
                    "write it without names, numbers and contact details",
                )
            if redaction is None or {each.type for each in redaction.removed} <= _NO_IDENTIFIERS.get(name, set()):
                continue
            pieces[place] = redaction.text
            for each in redaction.removed:
                removed[each.type] = removed.get(each.type, 0) + each.count
        return " ".join("".join(pieces).split())[:LONGEST_FIELD]
