"""What waits for supervisors, one answer at a time: approve, edit, reject with a reason, next."""

import uuid
from typing import Any

import discord

from bot.cogs.permissions import require_supervisor
from bot.cogs.router import Press, RoutedModal, Router, button
from bot.cogs.shelved import begin, beside_texts, former, read, remark_on, show, shown_answer
from bot.cogs.signing import Signing
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.curation.service import Curation
from bot.storage.curated import Origin, Signature, State
from bot.storage.store import Store

_APPROVED = "Approved. Members of this server get it from their next question on; it is to be looked at again by {day}."
_REJECTED = "Sent back with your reason. Its author finds it in `/curate history`."
_EMPTY = {"queue": "Nothing waits for approval.", "due": "Nothing is due for review."}
_LONGEST_REASON = 400


class Approving:
    """The queue, and what is due."""

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
        self._desk = desk
        self._store = store
        self._curation = curation
        self._signing = signing
        self._danger = danger
        router.on("cuapprove", self._approve)
        router.on("cusigned", self._signed)
        router.on("cureject", self._reject)
        router.on("curejected", self._rejected)
        router.on("cunext", self._next)

    async def first(self, interaction: discord.Interaction[Any], which: str) -> None:
        """Show a supervisor the first answer of `queue` or `due`."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show_next(interaction, await require_supervisor(interaction, self._store), which, None)

    async def _approve(self, press: Press) -> None:
        """Approve what was read; who has not said what they sign with is asked for that first."""
        interaction, (key, revision) = press.interaction, press.arguments
        server = await require_supervisor(interaction, self._store)
        signed = await self._signing.known(server, interaction.user.id)
        if signed is None:
            form = RoutedModal("What do you sign with?", "cusigned", key, revision)
            await interaction.response.send_modal(self._signing.asking(form))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._approve_as(interaction, server, uuid.UUID(key), int(revision), signed)

    async def _signed(self, press: Press) -> None:
        key, revision = press.arguments
        server = await begin(press, self._store)
        signed = await self._signing.of(press, server)
        if signed is not None:
            await self._approve_as(press.interaction, server, uuid.UUID(key), int(revision), signed)

    async def _approve_as(
        self, interaction: discord.Interaction[Any], server: int, answer: uuid.UUID, revision: int, signed: Signature
    ) -> None:
        person = interaction.user.id
        approved = await self._curation.approve(server, answer, person, revision=revision, signature=signed)
        await show(self._desk, interaction, [_APPROVED.format(day=approved.review_by)])

    async def _reject(self, press: Press) -> None:
        await require_supervisor(press.interaction, self._store)
        form = RoutedModal("Why is it sent back?", "curejected", *press.arguments)
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="why", style=discord.TextStyle.paragraph, max_length=_LONGEST_REASON
        )
        form.add_item(discord.ui.Label(text="Reason", description="Its author reads it.", component=text))
        await press.interaction.response.send_modal(form)

    async def _rejected(self, press: Press) -> None:
        server = await begin(press, self._store)
        why = press.text("why")
        if await self._danger.stands_in(press.interaction, why):
            return
        await self._curation.reject(server, uuid.UUID(press.arguments[0]), press.interaction.user.id, why=why)
        await show(self._desk, press.interaction, [_REJECTED])

    async def _next(self, press: Press) -> None:
        which, after = press.arguments
        await self._show_next(press.interaction, await begin(press, self._store), which, uuid.UUID(after))

    async def _show_next(
        self, interaction: discord.Interaction[Any], server: int, which: str, after: uuid.UUID | None
    ) -> None:
        """Show the answer behind another one; the first again behind the last, and where that one is gone."""
        waiting = await (self._curation.due(server) if which == "due" else self._curation.queue(server))
        if not waiting:
            await show(self._desk, interaction, [_EMPTY.get(which, _EMPTY["queue"])])
            return
        ids = [one.id for one in waiting]
        place = (ids.index(after) + 1) % len(ids) if after in ids else 0
        answer, content = await read(self._store, server, ids[place])
        key = answer.id.hex
        buttons = [
            button("Approve", "cuapprove", key, answer.revision, style=discord.ButtonStyle.primary),
            button("Edit", "cuedit", key),
        ]
        if answer.state is State.SUBMITTED:
            buttons.append(button("Reject", "cureject", key))
        if len(ids) > 1:
            buttons.append(button("Next", "cunext", which, key))
        author = former(answer.author) if answer.author or answer.origin is not Origin.FILE else "a file"
        head = "\n".join([f"**{place + 1} of {len(ids)}**, by {author}", await remark_on(self._store, answer)]).strip()
        beside = beside_texts(await self._curation.beside(answer, content))
        await show(self._desk, interaction, [head, *shown_answer(answer, content), *beside], buttons)
