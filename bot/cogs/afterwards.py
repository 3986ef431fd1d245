"""Afterwards: whoever wants it is asked, some days after an answer, what became of it; three taps, and no name kept."""

import asyncio
import hashlib
import hmac
import logging
import uuid
from datetime import timedelta
from typing import Any, NamedTuple, cast

import discord
from discord.ext import commands

from bot import log
from bot.cogs.consult import asker_of
from bot.cogs.delivery import Button
from bot.cogs.layout import View, notice
from bot.cogs.render import inert
from bot.cogs.router import Press, Router, button
from bot.consult.desk import Desk
from bot.consult.exchange import Exchange
from bot.consult.outcome import Answered
from bot.errors import AssistantError
from bot.storage.afterwards import ASKERS_FOR_A_COUNT, Bond, CardReports, Due, Report, Supervision, Tried
from bot.storage.store import Store
from knowledge.entry import Corpus

DAYS = 7
"""Days after which somebody is asked; fewer where their server keeps rows for less."""

_SECONDS_BETWEEN = 600.0
_HOURS_UNTIL_ANOTHER_TRY = 6

_WANTED = (
    "**You want to be asked about this answer later.** About {when} I write to you here, once: whether you tried "
    "something of it, what became of the bond, and whether you took it to supervision. Three taps, no text. Your id is "
    "kept until I have asked, then dropped; what you tap is kept without it and shown to supervisors only as counts "
    "from {askers} people up."
)
_NOTED = "Noted. I have written you a direct message; the button in it takes this back."
_NOTED_BEFORE = "You have asked for this already; the direct message that I sent you then has a button to take it back."
_CLOSED = (
    "I cannot write to you: your direct messages are closed to me, and there is no other way to ask you privately. "
    "Nothing was kept. You can open them under the server's name, **Privacy Settings**, and press again."
)
_NOT_YOURS = "Only the person who asked can want this."
_ROW_GONE = "That answer's record was deleted, so there is nothing to ask about later."
_TAKEN_BACK = "All right, I will not ask. Nothing of it is kept any more."
_DONE = "Thank you. That is kept without your name, and nothing else is."
_TOO_LATE = "This question was answered already, or is too old. Nothing was kept."
_OF_A_DAY = "**You asked me to come back to an answer of {day}.** I do not know any more what it was about.\n"


class _Step(NamedTuple):
    """One of the three questions, and its answers as codes and words."""

    asks: str
    answers: dict[str, str]


_STEPS = (
    _Step("**1 of 3.** Did you try something of it?", {"yes": "Yes", "part": "In part", "no": "No"}),
    _Step(
        "**2 of 3.** What happened to the bond between you and the client since?",
        {"better": "It got better", "same": "It stayed as it was", "worse": "It got worse"},
    ),
    _Step(
        "**3 of 3.** Did you take any of it to supervision?",
        {"yes": "Yes", "not_yet": "Not yet, I will", "no": "No"},
    ),
)

_HELPED = "**What was reported to help**\nBy people who wanted to be asked {days} days later, without their names."
_TOO_FEW = "Nothing yet: a card is shown once {askers} different people have reported of it."
_CARD = (
    "- **{title}**: {askers} people; {tried} tried it (bond better {better}, as it was {same}, worse {worse}); "
    "{supervised} took it to supervision."
)
_NO_PROOF = "-# What people report is no proof that it helped, and says nothing of those who did not answer."
_OWN = "An answer of this server's own"
_MOST_CARDS = 12


