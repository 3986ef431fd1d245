"""`/consult`: a question, answered to the asker alone; without one a form opens."""

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.delivery import PrivateOut, Under, consent_view, deliver, wait_view
from bot.cogs.layout import notice
from bot.cogs.progress import progress
from bot.cogs.router import Press, RoutedModal, Router
from bot.consult.desk import ConsentFirst, Desk, Wait
from bot.consult.exchange import Asker, Exchange, ShortMemory
from bot.consult.outcome import CrisisReferral
from bot.consult.reflection import NOTHING_TYPED, Typed
from bot.consult.reply import Part, Reply, Role
from bot.storage.consents import WriterChoice

if TYPE_CHECKING:
    from bot.cogs.reflecting import Reflecting

LONGEST_OPTION = 6000
"""Characters; the most that Discord lets a command's option hold (API reference, "Application Command Option")."""

_LONGEST_FIELD = 2700
_LONGEST_SHORT_FIELD = 600
"""Together with what stands between them no more than is read at once, so that nobody types a form in vain."""

_SECONDS_HELD = 15 * 60.0

_LEAVE_OUT = (
    "Leave out names, places, dates, schools, employers and whatever else identifies a client: Discord itself "
    "receives what you type. If someone may be in danger now, call the emergency number and your supervisor first."
)
_NOT_NOW = (
    "All right. Nothing you typed was kept, and you can come back any time. Please do bring it to your supervisor."
)
_GONE = (
    "Noted. Your question is no longer here, since I hold one for 15 minutes only and none over a restart. "
    "Please ask again with `/consult`."
)
_READING = "Thank you. Reading your question …"

_WISHES = {True: "reflect", False: "answer", None: ""}
"""How the form of a question remembers whether its asker wants to reflect first."""


class _Waiting(NamedTuple):
    """A question that waits for its asker, and whether they want to reflect on it first."""

    asker: Asker
    question: str
    wanted: bool | None


class ConsultCog(commands.Cog):
    """The consultation command, its form and the consent before the first answer."""

    def __init__(self, *, desk: Desk, router: Router, under: Under, reflecting: "Reflecting") -> None:
        """Hold the collaborators.

        Args:
            desk: takes questions.
            router: leads the buttons and the form here.
            under: gives the buttons under an answer.
            reflecting: stands before the answer where its asker wants that.
        """
        self._desk = desk
        self._under = under
        self._reflecting = reflecting
        reflecting.answers_with(self.answer)
        self._waiting: ShortMemory[str, _Waiting] = ShortMemory(_SECONDS_HELD)
        router.on("asked", self._asked)
        router.on("agree", self._agree)
        router.on("decline", self._decline)

    @app_commands.command(name="consult", description="Ask about strain with a client. Only you see the answer.")
    @app_commands.describe(
        question="What happened, and what you want help with. No names, places or dates.",
        reflect="Whether you reflect before the answer to this question; /my reflect chooses it for all.",
    )
    async def consult(
        self,
        interaction: discord.Interaction[Any],
        question: app_commands.Range[str, 1, LONGEST_OPTION] | None = None,
        reflect: bool | None = None,  # noqa: FBT001  # Discord passes options by their names
    ) -> None:
        """Answer a question; acknowledged before any work, since Discord waits three seconds only."""
        if question is None or not question.strip():
            await interaction.response.send_modal(question_form("A consultation question", "asked", _WISHES[reflect]))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._reflect_or_answer(interaction, _Waiting(asker_of(interaction), question, reflect))

    async def answer(
        self,
        interaction: discord.Interaction[Any],
        asker: Asker,
        question: str,
        *,
        aside: str = "",
        is_layout: bool = False,
        reflection: Typed = NOTHING_TYPED,
        wanted: bool | None = None,
    ) -> None:
        """Answer a question to the person of an acknowledged interaction alone.

        Args:
            interaction: whose person sees the answer.
            asker: who asks, and where.
            question: as typed.
            aside: what is said before the answer, unless it is a crisis.
            is_layout: whether the interaction's message is in Components V2 already.
            reflection: what the asker reflected on first, as typed.
            wanted: whether they wanted to, which is kept with a question that waits for the notice.
        """
        out = PrivateOut(interaction, is_layout=is_layout)

        async def show(words: str) -> None:
            await out.tell(words, plain=await self._desk.plain(asker.person))

        async with progress(show) as watch:
            handled = await self._desk.ask(asker, question, reflection=reflection, watch=watch)
        match handled:
            case ConsentFirst():
                pending = uuid.uuid4().hex
                self._waiting.put(pending, _Waiting(asker, question, wanted))
                await out.put(consent_view(handled, pending))
            case Wait():
                await out.put(wait_view(handled))
            case exchange:
                await deliver(_with(aside, exchange), out, self._under)

    def forget(self, person: int) -> None:
        """Drop the questions of a person that wait for their consent."""
        self._waiting.drop(lambda _, waiting: waiting.asker.person == person)

    async def _asked(self, press: Press) -> None:
        """Answer what was typed into the form."""
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        reflect = next((wish for wish, named in _WISHES.items() if (named,) == press.arguments), None)
        waiting = _Waiting(asker_of(press.interaction), _as_question(press), reflect)
        await self._reflect_or_answer(press.interaction, waiting)

    async def _reflect_or_answer(
        self, interaction: discord.Interaction[Any], waiting: _Waiting, *, is_layout: bool = False
    ) -> None:
        out = PrivateOut(interaction, is_layout=is_layout)
        asker, question, wanted = waiting
        if not await self._reflecting.stands_before(asker, question, out, wanted=wanted):
            await self.answer(interaction, asker, question, is_layout=is_layout, wanted=wanted)

    async def _agree(self, press: Press) -> None:
        _, writer = press.arguments
        interaction = press.interaction
        await interaction.response.edit_message(view=notice(_READING))
        await self._desk.consent(asker_of(interaction), WriterChoice(writer))
        waiting = self._take(press)
        if waiting is None:
            await interaction.edit_original_response(view=notice(_GONE))
            return
        await self._reflect_or_answer(interaction, waiting, is_layout=True)

    async def _decline(self, press: Press) -> None:
        self._take(press)
        await press.interaction.response.edit_message(view=notice(_NOT_NOW))

    def _take(self, press: Press) -> _Waiting | None:
        """Return the question that waits for this press, once, and to nobody but who asked it."""
        waiting = self._waiting.find(press.arguments[0])
        if waiting is None or waiting.asker.person != press.interaction.user.id:
            return None
        return self._waiting.take(press.arguments[0])


