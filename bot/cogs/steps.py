"""Danger in a public place: one neutral line for everyone, and a button that shows the steps to one person alone."""

import discord

from bot import log
from bot.cogs.consult import asker_of
from bot.cogs.delivery import ChannelOut, PrivateOut, Under, deliver
from bot.cogs.layout import notice
from bot.cogs.router import Press, Router, button
from bot.cogs.seal import Seal
from bot.consult.desk import Desk
from bot.consult.exchange import Exchange
from bot.consult.outcome import CrisisReferral, Outcome, OutOfScope
from bot.consult.reply import danger_line
from bot.safety.verdicts import Alarm, Audience, Danger, Level

SHOW = "Show me the steps"

_NOBODY_IN_PARTICULAR = CrisisReferral(Alarm(Level.CRISIS))
"""What is shown to anybody but the person that the button was made for, and where its seal does not open any more."""

_BETWEEN = ":"


class Steps:
    """The line for everyone, and the steps for one."""

    def __init__(self, *, desk: Desk, router: Router, under: Under, seal: Seal) -> None:
        """Hold the desk, what gives the buttons under the steps, and what keeps others from reading a button."""
        self._desk = desk
        self._seal = seal
        self._under = under
        router.on("steps", self._shown)

    def line(self, referral: CrisisReferral, person: int, region: str) -> discord.ui.LayoutView:
        """Return the line, with the button for one person.

        Args:
            referral: what the person will see.
            person: for whom the button is; everybody else who presses it sees the steps for any danger.
            region: whose number the line names.
        """
        alarm = referral.alarm
        known = _BETWEEN.join([alarm.danger.value, alarm.audience.value, referral.language or ""])
        sealed = self._seal.close(known, str(person))
        show = button(SHOW, "steps", person, sealed, style=discord.ButtonStyle.danger)
        return notice(danger_line(self._desk.close(region)), buttons=[show])

    async def answer(self, message: discord.Message, exchange: Exchange) -> None:
        """Answer a public message that tells of danger; where nothing may be written there, its author is written to.

        Raises:
            discord.HTTPException: neither goes.
        """
        referral = told_apart(exchange.outcome) or _NOBODY_IN_PARTICULAR
        try:
            line = self.line(referral, exchange.asker.person, exchange.region)
            await ChannelOut(message.channel, answers=message).put(line)
        except discord.HTTPException as error:
            log.event("safety line not posted", error=type(error).__name__)
            await deliver(exchange, ChannelOut(message.author), self._under)

    async def _shown(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        exchange = await self._desk.refer(asker_of(interaction), self._referral(press))
        await deliver(exchange, PrivateOut(interaction), self._under)

    def _referral(self, press: Press) -> CrisisReferral:
        person, sealed = press.arguments
        known = self._seal.open(sealed, person)
        if str(press.interaction.user.id) != person or known is None:
            return _NOBODY_IN_PARTICULAR
        danger, audience, language = known.split(_BETWEEN)
        return CrisisReferral(Alarm(Level.CRISIS, Danger(danger), Audience(audience)), language or None)


def told_apart(outcome: Outcome) -> CrisisReferral | None:
    """Return the referral of an outcome whose reply is steps, which only the asker may see; None for all others."""
    match outcome:
        case CrisisReferral():
            return outcome
        case OutOfScope(language=str() as language):
            return CrisisReferral(Alarm(Level.CRISIS), language)
        case _:
            return None
