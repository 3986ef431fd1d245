"""`/curate audit` and `/curate wipe`: who did what lately, and words that have to be taken away for good."""

import uuid
from typing import Any

import discord
from discord import app_commands

from bot.cogs.choices import Choices, offer_answers
from bot.cogs.permissions import require_supervisor
from bot.cogs.render import inert
from bot.cogs.router import Press, RoutedModal, Router, button
from bot.cogs.shelved import begin, former, named, show
from bot.cogs.typed import DangerFirst
from bot.consult.desk import Desk
from bot.curation.screening import LONGEST_REASON
from bot.curation.service import Curation
from bot.errors import FixInput
from bot.storage.curated import Event
from bot.storage.store import Store

_NOTHING = "Nothing was done yet, or nothing before that."
_HEAD = "**What was done, the latest first**"
_SURE = (
    "The words of this revision are deleted for good, and askers no longer get it if it is live. That there was one "
    "stays in the log, with who wiped it and why."
)
_WIPED = "The words of revision {number} are gone. The answer is {state} now{live}."
_EVENTS = 20
_LONGEST_TITLE = 60
_LONGEST_WHY = 160


class LookBack:
    """Two commands of supervisors."""

    def __init__(self, *, desk: Desk, store: Store, curation: Curation, router: Router, danger: DangerFirst) -> None:
        """Hold the collaborators.

        Args:
            desk: gives the close.
            store: what is kept.
            curation: what supervisors do with answers.
            router: leads presses here.
            danger: reads what is typed for danger.
        """
        self._desk = desk
        self._store = store
        self._curation = curation
        self._danger = danger
        router.on("cuaudit", self._earlier)
        router.on("cuwiped", self._wiped)

    def commands(self) -> tuple[app_commands.Command[Any, ..., Any], ...]:
        """Return the commands, for the group that they belong to."""
        audit: app_commands.Command[Any, ..., Any] = app_commands.Command(
            name="audit", description="Who did what to answers, cards and topics lately.", callback=self.audit
        )
        wipe: app_commands.Command[Any, ..., Any] = app_commands.Command(
            name="wipe", description="Delete the words of one revision for good; the event stays.", callback=self.wipe
        )
        wipe.autocomplete("answer")(self.offer)
        return audit, wipe

    @app_commands.describe(member="Only what this member did.")
    async def audit(self, interaction: discord.Interaction[Any], member: discord.Member | None = None) -> None:
        """Show what was done last."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await require_supervisor(interaction, self._store)
        await self._show(interaction, server, member.id if member else None, None)

    @app_commands.describe(answer="Which answer.", revision="The number of the revision, as its history shows it.")
    async def wipe(
        self, interaction: discord.Interaction[Any], answer: str, revision: app_commands.Range[int, 1, 1_000_000]
    ) -> None:
        """Ask for the reason; nothing is wiped before that is given."""
        server = await require_supervisor(interaction, self._store)
        found = await named(self._store, server, answer)
        if not await self._store.answers.revisions(server, found.id, [revision]):
            raise FixInput(f"the answer has no revision {revision}", "look at its history")
        form = RoutedModal(f"Wipe revision {revision} for good?", "cuwiped", found.id.hex, revision)
        form.add_item(discord.ui.TextDisplay(_SURE))
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="why", style=discord.TextStyle.paragraph, max_length=LONGEST_REASON
        )
        hint = "For the log. Do not repeat what has to go."
        form.add_item(discord.ui.Label(text="Reason", description=hint, component=text))
        await interaction.response.send_modal(form)

    async def offer(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        """Offer the server's answers."""
        return await offer_answers(interaction, self._store, current)

    async def _wiped(self, press: Press) -> None:
        interaction, (key, number) = press.interaction, press.arguments
        server = await begin(press, self._store)
        why = press.text("why")
        if await self._danger.stands_in(interaction, why):
            return
        now = await self._curation.redact(server, uuid.UUID(key), int(number), interaction.user.id, why=why)
        live = f", and revision {now.live} is live" if now.live else ", and nobody gets it"
        await show(self._desk, interaction, [_WIPED.format(number=number, state=now.state.value, live=live)])

    async def _earlier(self, press: Press) -> None:
        before, person = map(int, press.arguments)
        server = await begin(press, self._store)
        await self._show(press.interaction, server, person or None, before)

    async def _show(
        self, interaction: discord.Interaction[Any], server: int, person: int | None, before: int | None
    ) -> None:
        events = await self._store.answers.events(server, person=person, before=before, limit=_EVENTS)
        if not events:
            await show(self._desk, interaction, [_NOTHING])
            return
        titles = await self._store.answers.titles(server, {event.answer for event in events if event.answer})
        lines = [_line(event, titles) for event in reversed(events)]
        earlier = [button("Earlier", "cuaudit", events[0].number, person or 0)] if len(events) == _EVENTS else []
        await show(self._desk, interaction, [_HEAD, "\n".join(lines)], earlier)


def _line(event: Event, titles: dict[uuid.UUID, str]) -> str:
    """Return an event as a line; who the program did it for, or who has asked to be forgotten, is nobody's id."""
    about = ""
    if event.answer is not None:
        about = f" *{inert(titles.get(event.answer, 'an answer that is gone')[:_LONGEST_TITLE])}*"
        about += f" ({event.revision})" if event.revision else ""
    why = f": {inert(event.why[:_LONGEST_WHY])}" if event.why else ""
    return f"- {event.at:%Y-%m-%d %H:%M} **{event.action}**{about} by {former(event.person)}{why}"
