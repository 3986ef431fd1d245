"""`/knowledge`: cards looked up by words, by title, or by chance; shown to the person alone."""

import logging
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import log
from bot.cogs.consult import asker_of
from bot.cogs.delivery import Button, PrivateOut, plain_view, wait_view
from bot.cogs.layout import notice, pages, row
from bot.cogs.render import MESSAGE_LIMIT, sheets
from bot.cogs.router import Press, Router, button, custom_id
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk, Wait
from bot.consult.library import FoundCards, Library, Suggestion
from bot.consult.limits import Limits
from bot.consult.references import one_line
from bot.consult.sources import card_in_full
from knowledge.entry import Card

LONGEST_TERM = 1000
"""Characters of what is searched for; whole situations are for /consult."""

_LONGEST_CHOICE = 100
_MORE = "…"

_FOUND = (
    "**Cards near to your words, nearest first.** Near is not the same as fitting: a card that does not fit your "
    "situation says nothing about it."
)
_NOTHING = "The library holds no card near to these words."
_REMOVED = (
    "I removed {kinds} before searching. What is typed in Discord, Discord has received: please leave out whatever "
    "identifies a client."
)
_WITHHELD = (
    "I could not be sure that every identifying detail was out of your words, so I did not search. Please try again "
    "with fewer words, without names, contact details, dates or places."
)
_NO_CARD = "There is no card of that name. `/knowledge search` finds cards by any words; the list offers their titles."
_OPEN = "Open a card"


class KnowledgeCog(commands.Cog):
    """Looking things up in the cards."""

    group = app_commands.Group(name="knowledge", description="Look things up in the library of cards.")

    def __init__(self, *, desk: Desk, library: Library, router: Router, danger: DangerFirst, limits: Limits) -> None:
        """Hold the collaborators.

        Args:
            desk: gives the close.
            library: the cards.
            router: leads presses here.
            danger: reads what is typed for danger.
            limits: how many searches are made.
        """
        self._desk = desk
        self._library = library
        self._danger = danger
        self._limits = limits
        router.on("card", self._opened)
        router.on("anycard", self._another)

    @group.command(name="search", description="Find cards by any words. Only you see them.")
    @app_commands.describe(term="What you look for. No names, places or dates.")
    async def search(
        self, interaction: discord.Interaction[Any], term: app_commands.Range[str, 1, LONGEST_TERM]
    ) -> None:
        """Show the cards nearest to some words."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if await self._danger.stands_in(interaction, term):
            return
        if wait := self._limits.take(asker_of(interaction)):
            await interaction.edit_original_response(view=wait_view(Wait(wait)))
            return
        found = await self._library.search(term)
        close = await self._desk.close_for(asker_of(interaction))
        if found is None:
            await interaction.edit_original_response(view=notice(_WITHHELD, close))
        else:
            await interaction.edit_original_response(view=_found_view(found, close))

    @group.command(name="card", description="Show one card of the library. Only you see it.")
    @app_commands.describe(title="The card's title; the list offers titles while you type.")
    async def card(
        self, interaction: discord.Interaction[Any], title: app_commands.Range[str, 1, LONGEST_TERM]
    ) -> None:
        """Show one card."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        card = self._library.find(title)
        if card is None and await self._danger.stands_in(interaction, title):
            return
        await self._show(interaction, card)

    @group.command(name="random", description="Show a card by chance. Only you see it.")
    async def random(self, interaction: discord.Interaction[Any]) -> None:
        """Show a card by chance."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, self._library.any_card(), [button("Another one", "anycard")])

    @search.autocomplete("term")
    async def suggest_terms(self, _: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Offer titles and the questions that cards answer; the words themselves are searched for."""
        return [app_commands.Choice(name=text, value=text) for text in self._suggested(typed, titles_only=False)]

    @card.autocomplete("title")
    async def suggest_titles(self, _: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Offer titles."""
        found = self._suggestions(typed, titles_only=True)
        return [app_commands.Choice(name=_short(one.text), value=one.card) for one in found]

    def _suggested(self, typed: str, *, titles_only: bool) -> list[str]:
        """Return different texts, each short enough for a choice."""
        return list(dict.fromkeys(_short(one.text) for one in self._suggestions(typed, titles_only=titles_only)))

    def _suggestions(self, typed: str, *, titles_only: bool) -> list[Suggestion]:
        try:
            return self._library.suggest(typed, titles_only=titles_only)
        except Exception as error:  # noqa: BLE001  # behind this border discord.py prints a traceback
            log.event("suggestions failed", level=logging.ERROR, error=type(error).__name__)
            return []

    async def _opened(self, press: Press) -> None:
        """Show the card that was chosen in the list."""
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        chosen = press.values.get("", ())
        await self._show(press.interaction, self._library.find(chosen[0]) if chosen else None)

    async def _another(self, press: Press) -> None:
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(press.interaction, self._library.any_card(), [button("Another one", "anycard")])

    async def _show(
        self, interaction: discord.Interaction[Any], card: Card | None, buttons: Iterable[Button] = ()
    ) -> None:
        """Show a card, or that there is none, as the person reads best; the close comes last."""
        close = await self._desk.close_for(asker_of(interaction))
        texts = [*(card_in_full(self._library.corpus, card) if card else [_NO_CARD]), close]
        out = PrivateOut(interaction)
        if not await self._desk.plain(interaction.user.id):
            for view in pages(texts, list(buttons)):
                await out.put(view)
            return
        *before, last = ["\n\n".join(sheet) for sheet in sheets(texts, MESSAGE_LIMIT)]
        for content in before:
            await out.put_plain(content, None)
        await out.put_plain(last, plain_view(list(buttons)))


def _found_view(found: FoundCards, close: str) -> discord.ui.LayoutView:
    """Return what a search found, with a list from which a card can be opened."""
    removed = ", ".join(f"{removal.count} {removal.type}" for removal in found.removed)
    warned = _REMOVED.format(kinds=removed) if removed else ""
    if not found.cards:
        return notice(warned, _NOTHING, close)
    listed = [f"{number}. {one_line(card.head.title)}" for number, card in enumerate(found.cards, 1)]
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id("card"),
        placeholder=_OPEN,
        options=[discord.SelectOption(label=_short(card.head.title), value=card.id) for card in found.cards],
    )
    return notice(warned, "\n".join([_FOUND, *listed]), close, extra=[row(select)])


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST_CHOICE else line[: _LONGEST_CHOICE - len(_MORE)].rstrip() + _MORE
