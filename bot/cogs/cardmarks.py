"""`/curate card`: cards of the program that a server's supervisors verify, or hide for their server."""

from typing import Any

import discord
from discord import app_commands

from bot.cogs.choices import Choices, offer
from bot.cogs.permissions import require_supervisor
from bot.cogs.render import inert
from bot.cogs.router import Press, RoutedModal, Router
from bot.cogs.shelved import begin, show
from bot.cogs.signing import Signing
from bot.consult.desk import Desk
from bot.consult.library import Library
from bot.curation.review import verified
from bot.errors import FixInput
from bot.storage.curated import Signature
from bot.storage.store import Store
from bot.storage.supervisors import CardMark, Mark
from knowledge.entry import Card, Kind

_VERIFIED = "*{title}* is marked. Under answers that draw on it stands from now on:"
_HIDDEN = "*{title}* is hidden: nobody gets an answer from it in this server any more."
_UNDONE = "*{title}* is neither verified nor hidden in this server now."
_GONE = "`{card}`, which is no longer there"
_NONE = "No card is verified or hidden in this server."


class CardCommands(app_commands.Group):
    """The commands about cards of the program."""

    def __init__(self, *, desk: Desk, store: Store, library: Library, router: Router, signing: Signing) -> None:
        """Hold the collaborators.

        Args:
            desk: gives the close.
            store: what is kept.
            library: the cards.
            router: leads presses here.
            signing: knows what somebody signs with.
        """
        super().__init__(name="card", description="Verify a card of the library for this server, or hide it.")
        self._desk = desk
        self._store = store
        self._library = library
        self._signing = signing
        router.on("cucard", self._signed)

    @app_commands.command(name="verify", description="Say under answers that you have read and verified a card.")
    @app_commands.describe(card="Which card.")
    async def verify(self, interaction: discord.Interaction[Any], card: str) -> None:
        """Mark a card as verified; who has not said what they sign with is asked for that first."""
        server = await require_supervisor(interaction, self._store)
        found = self._named(card)
        signed = await self._signing.known(server, interaction.user.id)
        if signed is None:
            await interaction.response.send_modal(
                self._signing.asking(RoutedModal("What do you sign with?", "cucard", found.id))
            )
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._verify(interaction, server, found, signed)

    @app_commands.command(name="hide", description="Leave a card out of every answer in this server.")
    @app_commands.describe(card="Which card.")
    async def hide(self, interaction: discord.Interaction[Any], card: str) -> None:
        """Hide a card for the server; those on safety stay."""
        await require_supervisor(interaction, self._store)
        found = self._named(card)
        if found.head.kind is Kind.SAFETY:
            raise FixInput("that card is about safety, and stays for everyone", "write your own answer beside it")
        await self._mark(interaction, found, "hidden", _HIDDEN)

    @app_commands.command(name="undo", description="Take back that a card is verified or hidden.")
    @app_commands.describe(card="Which card.")
    async def undo(self, interaction: discord.Interaction[Any], card: str) -> None:
        """Take a mark away."""
        server = await require_supervisor(interaction, self._store)
        found = self._named(card)
        if found.id not in await self._store.supervisors.card_marks(server):
            raise FixInput("that card is neither verified nor hidden here", "look at `/curate card list`")
        await self._mark(interaction, found, None, _UNDONE)

    @app_commands.command(name="list", description="Cards that are verified or hidden in this server.")
    async def listed(self, interaction: discord.Interaction[Any]) -> None:
        """Show the marks."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        marks = await self._store.supervisors.card_marks(server)
        by_id = self._library.corpus.by_id
        names = {card: inert(by_id[card].head.title) if card in by_id else _GONE.format(card=card) for card in marks}
        lines = [f"- {names[card]}: {_told(mark)}" for card, mark in marks.items()]
        await show(self._desk, interaction, ["\n".join(lines) or _NONE])

    @verify.autocomplete("card")
    @hide.autocomplete("card")
    async def offer(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        """Offer cards by title."""
        cards = ((card.head.title, card.id) for card in self._library.corpus.cards)
        return await offer(interaction, self._store, current, cards)

    @undo.autocomplete("card")
    async def offer_marked(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        """Offer the cards that are marked."""
        marks = await self._store.supervisors.card_marks(interaction.guild_id or 0)
        by_id = self._library.corpus.by_id
        cards = ((f"{by_id[card].head.title} ({mark.kind})", card) for card, mark in marks.items() if card in by_id)
        return await offer(interaction, self._store, current, cards)

    async def _signed(self, press: Press) -> None:
        server = await begin(press, self._store)
        found = self._named(press.arguments[0])
        signed = await self._signing.of(press, server)
        if signed is not None:
            await self._verify(press.interaction, server, found, signed)

    async def _verify(self, interaction: discord.Interaction[Any], server: int, card: Card, signed: Signature) -> None:
        await self._store.supervisors.mark_card(server, card.id, interaction.user.id, "verified", signed)
        badge = inert(verified(Mark("verified", signed.on, signed)))
        await show(self._desk, interaction, [_VERIFIED.format(title=inert(card.head.title)), f"> {badge}"])

    async def _mark(self, interaction: discord.Interaction[Any], card: Card, mark: CardMark | None, told: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        await self._store.supervisors.mark_card(server, card.id, interaction.user.id, mark)
        await show(self._desk, interaction, [told.format(title=inert(card.head.title))])

    def _named(self, card: str) -> Card:
        found = self._library.find(card)
        if found is None:
            raise FixInput("there is no card of that name", "choose one from the list")
        return found


def _told(mark: Mark) -> str:
    return verified(mark) if mark.kind == "verified" else f"hidden, {mark.on.isoformat()}"
