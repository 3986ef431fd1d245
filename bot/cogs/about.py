"""`/about`: what this is and is not, which version, whose, and who has reviewed what."""

from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.consult import asker_of
from bot.cogs.layout import notice
from bot.cogs.overview import effective_region
from bot.cogs.render import inert
from bot.consult.desk import Desk
from bot.consult.scope_card import scope_lines
from bot.storage.store import Store
from knowledge.entry import UNREVIEWED, Corpus
from knowledge.screens.lines import Region

_WHAT = (
    "**What this is**\nAn AI tool for peer-consultation groups of counselors. You ask, in your own words, about strain "
    "between you and a client; it answers from a curated library of passages on rupture and repair, names its sources, "
    "and ends with a person to turn to.\n"
    "**What it is not**\nA supervisor, a therapist, an emergency service, or anything for clients. It does not rate "
    "risk, diagnose, or advise on law, billing or medication. It can be wrong, and it misses danger at times."
)
_NO_MODEL = "no language model; the built-in writer puts answers together from the library"
_MODEL = "a language model reads redacted questions. {notice}"
_UNTOLD = "Ask whoever runs this which one, and what it keeps"
_SCOPE = "**Scope card of this server, as its managers wrote it**"
_DOCS = (
    "-# More with the program: `README.md`, `PRIVACY.md`, `docs/discord.md`, `docs/cards.md`. Here: `/privacy policy`, "
    "`/knowledge search`, `/consult`."
)


class AboutCog(commands.Cog):
    """The program about itself."""

    def __init__(self, *, desk: Desk, store: Store, corpus: Corpus, regions: Mapping[str, Region]) -> None:
        """Hold the collaborators, and every region that can be chosen."""
        self._desk = desk
        self._store = store
        self._corpus = corpus
        self._regions = regions

    @app_commands.command(name="about", description="What this is and is not, its version, and who has reviewed it.")
    async def about(self, interaction: discord.Interaction[Any]) -> None:
        """Tell what this is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        asker, model = asker_of(interaction), self._desk.model
        writer = _MODEL.format(notice=inert(model.words or _UNTOLD)) if model.configured else _NO_MODEL
        facts = [
            f"- **Version:** {_version()}",
            f"- **Run by:** {_operator(interaction)}",
            f"- **Writer:** {writer}",
            f"- **Library:** {library_in_words(self._corpus)}",
            f"- **Crisis texts:** {await self._crisis_review(asker.server)}",
        ]
        scope = await self._scope_card(asker.server)
        close = await self._desk.close_for(asker)
        await interaction.edit_original_response(view=notice(_WHAT, "\n".join(facts), scope, _DOCS, close))

    async def _scope_card(self, server: int | None) -> str:
        """Return what a server's managers wrote about where its members work; nothing where they did not."""
        card = (await self._store.servers.settings(server)).scope if server else None
        return inert("\n".join([_SCOPE, *scope_lines(card)])) if card and card.filled else ""

    async def _crisis_review(self, server: int | None) -> str:
        """Return who has reviewed the crisis texts in a server."""
        if server is None:
            return f"lines of `{self._desk.region}`, unless you chose others in `/my region`"
        settings = await self._store.servers.settings(server)
        region = effective_region(settings, self._desk.region, self._regions)
        review = settings.reviewed_for(region)
        if review is None:
            return f"lines of `{region}`; not reviewed by anyone in this server"
        by = f"{review.role} ({review.licence}, {review.jurisdiction}), {review.on.isoformat()}"
        return f"lines of `{region}`; in this server reviewed by a {inert(by)}"


def library_in_words(corpus: Corpus) -> str:
    """Return how large the library is, and who has reviewed how much of it."""
    reviews = Counter(str(card.head.review) for card in corpus.cards)
    unreviewed = reviews.pop(UNREVIEWED, 0)
    reviewed = f"{sum(reviews.values())} reviewed by a licensed clinician, {unreviewed} not yet"
    return f"{len(corpus.cards)} cards, {len(corpus.units)} passages, {len(corpus.sources)} sources; {reviewed}"


def _version() -> str:
    try:
        return version_of("supervision-assistant")
    except PackageNotFoundError:
        return "run from its source, not installed"


def _operator(interaction: discord.Interaction[Any]) -> str:
    """Return the name of whom the application belongs to in Discord, who runs this copy."""
    application = interaction.client.application
    if application is None:
        return "ask the managers of this server"
    owner = application.team.name if application.team else application.owner.name
    return f"{inert(owner)}, who is responsible for this copy"
