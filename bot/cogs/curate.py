"""`/curate`: supervisors write answers of their own, read what waits, approve it, send it back, and look back."""

import uuid
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.afterwards import Helped
from bot.cogs.answerform import answer_form, content_of, typed_answer
from bot.cogs.approving import Approving
from bot.cogs.choices import Choices, offer_answers
from bot.cogs.delivery import Button
from bot.cogs.layout import quoted
from bot.cogs.permissions import require_supervisor
from bot.cogs.render import inert
from bot.cogs.router import Press, Router, button
from bot.cogs.shelved import begin, beside_texts, history_texts, named, on_topic, read, removed_line, show, shown_answer
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.curation.service import Curation, Edited, Kept
from bot.storage.curated import Answer, State
from bot.storage.store import Store

_KEPT = "Kept as a draft, revision {number}. Nobody gets it before another supervisor has approved it."
_ASIDE = (
    "**Somebody else changed this answer while you were writing.** Theirs stands; your words are kept as revision "
    "{aside}. `/curate restore` with that number makes them current. What yours change against theirs:"
)
_SUBMITTED = "Submitted. It stands in `/curate queue` now, for another supervisor."
_RETIRED = "Retired. Nobody gets it any more; its words stay in its history."
_RESTORED = "It is a draft again, revision {number}."
_LONGEST_REASON = 400
_QUESTIONS = 5
_DIFFERENCE = 3000


