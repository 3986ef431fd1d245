"""`/curate view`: second views and caveats beside an answer, written by one supervisor and approved by another."""

import uuid
from collections.abc import Sequence
from typing import Any, Literal

import discord
from discord import app_commands

from bot.cogs.choices import Choices, offer_answers
from bot.cogs.delivery import Button
from bot.cogs.layout import quoted
from bot.cogs.permissions import require_supervisor
from bot.cogs.render import inert
from bot.cogs.router import Press, RoutedModal, Router, button
from bot.cogs.shelved import begin, former, named, show
from bot.cogs.signing import Signing
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.curation.service import Curation
from bot.curation.views import LONGEST_VIEW
from bot.errors import FixInput
from bot.storage.curated import Answer, SecondView
from bot.storage.store import Store

_KEPT = "Kept. Askers see it under the answer once another supervisor has approved it (`/curate view waiting`)."
_SHOWN = "Approved. Who gets this answer from now on sees it too."
_SURE = "This takes its words away for good; that there was one, and who took it away, stays in the log."
_GONE = "Its words are gone."
_NONE = "There is none."
_ABOUT = {
    "view": "Second view",
    "culture": "Caveat on culture",
    "setting": "Caveat on setting",
    "modality": "Caveat on modality",
}
_MOST = 5


class ViewCommands(app_commands.Group):
    """The commands of second views."""

    def __init__(
        self, *, desk: Desk, store: Store, curation: Curation, router: Router, signing: Signing, danger: DangerFirst
    ) -> None:
        """Hold the collaborators.

        Args:
            desk: gives the close.
            store: what is kept.
            curation: what supervisors do with answers.
            router: leads presses here.
            signing: knows what somebody signs with.
            danger: reads what is typed for danger.
        """
        super().__init__(name="view", description="Second views and caveats beside an answer.")
        self._desk = desk
        self._store = store
        self._curation = curation
        self._signing = signing
        self._danger = danger
        router.on("cuview", self._written)
        router.on("cuviewyes", self._approve)
        router.on("cuviewno", self._ask)
        router.on("cuviewgone", self._take_away)

    @app_commands.command(name="add", description="Write a second view of an approved answer, or a caveat.")
    @app_commands.describe(answer="Which answer.", about="Another view of it, or where it does not hold.")
    async def add(
        self,
        interaction: discord.Interaction[Any],
        answer: str,
        about: Literal["view", "culture", "setting", "modality"] = "view",
    ) -> None:
        """Open the form; who has not said what they sign with is asked in it."""
        server = await require_supervisor(interaction, self._store)
        found = await named(self._store, server, answer)
        form = RoutedModal("Beside an answer", "cuview", found.id.hex, about)
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, max_length=LONGEST_VIEW
        )
        hint = "Askers read it under the answer. General words: no names, places or dates."
        form.add_item(discord.ui.Label(text=_label(about), description=hint, component=text))
        signed = await self._signing.known(server, interaction.user.id)
        await interaction.response.send_modal(form if signed else self._signing.asking(form))

    @app_commands.command(name="waiting", description="Second views that nobody has approved yet.")
    async def waiting(self, interaction: discord.Interaction[Any]) -> None:
        """Show what waits for approval."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        await self._show(interaction, server, await self._curation.views.waiting(server))

    @app_commands.command(name="list", description="All second views and caveats on an answer.")
    @app_commands.describe(answer="Which answer.")
    async def listed(self, interaction: discord.Interaction[Any], answer: str) -> None:
        """Show what stands beside an answer, approved or not."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        found = await named(self._store, server, answer)
        await self._show(interaction, server, await self._curation.views.of(server, found.id))

    @add.autocomplete("answer")
    @listed.autocomplete("answer")
    async def offer(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        """Offer the server's answers."""
        return await offer_answers(interaction, self._store, current)

    async def _show(self, interaction: discord.Interaction[Any], server: int, views: Sequence[SecondView]) -> None:
        texts, buttons = [f"**{len(views)} second views and caveats**" if views else _NONE], list[Button]()
        for place, view in enumerate(views[:_MOST], 1):
            texts.append(_told(place, view, await self._store.answers.find(server, view.answer)))
            if view.text is not None:
                more = [] if view.approved_at else [button(f"Approve {place}", "cuviewyes", view.id.hex)]
                buttons += [*more, button(f"Take away {place}", "cuviewno", view.id.hex)]
        await show(self._desk, interaction, texts, buttons)

    async def _written(self, press: Press) -> None:
        interaction, (key, about) = press.interaction, press.arguments
        server = await begin(press, self._store)
        text = press.text("text")
        if await self._danger.stands_in(interaction, text):
            return
        signed = await self._signing.of(press, server)
        if signed is None:
            return
        person = interaction.user.id
        kept = await self._curation.views.add(server, uuid.UUID(key), person, about=about, text=text, signature=signed)
        await show(self._desk, interaction, [_KEPT, quoted(kept.text or "")])

    async def _approve(self, press: Press) -> None:
        server = await begin(press, self._store)
        await self._curation.views.approve(server, uuid.UUID(press.arguments[0]), press.interaction.user.id)
        await show(self._desk, press.interaction, [_SHOWN])

    async def _ask(self, press: Press) -> None:
        server = await begin(press, self._store)
        view = await self._store.views.find(server, uuid.UUID(press.arguments[0]))
        if view is None or view.text is None:
            raise FixInput("its words are gone already", "nothing has to be done")
        yes = button("Take it away", "cuviewgone", view.id.hex, style=discord.ButtonStyle.danger)
        await show(self._desk, press.interaction, [_SURE, quoted(view.text)], [yes])

    async def _take_away(self, press: Press) -> None:
        server = await begin(press, self._store)
        await self._curation.views.take_away(server, uuid.UUID(press.arguments[0]), press.interaction.user.id)
        await show(self._desk, press.interaction, [_GONE])


def _label(about: str) -> str:
    return _ABOUT[about]


def _told(place: int, view: SecondView, answer: Answer | None) -> str:
    signed = view.signature
    by = inert(f"{signed.role}, {signed.licence}, {signed.jurisdiction}, {signed.on.isoformat()}")
    on = inert(answer.title) if answer else "an answer"
    state = f"shown since {view.approved_at:%Y-%m-%d}" if view.approved_at else "waits for approval"
    words = quoted(view.text) if view.text is not None else "*Its words were taken away.*"
    return f"**{place}. {_label(view.about)}** on *{on}*, by {former(view.person)} ({by}), {state}\n{words}"
