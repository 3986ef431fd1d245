"""Reflect first, for who chose it: two short questions before the answer, and one that is only thought of."""

import uuid
from dataclasses import dataclass
from typing import Any, Protocol

import discord

from bot.cogs.consult import asker_of
from bot.cogs.delivery import Out, PrivateOut, Under, deliver
from bot.cogs.layout import View, notice
from bot.cogs.router import Press, RoutedModal, Router, button
from bot.consult.desk import Desk
from bot.consult.exchange import Asker, ShortMemory
from bot.consult.reflection import LONGEST_FIELD, NOTHING_TYPED, Typed

_SECONDS_HELD = 15 * 60.0

_OFFER = (
    "**Before I answer: a moment for you**\n"
    "What do you think happened between you, and what did you feel? Two short fields, and neither has to be filled."
)
_SILENT = (
    "**Only to think of, not to type:** what have you not said to your supervisor about this? Nobody reads that, and "
    "nothing asks for it."
)
_HELD = "-# I hold your question in memory for 15 minutes. If you walk away, nothing of it is left."
_LEAVE_OUT = "Leave out names, places and dates; Discord itself receives what you type."
_READING = "Thank you. Reading your question …"
_GONE = (
    "I no longer hold this question: it was answered already, or 15 minutes have passed, or I was restarted. Nothing "
    "of it, or of what you reflected on, was kept. `/consult` asks anew, whenever you like."
)
_FIELDS = (
    ("between", "What do you think happened between you?"),
    ("felt", "What did you feel?"),
)


class Answer(Protocol):
    """Answers a question privately; `ConsultCog.answer` does."""

    async def __call__(
        self,
        interaction: discord.Interaction[Any],
        asker: Asker,
        question: str,
        *,
        is_layout: bool = False,
        reflection: Typed = NOTHING_TYPED,
    ) -> None:
        """Answer a question to the person of an acknowledged interaction."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A question that waits for what its asker reflects on."""

    asker: Asker
    question: str
    close: str


class Reflecting:
    """Stands before the answer where its asker wants that; the question waits in memory, once, for its asker."""

    def __init__(self, *, desk: Desk, router: Router, under: Under) -> None:
        """Hold the collaborators; `answers_with` completes it."""
        self._desk = desk
        self._under = under
        self._answer: Answer | None = None
        self._waiting: ShortMemory[str, _Waiting] = ShortMemory(_SECONDS_HELD)
        router.on("reflect", self._open_form)
        router.on("reflected", self._reflected)
        router.on("nowanswer", self._skip)

    def answers_with(self, answer: Answer) -> None:
        """Name what answers a question."""
        self._answer = answer

    def forget(self, person: int) -> None:
        """Drop the questions of a person."""
        self._waiting.drop(lambda _, waiting: waiting.asker.person == person)

    async def stands_before(self, asker: Asker, question: str, out: Out, *, wanted: bool | None = None) -> bool:
        """Tell whether something was shown in an answer's place: the offer to reflect, or the steps for a danger.

        Args:
            asker: who asks, and where.
            question: as typed.
            out: shows it to the asker alone.
            wanted: what they chose for this question; what they chose for all of theirs where None.
        """
        if not await self._desk.reflects_first(asker, wanted=wanted):
            return False
        if danger := await self._desk.danger(asker, question):
            await deliver(danger, out, self._under)
            return True
        key = uuid.uuid4().hex
        waiting = _Waiting(asker, question, await self._desk.close_for(asker))
        self._waiting.put(key, waiting)
        await out.put(_offer(key, waiting))
        return True

    async def _open_form(self, press: Press) -> None:
        if self._mine(press) is None:
            await self._gone(press)
            return
        form = RoutedModal("Before the answer", "reflected", press.arguments[0])
        form.add_item(discord.ui.TextDisplay(_SILENT))
        for name, label in _FIELDS:
            text: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=name, style=discord.TextStyle.paragraph, required=False, max_length=LONGEST_FIELD
            )
            form.add_item(discord.ui.Label(text=label, description=_LEAVE_OUT, component=text))
        await press.interaction.response.send_modal(form)

    async def _skip(self, press: Press) -> None:
        await self._go_on(press, NOTHING_TYPED)

    async def _reflected(self, press: Press) -> None:
        await self._go_on(press, Typed(press.text("between"), press.text("felt")))

    async def _go_on(self, press: Press, reflection: Typed) -> None:
        """Answer the question that waits, once; what was typed is read for danger also where none waits any more."""
        interaction, key = press.interaction, press.arguments[0]
        if self._answer is None:
            raise RuntimeError("nothing answers questions")
        waiting = self._mine(press)
        if waiting is None:
            await self._gone(press, reflection)
            return
        self._waiting.take(key)
        await interaction.response.edit_message(view=notice(_READING))
        try:
            await self._answer(interaction, waiting.asker, waiting.question, is_layout=True, reflection=reflection)
        except Exception:
            # Whatever failed, the person can press again; the router says the rest.
            self._waiting.put(key, waiting)
            await interaction.edit_original_response(view=_offer(key, waiting))
            raise

    async def _gone(self, press: Press, reflection: Typed = NOTHING_TYPED) -> None:
        asker = asker_of(press.interaction)
        await press.interaction.response.edit_message(view=notice(_READING))
        if reflection and (danger := await self._desk.danger(asker, reflection.text)):
            await deliver(danger, PrivateOut(press.interaction, is_layout=True), self._under)
            return
        close = await self._desk.close_for(asker)
        await press.interaction.edit_original_response(view=notice(_GONE, close))

    def _mine(self, press: Press) -> _Waiting | None:
        waiting = self._waiting.find(press.arguments[0])
        return waiting if waiting and waiting.asker.person == press.interaction.user.id else None


def _offer(key: str, waiting: _Waiting) -> View:
    buttons = [
        button("Reflect first", "reflect", key, style=discord.ButtonStyle.primary),
        button("Answer now", "nowanswer", key),
    ]
    return notice(_OFFER, _SILENT, _HELD, waiting.close, buttons=buttons)