def question_form(title: str = "A consultation question", action: str = "asked", *arguments: object) -> RoutedModal:
    """Return the form of a question: what happened, what was tried, what is wanted."""
    form = RoutedModal(title, action, *arguments)
    form.add_item(discord.ui.TextDisplay(_LEAVE_OUT))
    fields = (
        ("happened", "What happened?", "Between you and the client, as you would tell a colleague", True),
        ("tried", "What have you tried?", None, False),
        ("want", "What do you want from the group?", None, False),
    )
    for name, label, hint, required in fields:
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.paragraph,
            required=required,
            max_length=_LONGEST_FIELD if required else _LONGEST_SHORT_FIELD,
        )
        form.add_item(discord.ui.Label(text=label, description=hint, component=text))
    return form


def asker_of(interaction: discord.Interaction[Any]) -> Asker:
    """Return who an interaction is from, and where; the server counts only where the bot was added to it."""
    server = interaction.guild_id
    if server and not interaction.is_guild_integration() and interaction.client.get_guild(server) is None:
        server = None
    return Asker(interaction.user.id, server, interaction.channel_id or 0)


def _with(aside: str, exchange: Exchange) -> Exchange:
    """Return an exchange whose reply says something of ours behind its safety line; a crisis has its steps only."""
    if not aside or isinstance(exchange.outcome, CrisisReferral):
        return exchange
    parts = exchange.reply.parts
    safety = [part for part in parts if part.role is Role.SAFETY]
    rest = [part for part in parts if part.role is not Role.SAFETY]
    return replace(exchange, reply=Reply((*safety, Part(Role.TEXT, aside), *rest), exchange.reply.close))


def _as_question(press: Press) -> str:
    parts = [press.text("happened")]
    if tried := press.text("tried"):
        parts.append(f"What I have tried: {tried}")
    if want := press.text("want"):
        parts.append(f"What I want from the group: {want}")
    return "\n".join(part for part in parts if part)