class AfterwardsCog(commands.Cog):
    """Asks later, once, and keeps what was tapped."""

    def __init__(
        self, *, bot: commands.AutoShardedBot, desk: Desk, store: Store, router: Router, days: int = DAYS
    ) -> None:
        """Hold the collaborators, and after how many days somebody is asked."""
        self._bot = bot
        self._desk = desk
        self._store = store
        self._days = days
        self._key = hashlib.sha256(b"afterwards\0" + (bot.http.token or "").encode()).digest()
        self._asking: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._stopping = False
        router.on("later", self._wanted)
        router.on("laternot", self._taken_back)
        router.on("lateris", self._tapped)

    async def cog_load(self) -> None:
        """Begin to ask whoever's day has come."""
        self._asking = asyncio.create_task(self._now_and_then())

    async def cog_unload(self) -> None:
        """Stop; who is being asked at this moment is asked, so that nothing is left half done."""
        self._stopping = True
        async with self._turn:
            if self._asking is not None:
                self._asking.cancel()

    def under(self, exchange: Exchange) -> list[Button]:
        """Return the button under an answer in a server."""
        wanted = isinstance(exchange.outcome, Answered) and exchange.server is not None
        return [button("Ask me later how it went", "later", exchange.id.hex)] if wanted else []

    async def forget(self, person: int) -> None:
        """Delete what a person reported."""
        await self._store.afterwards.forget_reports(person, self._check)

    async def ask_all(self) -> None:
        """Ask everybody whose day has come; a failure is logged, and the next round tries again."""
        try:
            while not self._stopping and (due := await self._store.afterwards.take_due()):
                for one in due:
                    await (self._store.afterwards.later(one.id, hours=0) if self._stopping else self._ask(one))
        except AssistantError as error:
            log.event("questions for later failed", level=logging.ERROR, error=type(error).__name__)

    async def _now_and_then(self) -> None:
        await self._bot.wait_until_ready()
        while True:
            async with self._turn:
                await self.ask_all()
            await asyncio.sleep(_SECONDS_BETWEEN)

    async def _ask(self, due: Due) -> None:
        """Ask one person; nobody is asked twice, so what may have arrived is not sent again."""
        view = self._question(due.id, _OF_A_DAY.format(day=f"{due.made_at:%Y-%m-%d}"))
        try:
            await (await self._bot.fetch_user(due.person)).send(view=view)
        except (discord.Forbidden, discord.NotFound):
            await self._store.afterwards.drop(due.id)
        except (discord.HTTPException, OSError) as error:
            log.event("question for later not sent", error=type(error).__name__)
            await self._store.afterwards.later(due.id, hours=_HOURS_UNTIL_ANOTHER_TRY)
        else:
            await self._store.afterwards.sent(due.id)

    async def _wanted(self, press: Press) -> None:
        """Keep the wish once its person was told of it where they will be asked."""
        interaction, consultation = press.interaction, uuid.UUID(press.arguments[0])
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._store.consultations.find(consultation)
        if found is None or found.server is None or not found.cards:
            await self._tell(interaction, _ROW_GONE)
            return
        if found.person != interaction.user.id:
            await self._tell(interaction, _NOT_YOURS)
            return
        kept_for = (await self._store.servers.settings(found.server)).retention_days
        days = min(self._days, kept_for)
        later = self._store.afterwards
        key = await later.want(found.server, found.person, consultation, found.cards, days=days)
        if key is None:
            await self._tell(interaction, _NOTED_BEFORE)
            return
        when = discord.utils.utcnow() + timedelta(days=days)
        told = _WANTED.format(when=f"{when:%Y-%m-%d}", askers=ASKERS_FOR_A_COUNT)
        view = notice(told, self._desk.close(), buttons=[button("Don't ask me", "laternot", key.hex)])
        try:
            await interaction.user.send(view=view)
        except discord.HTTPException as error:
            await later.drop(key)
            log.event("direct message not possible", error=type(error).__name__)
            await self._tell(interaction, _CLOSED)
            return
        await self._tell(interaction, _NOTED)

    async def _taken_back(self, press: Press) -> None:
        await press.interaction.response.defer()
        await self._store.afterwards.drop(uuid.UUID(press.arguments[0]), press.interaction.user.id)
        await press.interaction.edit_original_response(view=notice(_TAKEN_BACK, self._desk.close()))

    async def _tapped(self, press: Press) -> None:
        """Go on to the next question; after the third keep what was tapped, once."""
        key, *codes = press.arguments
        await press.interaction.response.defer()
        if len(codes) < len(_STEPS):
            view = self._question(uuid.UUID(key), "", *codes)
        else:
            kept = await self._store.afterwards.report(
                uuid.UUID(key), press.interaction.user.id, _report(*codes), self._check
            )
            view = notice(_DONE if kept else _TOO_LATE, self._desk.close())
        await press.interaction.edit_original_response(view=view)

    def _question(self, key: uuid.UUID, before: str, *codes: str) -> View:
        step = _STEPS[len(codes)]
        buttons = [button(words, "lateris", key.hex, *codes, code) for code, words in step.answers.items()]
        return notice(before + step.asks, self._desk.close(), buttons=buttons)

    async def _tell(self, interaction: discord.Interaction[Any], sentence: str) -> None:
        close = await self._desk.close_for(asker_of(interaction))
        await interaction.edit_original_response(view=notice(sentence, close))

    def _check(self, server: int, card: str, person: int) -> str:
        """Return a value by which a person counts once a card, and which tells nobody without the key who they are."""
        return hmac.digest(self._key, f"{server}\0{card}\0{person}".encode(), "sha256").hex()[:32]


def _report(*codes: str) -> Report:
    """Return what was tapped.

    Raises:
        ValueError: a code is none of ours.
    """
    if any(code not in step.answers for code, step in zip(codes, _STEPS, strict=True)):
        raise ValueError("no answer of ours")
    tried, bond, supervision = codes
    return Report(cast("Tried", tried), cast("Bond", bond), cast("Supervision", supervision))


class Helped:
    """What was reported to help, for a server's supervisors."""

    def __init__(self, *, store: Store, corpus: Corpus) -> None:
        """Hold what is kept, and the cards."""
        self._store = store
        self._titles = {card.id: card.head.title for card in corpus.cards}

    async def texts(self, server: int) -> list[str]:
        """Return the counts in words."""
        counted = await self._store.afterwards.helped(server)
        told = "\n".join(self._line(one) for one in counted[:_MOST_CARDS])
        return [_HELPED.format(days=DAYS), told or _TOO_FEW.format(askers=ASKERS_FOR_A_COUNT), _NO_PROOF]

    def _line(self, one: CardReports) -> str:
        title = inert(self._titles.get(one.card, _OWN))
        counts = {"askers": one.askers, "tried": one.tried, "better": one.better, "same": one.same}
        return _CARD.format(title=title, worse=one.worse, supervised=one.supervised, **counts)
