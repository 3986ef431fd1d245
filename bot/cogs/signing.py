"""What supervisors sign with: asked once, kept, and put under whatever askers see of them."""

from datetime import UTC, datetime

import discord

from bot.cogs.reviews import Reviews, typed_review, with_review_fields
from bot.cogs.router import Press, RoutedModal
from bot.cogs.typed import DangerFirst
from bot.errors import FixInput
from bot.storage.curated import Signature
from bot.storage.store import Store

_ASKED = "What you sign with in this server, asked once. Askers see it: no names, numbers or contacts."
_FIELD = "role"


class Signing:
    """Knows what somebody signs with, and asks where it does not."""

    def __init__(self, *, store: Store, reviews: Reviews, danger: DangerFirst) -> None:
        """Hold the collaborators.

        Args:
            store: what is kept.
            reviews: checks what was typed.
            danger: reads what is typed for danger.
        """
        self._store = store
        self._reviews = reviews
        self._danger = danger

    async def known(self, server: int, person: int) -> Signature | None:
        """Return what a person signs with today; None where they have not said.

        Raises:
            AssistantError: the database cannot be used.
        """
        return await self._store.supervisors.signature(server, person, datetime.now(UTC).date())

    def asking(self, form: RoutedModal) -> RoutedModal:
        """Return a form with the fields of a signature."""
        form.add_item(discord.ui.TextDisplay(_ASKED))
        return with_review_fields(form)

    async def of(self, press: Press, server: int) -> Signature | None:
        """Return the signature of who submitted a form, kept first where it was typed there.

        Returns:
            The signature; None where what was typed tells of danger, whose steps were shown then.

        Raises:
            FixInput: what was typed cannot be kept, or they have not said what they sign with.
            AssistantError: the database cannot be used.
        """
        person = press.interaction.user.id
        if _FIELD in press.values:
            typed = typed_review(press)
            if await self._danger.stands_in(press.interaction, *typed.values()):
                return None
            signed = await self._reviews.checked(typed)
            await self._store.supervisors.sign_as(
                server, person, role=signed.role, licence=signed.licence, jurisdiction=signed.jurisdiction
            )
        found = await self.known(server, person)
        if found is None:
            raise FixInput("you have not said what you sign with", "start again, and fill in the form")
        return found
