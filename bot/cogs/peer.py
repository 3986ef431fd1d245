"""`/peer`: a peer consultation in a thread, by a protocol with roles and times."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import log
from bot.cogs.asking import Asking, Question
from bot.cogs.consult import asker_of
from bot.cogs.delivery import PrivateOut
from bot.cogs.layout import notice
from bot.cogs.peerboard import ROLES, board, over, standing
from bot.cogs.peerclock import PeerClock
from bot.cogs.permissions import missing
from bot.cogs.router import Press, RoutedModal, Router
from bot.cogs.threads import is_open
from bot.consult.desk import Desk
from bot.errors import FixInput
from bot.storage.peers import Peer, PeerRole
from bot.storage.servers import Threads
from bot.storage.store import Store
from knowledge.protocols import Protocol, StepKind

_POLL_HOURS = 1
"""A poll of Discord lasts whole hours; the bot ends it with its step."""

_NAME = "Peer consultation"
_STARTED = "It is in {thread}. Everybody who can read that thread can take part."
_JOINED = "You take part as {role}. {does}\n\nWhere it stands:\n{standing}"
_A_SUPERVISOR = "<@{person}>, a supervisor of this server, has joined as {role}. They go before the protocol."
_DONE_ALREADY = "Somebody has done that already."
_DONE = "Done."
_NOT_OPEN = "this channel is not open for answers that everyone reads"


class PeerCog(commands.Cog):
    """The commands and buttons of peer consultations."""

    group = app_commands.Group(
        name="peer",
        description="Peer consultation in a thread, with roles and times.",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(  # each collaborator by its name
        self,
        *,
        bot: commands.AutoShardedBot,
        desk: Desk,
        store: Store,
        router: Router,
        asking: Asking,
        protocols: Mapping[str, Protocol],
    ) -> None:
        """Hold the collaborators, and the protocols that can be chosen."""
        self._bot = bot
        self._desk = desk
        self._store = store
        self._asking = asking
        self._protocols = protocols
        self.clock = PeerClock(bot, store, self._lead_on)
        router.on("peerjoin", self._join)
        router.on("peernext", self._next)
        router.on("peerpause", self._pause)
        router.on("peerresume", self._resume)
        router.on("peerend", self._end)
        router.on("peerask", self._ask)
        router.on("peerasked", self._asked)
        choices = [app_commands.Choice(name=one.title, value=one.id) for one in protocols.values()]
        command = self.group.get_command("start")
        if not isinstance(command, app_commands.Command):
            raise TypeError("only a command has options")
        app_commands.choices(protocol=choices[:25])(command)

    async def cog_load(self) -> None:
        """Let the clocks run that were running before a restart."""
        self.clock.start()

    async def cog_unload(self) -> None:
        """Stop the clocks."""
        await self.clock.stop()

    @group.command(name="start", description="Open a thread for a peer consultation by a protocol.")
    @app_commands.describe(protocol="Which protocol.")
    async def start(self, interaction: discord.Interaction[Any], protocol: str) -> None:
        """Open the thread."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen, channel = self._protocols.get(protocol), interaction.channel
        if chosen is None:
            raise FixInput("there is no such protocol", "choose one from the list")
        if not isinstance(channel, discord.TextChannel) or interaction.guild is None:
            raise FixInput("a peer consultation needs a thread; there can be none here", "start it in a text channel")
        settings = await self._store.servers.settings(channel.guild.id)
        if not is_open(channel, settings):
            raise FixInput(_NOT_OPEN, "a manager can open it with /setup channels, or start in one that is open")
        is_private = settings.threads is Threads.PRIVATE and not channel.is_news()
        own = "create_private_threads" if is_private else "create_public_threads"
        if lacks := missing(interaction.guild, channel.id, ("send_messages_in_threads", own, "send_polls")):
            raise FixInput(f"I lack {', '.join(lacks)} here", "a manager of the server can give me that")
        kind = discord.ChannelType.private_thread if is_private else discord.ChannelType.public_thread
        thread = await channel.create_thread(name=_NAME, type=kind)
        await self._store.peers.start(thread.id, channel.guild.id, interaction.user.id, chosen.id)
        if is_private:
            await thread.add_user(interaction.user)
        peer = await self._store.peers.find(thread.id)
        if peer is not None:
            await thread.send(view=board(chosen, peer, self._desk.close(settings.region)))
        await self._tell(interaction, _STARTED.format(thread=thread.mention))

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """Forget a consultation whose thread is gone."""
        await self._store.peers.end(event.thread_id)

    async def _join(self, press: Press) -> None:
        interaction = press.interaction
        role: PeerRole = next(role for role in ROLES if role == press.arguments[0])
        await interaction.response.defer(ephemeral=True, thinking=True)
        peer, protocol = await self._here(interaction)
        before = peer.people.get(interaction.user.id)
        if not await self._store.peers.join(peer.thread, interaction.user.id, role):
            raise FixInput("that role is taken", "choose another one")
        peer, protocol = await self._here(interaction)
        does = getattr(protocol.roles, role)
        told = _JOINED.format(role=ROLES[role], does=does, standing=standing(protocol, peer))
        await self._tell(interaction, told)
        if interaction.message is not None and before != role:
            await interaction.message.edit(view=await self._board(protocol, peer))
        if before is None and await self._is_supervisor(interaction):
            said = _A_SUPERVISOR.format(person=interaction.user.id, role=ROLES[role])
            await self._place(peer).send(view=notice(said, await self._close(peer)))

    async def _next(self, press: Press) -> None:
        """Begin, or go on to the next step; of two presses one counts."""
        interaction, step = press.interaction, int(press.arguments[0])
        await interaction.response.defer(ephemeral=True, thinking=True)
        peer, _ = await self._led(interaction)
        if peer.presenter is None:
            raise FixInput("nobody presents yet", "somebody presses Join as presenter first")
        if peer.paused:
            raise FixInput("this consultation is paused", "press Go on first")
        done = peer.step == step and await self._lead_on(peer)
        await self._tell(interaction, _DONE if done else _DONE_ALREADY)

    async def _pause(self, press: Press) -> None:
        await self._turn_clock(press, paused=True)

    async def _resume(self, press: Press) -> None:
        await self._turn_clock(press, paused=False)

    async def _turn_clock(self, press: Press, *, paused: bool) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        peer, protocol = await self._led(interaction)
        turn = self._store.peers.pause if paused else self._store.peers.resume
        changed = await turn(peer.thread)
        if changed is not None:
            await self._place(peer).send(view=await self._board(protocol, changed))
            self.clock.wake()
        await self._tell(interaction, _DONE if changed else _DONE_ALREADY)

    async def _end(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        peer, _ = await self._led(interaction)
        await self._tell(interaction, _DONE if await self._finish(peer) else _DONE_ALREADY)

    async def _ask(self, press: Press) -> None:
        """Open the form of the presenter's question, in its step alone."""
        peer, protocol = await self._here(press.interaction)
        _presenting(peer, protocol, press.interaction.user.id)
        form = RoutedModal("The presenter's question", "peerasked")
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, required=True, max_length=4000
        )
        hint = "It is redacted, and answered here for everyone in the thread. No names, places or dates."
        form.add_item(discord.ui.Label(text="What do you ask?", description=hint, component=text))
        await press.interaction.response.send_modal(form)

    async def _asked(self, press: Press) -> None:
        interaction = press.interaction
        await interaction.response.defer(ephemeral=True, thinking=True)
        asker, typed = asker_of(interaction), press.text("text")
        out = PrivateOut(interaction)
        peer, protocol = await self._here(interaction)
        _presenting(peer, protocol, interaction.user.id)
        channel = interaction.channel
        if not isinstance(channel, discord.Thread):
            raise FixInput("this belongs to a thread", "open the thread of the consultation")
        await self._asking.through(Question(asker, typed, channel), out)

    async def _lead_on(self, peer: Peer) -> bool:
        """Go from a consultation's step to the next one, once; behind the last one it is over."""
        protocol = self._protocols.get(peer.protocol)
        if protocol is None or peer.step + 1 >= len(protocol.steps):
            return await self._finish(peer)
        step = protocol.steps[peer.step + 1]
        now = await self._store.peers.go_on(peer.thread, peer.step, minutes=step.minutes)
        if now is None:
            return False
        self.clock.wake()
        await self._end_poll(now)
        try:
            if step.poll is not None:
                poll = discord.Poll(step.poll.asks, duration=timedelta(hours=_POLL_HOURS), multiple=True)
                for answer in step.poll.answers:
                    poll.add_answer(text=answer)
                sent = await self._place(peer).send(poll=poll)
                await self._store.peers.show_poll(peer.thread, now.step, sent.id)
            await self._place(peer).send(view=await self._board(protocol, now))
        except (discord.Forbidden, discord.NotFound):
            # The thread is gone, or we may not write there any more: nobody could be led through it.
            await self._store.peers.end(peer.thread)
            raise
        return True

    async def _finish(self, peer: Peer) -> bool:
        """End a consultation, once."""
        ended = await self._store.peers.end(peer.thread)
        if ended is None:
            return False
        self.clock.wake()
        await self._end_poll(ended)
        await self._place(ended).send(view=over(await self._close(ended)))
        return True

    async def _end_poll(self, peer: Peer) -> None:
        if peer.poll is None:
            return
        try:
            await self._place(peer).get_partial_message(peer.poll).end_poll()
        except discord.HTTPException as error:
            # Somebody deleted it, or it ran out: what it showed is Discord's.
            log.event("poll not ended", level=logging.WARNING, error=type(error).__name__)

    async def _here(self, interaction: discord.Interaction[Any]) -> tuple[Peer, Protocol]:
        """Return the consultation of the thread that an interaction is in, and its protocol.

        Raises:
            FixInput: there is none any more.
            AssistantError: the database cannot be used.
        """
        peer = await self._store.peers.find(interaction.channel_id or 0)
        protocol = self._protocols.get(peer.protocol) if peer else None
        if peer is None or protocol is None:
            raise FixInput("this consultation is over", "/peer start begins another one")
        return peer, protocol

    async def _led(self, interaction: discord.Interaction[Any]) -> tuple[Peer, Protocol]:
        """Return the same, for the presenter or whoever started it.

        Raises:
            FixInput: the person is neither, or there is none any more.
            AssistantError: the database cannot be used.
        """
        peer, protocol = await self._here(interaction)
        if not peer.led_by(interaction.user.id):
            raise FixInput("the presenter or whoever started this leads on, pauses and ends", "ask one of them")
        return peer, protocol

    async def _is_supervisor(self, interaction: discord.Interaction[Any]) -> bool:
        role = (await self._store.servers.settings(interaction.guild_id or 0)).supervisor_role
        return role is not None and any(one.id == role for one in getattr(interaction.user, "roles", ()))

    async def _board(self, protocol: Protocol, peer: Peer) -> discord.ui.LayoutView:
        return board(protocol, peer, await self._close(peer))

    async def _close(self, peer: Peer) -> str:
        return self._desk.close((await self._store.servers.settings(peer.server)).region)

    def _place(self, peer: Peer) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(peer.thread, guild_id=peer.server)

    async def _tell(self, interaction: discord.Interaction[Any], sentence: str) -> None:
        close = await self._desk.close_for(asker_of(interaction))
        await interaction.edit_original_response(view=notice(sentence, close))


def _presenting(peer: Peer, protocol: Protocol, person: int) -> None:
    """Let the presenter pass, in the step of the passages.

    Raises:
        FixInput: it is somebody else, or another step.
    """
    if peer.step < 0 or protocol.steps[peer.step].kind is not StepKind.PASSAGES:
        raise FixInput("passages have a step of their own, and it is not that step now", "wait for it")
    if peer.presenter != person:
        raise FixInput("the question is the presenter's", "say in the thread what you would ask")
