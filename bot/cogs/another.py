"""**See it another way** under an answer: the cards' own questions from other viewpoints, seen by the asker alone."""

import uuid

from bot.cogs.consult import asker_of
from bot.cogs.delivery import Button, PrivateOut
from bot.cogs.layout import notice, pages
from bot.cogs.router import Press, Router, button
from bot.consult.desk import Desk
from bot.consult.exchange import Exchange
from bot.consult.outcome import Answered
from bot.consult.viewpoints import other_ways
from knowledge.entry import Corpus

_LABEL = "See it another way"
_HEAD = (
    "**Another way to see it**\n-# Questions from the cards, to ask yourself. They say nothing about your client; only "
    "your client can."
)
_GONE = (
    "I no longer hold this answer: it stays in memory for half an hour, and not over a restart. `/consult` asks anew."
)


class AnotherWay:
    """The button, and what it shows."""

    def __init__(self, *, desk: Desk, corpus: Corpus, router: Router) -> None:
        """Hold the collaborators."""
        self._desk = desk
        self._corpus = corpus
        router.on("another", self._show)

    def more(self, exchange: Exchange) -> list[Button]:
        """Return the button under an answer; none under anything else."""
        return [button(_LABEL, "another", exchange.id.hex)] if isinstance(exchange.outcome, Answered) else []

    async def _show(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        exchange = self._desk.conversations.find(uuid.UUID(press.arguments[0]))
        close = await self._desk.close_for(asker_of(interaction))
        if exchange is None or exchange.asker.person != interaction.user.id:
            await interaction.edit_original_response(view=notice(_GONE, close))
            return
        out = PrivateOut(interaction)
        for view in pages([_HEAD, *other_ways(exchange.cards, self._corpus), close]):
            await out.put(view)
