"""Brings what a question came to before the person: privately through an interaction, or into a channel."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import discord

from bot.cogs.layout import layouts, notice
from bot.cogs.render import messages
from bot.cogs.router import button
from bot.consult.desk import ConsentFirst, Wait
from bot.consult.exchange import Exchange

Button: TypeAlias = discord.ui.Button[Any]
Under: TypeAlias = Callable[[Exchange], Sequence[Button]]
"""Gives the buttons under a reply, each only where its function exists."""

DANGER = "-# If anyone may be in danger now: your emergency number, then your supervisor by phone."
"""The line for danger under what is no reply."""

_BELOW = "The answer is below, as plain text."
_MINUTE = 60


class Out(Protocol):
    """Where messages go; the first one takes the place of what was shown while the person waited."""

    async def put(self, view: discord.ui.LayoutView) -> None:
        """Send a message in Components V2."""

    async def put_plain(self, content: str, view: discord.ui.View | None) -> None:
        """Send a message as plain text, with buttons where there are any."""


class PrivateOut:
    """Messages that only the person of an interaction sees; the interaction was deferred, or its message is edited."""

    def __init__(self, interaction: discord.Interaction[Any], *, is_layout: bool = False) -> None:
        """Hold the interaction, which was acknowledged.

        Args:
            interaction: whose person sees the messages.
            is_layout: whether its message is in Components V2 already; Discord lets none become plain again.
        """
        self._interaction = interaction
        self._first = True
        self._is_layout = is_layout
        self._has_content = False

    async def tell(self, words: str, *, plain: bool) -> None:
        """Show what is being done, until the first message takes its place."""
        if plain and not self._is_layout:
            self._has_content = True
            await self._interaction.edit_original_response(content=words)
        else:
            await self._edit(notice(words))

    async def put(self, view: discord.ui.LayoutView) -> None:
        """Edit the first answer, then send further ones."""
        if self._first:
            await self._edit(view)
            self._first = False
        else:
            await self._interaction.followup.send(view=view, ephemeral=True)

    async def _edit(self, view: discord.ui.LayoutView) -> None:
        # A message in Components V2 holds no content, and none goes by itself.
        emptied: dict[str, Any] = {"content": None} if self._has_content else {}
        self._is_layout, self._has_content = True, False
        await self._interaction.edit_original_response(view=view, **emptied)

    async def put_plain(self, content: str, view: discord.ui.View | None) -> None:
        """Edit the first answer, then send further ones."""
        if self._first and self._is_layout:
            await self._edit(notice(_BELOW))
            self._first = False
        if self._first:
            await self._interaction.edit_original_response(content=content, view=view)
            self._first = False
        elif view is None:
            await self._interaction.followup.send(content, ephemeral=True)
        else:
            await self._interaction.followup.send(content, view=view, ephemeral=True)


class ChannelOut:
    """Messages in a channel, a thread or a direct message; the first one may answer a message."""

    def __init__(self, channel: discord.abc.Messageable, answers: discord.Message | None = None) -> None:
        """Hold the channel, and the message that the first one answers."""
        self._channel = channel
        self._answers: discord.MessageReference | None = (
            answers.to_reference(fail_if_not_exists=False) if answers else None
        )

    async def put(self, view: discord.ui.LayoutView) -> None:
        """Send a message."""
        reference, self._answers = self._answers, None
        if reference is None:
            await self._channel.send(view=view)
        else:
            await self._channel.send(view=view, reference=reference)

    async def put_plain(self, content: str, view: discord.ui.View | None) -> None:
        """Send a message."""
        reference, self._answers = self._answers, None
        more: dict[str, Any] = {"view": view} if view else {}
        if reference is not None:
            more["reference"] = reference
        await self._channel.send(content, **more)


async def deliver(exchange: Exchange, out: Out, under: Under) -> None:
    """Send a reply, in Components V2 or as its plain twin as the asker chose; the last message carries the close."""
    buttons = under(exchange)
    if not exchange.plain:
        for view in layouts(exchange.reply, buttons):
            await out.put(view)
        return
    *before, last = messages(exchange.reply)
    for content in before:
        await out.put_plain(content, None)
    await out.put_plain(last, plain_view(buttons))


def plain_view(buttons: Sequence[Button]) -> discord.ui.View | None:
    """Return buttons as they stand under a plain message; None where there are none."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for each in buttons:
        view.add_item(each)
    view.stop()
    return view


def consent_view(
    asked: ConsentFirst, pending: object, *, agree: str = "agree", decline: str = "decline", aside: str = ""
) -> discord.ui.LayoutView:
    """Return the notice, with the ways to agree to it.

    Args:
        asked: the notice.
        pending: under what the question waits.
        agree: the action that keeps the consent and goes on.
        decline: the action that drops the question.
        aside: what holds for this question beside it.
    """
    ways = [button("I understand, go on", agree, pending, "any", style=discord.ButtonStyle.primary)]
    if asked.model:
        ways.append(button("Go on with the built-in writer only", agree, pending, "built_in"))
    return notice(asked.notice, aside, DANGER, buttons=[*ways, button("Not now", decline, pending)])


def wait_view(wait: Wait) -> discord.ui.LayoutView:
    """Return how long to wait for the next question."""
    seconds = max(1, math.ceil(wait.seconds))
    minutes = math.ceil(seconds / _MINUTE)
    when = f"{seconds} seconds" if seconds < _MINUTE else f"{minutes} minute{'s' if minutes > 1 else ''}"
    return notice(f"That is many questions in a short time. I take the next one in {when}.", DANGER)
