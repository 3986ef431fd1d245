"""Who has read a region's crisis texts: the texts themselves, the form, and what is kept of it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import discord
from pydantic import ValidationError

from bot.cogs.consult import asker_of
from bot.cogs.delivery import PrivateOut
from bot.cogs.layout import notice, pages
from bot.cogs.permissions import require_manager
from bot.cogs.render import inert
from bot.cogs.router import Press, RoutedModal, Router
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.consult.library import Library
from bot.errors import FixInput
from bot.storage.servers import CrisisReview
from bot.storage.store import Store
from knowledge.entry import Review
from knowledge.errors import KnowledgeError
from knowledge.screens import load_safety_texts, regions

_LONGEST = 80
_ASKED = (
    "Enter this only when a licensed person has read every crisis text for `{region}` (`/setup show` has a button for "
    "them). Today's date is kept with it. Never a name, a number or a contact."
)
_FIELDS = (
    ("role", "Role", "Such as: clinical supervisor"),
    ("licence", "Licence", "Its kind, such as LPC-S or LCSW, without its number"),
    ("jurisdiction", "Jurisdiction", "Where it is valid, such as Texas"),
)
_MENDS = {
    "role": "write what they are, such as clinical supervisor, in 2 to 80 letters",
    "licence": "write the kind of licence, such as LPC-S or LCSW; without a licence the texts stay unreviewed",
    "jurisdiction": "write where the licence is valid, such as Texas, in 2 to 80 letters",
}
_LICENSED = "my supervisor is licensed as {licence} in {jurisdiction}"
"""How licence and jurisdiction are read for identifiers: by themselves, letters such as LPC-S pass for a name."""

_PERSONAL = frozenset({"name", "email", "phone", "handle", "url", "record number", "date"})
"""Kinds of identifiers that are refused; a place is what a jurisdiction is."""

_KEPT = "Kept. Crisis texts for `{region}` now say in this server: reviewed by a {by}."
_READ = (
    "**The crisis texts for `{region}`**\nThese are all of them, as people in danger get them. A licensed person reads "
    "every one; then `/setup reviewed`."
)


def today() -> date:
    """Return the day, in UTC."""
    return datetime.now(UTC).date()


class Reviews:
    """Shows crisis texts to managers, and keeps who has read them."""

    def __init__(
        self,
        *,
        desk: Desk,
        store: Store,
        router: Router,
        library: Library,
        danger: DangerFirst,
        today: Callable[[], date] = today,
    ) -> None:
        """Hold the collaborators.

        Args:
            desk: gives the close.
            store: what is kept.
            router: leads presses here.
            library: takes identifiers out of what is typed.
            danger: reads what is typed for danger.
            today: gives the day.
        """
        self._desk = desk
        self._store = store
        self._library = library
        self._danger = danger
        self._today = today
        router.on("crisistexts", self._texts)
        router.on("reviewed", self._reviewed)

    def form(self, region: str) -> RoutedModal:
        """Return the form of a review."""
        form = RoutedModal("Who has read the crisis texts?", "reviewed", region)
        form.add_item(discord.ui.TextDisplay(_ASKED.format(region=region)))
        return with_review_fields(form)

    async def checked(self, typed: dict[str, str]) -> Review:
        """Return what was typed into the fields of a review, dated today.

        Raises:
            FixInput: it holds details of a person, or does not count as a review.
        """
        await self._refuse_identifiers(typed)
        return _checked(typed, self._today())

    async def _reviewed(self, press: Press) -> None:
        interaction, region = press.interaction, press.arguments[0]
        server = require_manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        typed = typed_review(press)
        if await self._danger.stands_in(interaction, *typed.values()):
            return
        review = await self.checked(typed)
        if region not in await asyncio.to_thread(regions):
            raise FixInput("there are no crisis lines for that region any more", "choose another with /setup region")
        kept = CrisisReview(region, review.role, review.licence, review.jurisdiction, review.date)
        await self._store.servers.change(server, crisis_review=kept)
        told = _KEPT.format(region=region, by=inert(f"{kept.role} ({kept.licence}, {kept.jurisdiction}), {kept.on}"))
        await interaction.edit_original_response(view=notice(told))

    async def _refuse_identifiers(self, typed: dict[str, str]) -> None:
        in_sentences = (typed["role"], _LICENSED.format(**typed))
        found = [await self._library.redact(sentence) for sentence in in_sentences]
        kinds = {removal.type for one in found if one for removal in one.removed} & _PERSONAL
        numbered = {"record number"} if any(letter.isdigit() for letter in typed["licence"]) else set()
        if None in found or kinds or numbered:
            told = ", ".join(sorted(kinds | numbered)) or "an identifier"
            raise FixInput(
                f"that looks as if it held details of a person ({told}), and nothing was kept",
                "write role, kind of licence and jurisdiction only",
            )

    async def _texts(self, press: Press) -> None:
        interaction, region = press.interaction, press.arguments[0]
        server = require_manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = (await self._store.servers.settings(server)).reviewed_for(region)
        try:
            texts = await asyncio.to_thread(load_safety_texts, region, as_review(kept))
        except KnowledgeError:
            raise FixInput(
                "there are no crisis lines for that region any more", "choose another with /setup region"
            ) from None
        shown = [
            _READ.format(region=region),
            *(f"**Danger to someone else: {kind}**\n{text}" for kind, text in texts.other.items()),
            f"**After each of those**\n{texts.other_limits}",
            f"**The counselor's own danger**\n{texts.own}\n\n{texts.own_limits}",
            f"**Before an answer, where danger is unclear**\n{texts.caution}",
            await self._desk.close_for(asker_of(interaction)),
        ]
        out = PrivateOut(interaction)
        for view in pages(shown):
            await out.put(view)


def with_review_fields(form: RoutedModal) -> RoutedModal:
    """Return a form with the fields of a review: role, licence and jurisdiction."""
    for name, label, hint in _FIELDS:
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id=name, min_length=2, max_length=_LONGEST)
        form.add_item(discord.ui.Label(text=label, description=hint, component=text))
    return form


def typed_review(press: Press) -> dict[str, str]:
    """Return what was typed into the fields of a review, by their names."""
    return {name: press.text(name) for name, _, _ in _FIELDS}


def as_review(kept: CrisisReview | None) -> Review | None:
    """Return what a server keeps of a review as crisis texts print it; None where it does not count."""
    if kept is None:
        return None
    try:
        return Review(role=kept.role, licence=kept.licence, jurisdiction=kept.jurisdiction, date=kept.on)
    except ValidationError:
        return None


def _checked(typed: dict[str, str], on: date) -> Review:
    """Return what was typed as a review.

    Raises:
        FixInput: it does not count as one; names the field, never what stands in it.
    """
    try:
        return Review(**typed, date=on)
    except ValidationError as error:
        field = str(error.errors(include_input=False)[0]["loc"][0])
    raise FixInput(f"the {field} cannot be taken as it is", _MENDS.get(field, "check the clock of this machine"))