class CurateCog(commands.Cog):
    """The commands of a server's supervisors."""

    group = app_commands.Group(
        name="curate",
        description="Answers that this server's supervisors stand behind.",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(  # noqa: PLR0913  # each collaborator by its name
        self,
        *,
        desk: Desk,
        store: Store,
        curation: Curation,
        router: Router,
        approving: Approving,
        helped: Helped,
        danger: DangerFirst,
        more: Iterable[app_commands.Group | app_commands.Command[Any, ..., Any]] = (),
    ) -> None:
        """Hold the collaborators.

        Args:
            desk: gives the close.
            store: what is kept.
            curation: what supervisors do with answers.
            router: leads presses here.
            approving: shows what waits.
            helped: counts what was reported to help.
            danger: reads what is typed for danger.
            more: further commands, which join the group.
        """
        self._desk = desk
        self._store = store
        self._curation = curation
        self._approving = approving
        self._helped = helped
        self._danger = danger
        for one in more:
            self.group.add_command(one)
        router.on("cunew", self._written)
        router.on("cuedit", self._edit)
        router.on("cuedited", self._edited)
        router.on("cusubmit", self._submit)

    @group.command(name="new", description="Write an answer. Another supervisor approves it before anybody gets it.")
    async def new(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form."""
        await require_supervisor(interaction, self._store)
        await interaction.response.send_modal(answer_form("cunew"))

    @group.command(name="queue", description="Read what waits for approval, longest first.")
    async def queue(self, interaction: discord.Interaction[Any]) -> None:
        """Show the first answer that waits."""
        await self._approving.first(interaction, "queue")

    @group.command(name="due", description="Read what has to be looked at again.")
    async def due(self, interaction: discord.Interaction[Any]) -> None:
        """Show the first answer that is due."""
        await self._approving.first(interaction, "due")

    @group.command(name="questions", description="Questions that nobody has answered, the oldest first.")
    async def questions(self, interaction: discord.Interaction[Any]) -> None:
        """Show what waits for a reply, each with a button."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        waiting = await self._store.escalations.waiting(server)
        owners = await self._store.supervisors.topic_owners(server)
        first = waiting[:_QUESTIONS]
        texts = [
            f"**{place}.** since {one.asked_at:%Y-%m-%d}, on {on_topic(one.topic, owners)}\n{quoted(one.question)}"
            for place, one in enumerate(first, 1)
        ]
        buttons = [button(f"Answer {place}", "escanswer", one.id.hex) for place, one in enumerate(first, 1)]
        await show(self._desk, interaction, [f"**{len(waiting)} wait for an answer.**", *texts], buttons)

    @group.command(name="helped", description="Which suggestions are reported to help, as counts from five people up.")
    async def helped(self, interaction: discord.Interaction[Any]) -> None:
        """Show what people reported some days after an answer."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        await show(self._desk, interaction, await self._helped.texts(server))

    @group.command(name="history", description="Everything that became of an answer, and what can be done with it.")
    @app_commands.describe(answer="Which answer.")
    async def history(self, interaction: discord.Interaction[Any], answer: str) -> None:
        """Show revisions with what each changed, and who did what."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        found = await self._curation.history(server, (await named(self._store, server, answer)).id)
        await show(self._desk, interaction, history_texts(found), ways(found.answer))

    @group.command(name="edit", description="Change an answer; what is live stays until the new words are approved.")
    @app_commands.describe(answer="Which answer.")
    async def edit(self, interaction: discord.Interaction[Any], answer: str) -> None:
        """Open the form with an answer's words."""
        server = await require_supervisor(interaction, self._store)
        await self._open_form(interaction, server, await named(self._store, server, answer))

    @group.command(name="retire", description="Take an answer from askers at once; its words stay in its history.")
    @app_commands.describe(answer="Which answer.", reason="Why, for its history.")
    async def retire(
        self,
        interaction: discord.Interaction[Any],
        answer: str,
        reason: app_commands.Range[str, 1, _LONGEST_REASON] | None = None,
    ) -> None:
        """Retire an answer."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        if reason and await self._danger.stands_in(interaction, reason):
            return
        found = await named(self._store, server, answer)
        await self._curation.retire(server, found.id, interaction.user.id, why=reason)
        await show(self._desk, interaction, [_RETIRED])

    @group.command(name="restore", description="Make a draft of a retired or rejected answer, or of earlier words.")
    @app_commands.describe(answer="Which answer.", revision="The number of the revision whose words are wanted.")
    async def restore(
        self,
        interaction: discord.Interaction[Any],
        answer: str,
        revision: app_commands.Range[int, 1, 1_000_000] | None = None,
    ) -> None:
        """Restore an answer."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        found = await named(self._store, server, answer)
        back = await self._curation.restore(server, found.id, interaction.user.id, revision=revision)
        await show(self._desk, interaction, [_RESTORED.format(number=back.revision)], ways(back))

    @history.autocomplete("answer")
    @edit.autocomplete("answer")
    @retire.autocomplete("answer")
    @restore.autocomplete("answer")
    async def offer(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        """Offer the server's answers to its supervisors, and nothing to anybody else."""
        return await offer_answers(interaction, self._store, current)

    async def _written(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        if await self._danger.stands_in(interaction, *typed_answer(press)):
            return
        await self.tell_kept(interaction, await self._curation.new(server, interaction.user.id, content_of(press)))

    async def tell_kept(self, interaction: discord.Interaction[Any], kept: Kept, aside: str = "") -> None:
        """Show the person of a deferred interaction what was kept of an answer, and what can be done with it.

        Args:
            interaction: whose person sees it.
            kept: what was kept.
            aside: what holds for this answer beside it.
        """
        _, content = await read(self._store, kept.answer.server, kept.answer.id)
        head = [_KEPT.format(number=kept.answer.revision), aside, removed_line(kept.removed)]
        await show(self._desk, interaction, [*head, *shown_answer(kept.answer, content)], ways(kept.answer))

    async def _edit(self, press: Press) -> None:
        server = await require_supervisor(press.interaction, self._store)
        answer, _ = await read(self._store, server, uuid.UUID(press.arguments[0]))
        await self._open_form(press.interaction, server, answer)

    async def _open_form(self, interaction: discord.Interaction[Any], server: int, answer: Answer) -> None:
        answer, content = await read(self._store, server, answer.id)
        await interaction.response.send_modal(answer_form("cuedited", answer.id.hex, answer.revision, content=content))

    async def _edited(self, press: Press) -> None:
        interaction, (key, base) = press.interaction, press.arguments
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        if await self._danger.stands_in(interaction, *typed_answer(press)):
            return
        answer = uuid.UUID(key)
        before = await self._store.answers.revisions(server, answer, [int(base)])
        content = content_of(press, before[0].content if before else None)
        edited = await self._curation.edit(server, answer, interaction.user.id, content, base=int(base))
        if edited.aside is None:
            await self.tell_kept(interaction, Kept(edited.answer, edited.removed))
        else:
            await self._tell_aside(interaction, edited)

    async def _tell_aside(self, interaction: discord.Interaction[Any], edited: Edited) -> None:
        changed = inert("\n".join(f"> {line}" for line in edited.difference))[:_DIFFERENCE]
        texts = [_ASIDE.format(aside=edited.aside), removed_line(edited.removed), changed]
        await show(self._desk, interaction, texts, ways(edited.answer))

    async def _submit(self, press: Press) -> None:
        server = await begin(press, self._store)
        key = uuid.UUID(press.arguments[0])
        await self._curation.submit(server, key, press.interaction.user.id)
        beside = await self._curation.beside(*await read(self._store, server, key))
        await show(self._desk, press.interaction, [_SUBMITTED, *beside_texts(beside)])


def ways(answer: Answer) -> list[Button]:
    """Return what can be done with an answer where it stands."""
    key = answer.id.hex
    found: list[Button] = []
    if answer.state is State.DRAFT:
        found.append(button("Submit for approval", "cusubmit", key, style=discord.ButtonStyle.primary))
    if answer.state is not State.RETIRED:
        found.append(button("Edit", "cuedit", key))
    return found
