"""What a peer consultation says in its thread: the step, its time, who takes part, and the buttons."""

import discord

from bot.cogs.delivery import Button
from bot.cogs.layout import View, notice
from bot.cogs.router import button
from bot.storage.peers import Peer, PeerRole
from knowledge.protocols import Protocol, StepKind

ROLES: dict[PeerRole, str] = {
    "presenter": "presenter",
    "consultant": "consultant",
    "observer": "process observer",
}

_GATHERING = (
    "**Peer consultation: {title}**\nChoose what you take part as. Somebody presents; then whoever started this, "
    "or the presenter, begins. No names, places or dates of clients: Discord receives what is said here."
)
_STEP = "**Step {number} of {steps}: {name}**{until}\n{says}"
_UNTIL = " · until <t:{at}:t> (<t:{at}:R>)"
_PAUSED = " · paused, {minutes} min left"
_PEOPLE = "-# Presenter: {presenter} · Consultants: {consultants} · Process observer: {observer}"
_OVER = (
    "**This consultation is over.** What does each of you take to supervision? The button opens a form for you alone; "
    "what you type is kept nowhere, and shown here only if you choose that."
)


def board(protocol: Protocol, peer: Peer, close: str) -> View:
    """Return the message of the step that a consultation is at; before it begins, the one that people join by."""
    people = _PEOPLE.format(
        presenter=_who(peer, "presenter"), consultants=_who(peer, "consultant"), observer=_who(peer, "observer")
    )
    return notice(standing(protocol, peer), people, close, buttons=_buttons(protocol, peer))


def standing(protocol: Protocol, peer: Peer) -> str:
    """Return where a consultation stands, for everybody and for whoever comes late."""
    if peer.step < 0:
        return _GATHERING.format(title=protocol.title)
    step = protocol.steps[peer.step]
    until = _UNTIL.format(at=int(peer.ends_at.timestamp())) if peer.ends_at else ""
    if peer.seconds_left is not None:
        until = _PAUSED.format(minutes=-(-peer.seconds_left // 60))
    number, steps = peer.step + 1, len(protocol.steps)
    return _STEP.format(number=number, steps=steps, name=step.name, until=until, says=step.says)


def over(close: str) -> View:
    """Return the last message of a consultation."""
    return notice(_OVER, close, buttons=[_taking()])


def _who(peer: Peer, role: PeerRole) -> str:
    return ", ".join(f"<@{person}>" for person, has in peer.people.items() if has == role) or "nobody yet"


def _buttons(protocol: Protocol, peer: Peer) -> list[Button]:
    joins = [button(f"Join as {name}", "peerjoin", role) for role, name in ROLES.items()]
    end = button("End", "peerend", style=discord.ButtonStyle.danger)
    if peer.step < 0:
        return [*joins, button("Begin", "peernext", -1, style=discord.ButtonStyle.primary), end]
    clock = button("Go on", "peerresume") if peer.paused else button("Pause", "peerpause")
    onward = button("Next step", "peernext", peer.step, style=discord.ButtonStyle.primary)
    kind = protocol.steps[peer.step].kind
    own = [button("Type the question", "peerask", peer.step)] if kind is StepKind.PASSAGES else []
    own += [_taking()] if kind is StepKind.CLOSE else []
    return [*own, onward, clock, *joins, end]


def _taking() -> Button:
    return button("What I take to supervision", "peertake")
