"""Two supervisors who share answers of their own, by Discord, one after the other."""

import asyncio
from dataclasses import dataclass, field

from bot.curation.publish import VectorStore
from bot.curation.shelf import Shelf
from bot.storage.store import Store
from knowledge.embedding import Embedder
from tests.loopback import Answer, LoopbackDiscord, Person
from tests.loopback.state import Channel, Guild
from tests.soak.crowd import people_of
from tests.soak.seen import is_over

_SIGNED = {"Role": "clinical supervisor", "Licence": "LPC-S", "Jurisdiction": "Texas"}

RULES = (
    ("Coffee in the room", "they bring a second coffee for me each week", "Ask what the second coffee stands for."),
    ("The dog comes along", "the dog comes along and sits between us", "Notice where the dog lies down today."),
    ("Voice messages at night", "voice messages at night that I hear next morning", "Name the hour of the message."),
    ("A gift of jam", "he gave me jam and I did not know what to say", "Thank for the jam before its meaning."),
    ("The chair by the window", "a new client took my chair by the window", "Take the other chair and wonder aloud."),
    ("Rain on the roof", "the rain was so loud that we both shouted", "Offer to move rooms when the rain is loud."),
    ("Two watches", "he wears two watches and reads both at me", "Ask which watch counts in here."),
    ("Photographs", "she showed me photographs for the whole hour", "Choose one photograph together, and stay."),
    ("The corridor", "we met in the corridor and neither said hello", "Bring the corridor into the next hour."),
)
"""Title, a question that it answers, what to consider."""


@dataclass
class Librarians:
    """Who writes and who approves.

    Attributes:
        author: writes.
        approver: approves.
        shared: which of the rules somebody was told are approved.
        refused: how many were not, since a step had no answer or another one.
    """

    author: Person
    approver: Person
    shared: list[int] = field(default_factory=list)
    refused: int = 0

    async def work(self) -> None:
        """Share one rule after the other; a step without an answer is counted, and what it left behind comes later."""
        for title, ask, consider in RULES:
            form = {
                "Title": title,
                "Questions that it answers": ask,
                "What to consider": consider,
                "Words to try, cautions, sources": "Source: House rules 2026",
            }
            try:
                await self._share(form)
            except AssertionError:
                self.refused += 1
            await asyncio.sleep(0.5)

    async def _share(self, form: dict[str, str]) -> None:
        modal = await self.author.slash("curate new").modal()
        draft = await modal.submit(form).says("Kept as a draft")
        await draft.press("Submit for approval").says("Submitted.")
        queue = await self.approver.slash("curate queue").says("**1 of ")
        (number,) = [number for number, (title, _, _) in enumerate(RULES) if title in queue.text]
        await self._approve(queue)
        self.shared.append(number)

    async def _approve(self, queue: Answer) -> None:
        """Press the button; the first time a form asks for the signature, which is kept."""
        pressed = queue.press("Approve")
        await pressed.person.world.changes.until(
            lambda: pressed.interaction.modal is not None or is_over(pressed), within=30, what="a form or an end"
        )
        if pressed.interaction.modal is not None:
            pressed = (await pressed.modal()).submit(_SIGNED)
        await pressed.says("Approved.")

    async def missing(self, server: int, store: Store, embedder: Embedder, vectors: VectorStore) -> list[str]:
        """Return the titles of what was shared and is not the nearest to its own question, as the program looks."""
        shelf, missing = Shelf(store.published, embedder, vectors=lambda: vectors), []
        for number in self.shared:
            title, ask, _ = RULES[number]
            near = await shelf.nearest(server, embedder.embed([ask])[0], 1)
            if [one.live.content.title for one in near] != [title]:
                missing.append(title)
        return missing


async def librarians_of(discord: LoopbackDiscord, store: Store, guild: Guild, channel: Channel) -> Librarians:
    """Let the owner name a supervisors' role, and two people have it."""
    role = discord.role(guild, "supervisors")
    await discord.owner(channel).slash("setup roles", supervisor=role).says("That is set.", 60)
    author, approver = await people_of(discord, store, channel, 2)
    for person in (author, approver):
        guild.members[person.user.id] = {role.id}
    return Librarians(author, approver)
