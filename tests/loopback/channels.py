"""The routes about channels, threads, their messages, and direct messages."""

from tests.loopback import messages, refusals
from tests.loopback.call import Call, Result
from tests.loopback.forms import channel_json, message_json, user_json
from tests.loopback.refusals import invalid_form
from tests.loopback.state import (
    ADD_REACTIONS,
    ATTACH,
    DM,
    HAS_THREAD,
    MANAGE_MESSAGES,
    MANAGE_THREADS,
    POLLS,
    PRIVATE_THREAD,
    PRIVATE_THREADS,
    PUBLIC_THREAD,
    PUBLIC_THREADS,
    READ_HISTORY,
    SEND,
    SEND_IN_THREADS,
    THREADS,
    VIEW,
    Channel,
    Event,
    Json,
    Message,
    World,
)

_LONGEST_NAME = 100
_MOST_AT_ONCE = 100


class Channels:
    """Does what a bot asks for in channels, within what it may do there."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def see(self, call: Call) -> Result:
        """Show a channel."""
        return 200, channel_json(self._world, self._channel(call))

    async def change(self, call: Call) -> Result:
        """Rename, archive or lock a thread."""
        channel = self._channel(call)
        if channel.kind not in THREADS or channel.owner_id != self._world.bot.id:
            self._need(channel, MANAGE_THREADS)
        body = call.form()
        channel.name = body.get("name", channel.name)
        channel.archived = body.get("archived", channel.archived)
        channel.locked = body.get("locked", channel.locked)
        data = channel_json(self._world, channel)
        self._world.emit(Event("THREAD_UPDATE", data, channel.guild_id))
        return 200, data

    async def send(self, call: Call) -> Result:
        """Send a message."""
        channel = self._channel(call)
        self._need(channel, SEND_IN_THREADS if channel.kind in THREADS else SEND)
        if call.files:
            self._need(channel, ATTACH)
        if channel.locked:
            raise refusals.archived_thread()
        if call.form().get("poll"):
            self._need(channel, POLLS)
        if channel.kind == DM and not all(self._world.users[user_id].dms_open for user_id in channel.members):
            raise refusals.closed_dm()
        return 200, message_json(self._world, messages.send(self._world, channel, call.form(), call.files))

    async def read(self, call: Call) -> Result:
        """Show the last messages, newest first."""
        channel = self._channel(call)
        if not self._world.permissions(channel, self._world.bot.id) & READ_HISTORY:
            return 200, []
        found = [message for message in self._world.messages_in(channel) if message.only_for is None]
        for key, keep in (("before", -1), ("after", 1)):
            if key in call.query:
                found = [message for message in found if (message.id - int(call.query[key])) * keep > 0]
        limit = min(int(call.query.get("limit", "50")), _MOST_AT_ONCE)
        return 200, [message_json(self._world, message) for message in reversed(found[-limit:])]

    async def read_one(self, call: Call) -> Result:
        """Show a message."""
        self._need(self._channel(call), READ_HISTORY)
        return 200, message_json(self._world, self._message(call))

    async def edit(self, call: Call) -> Result:
        """Edit one of the bot's own messages."""
        message = self._message(call)
        if message.author_id != self._world.bot.id:
            raise refusals.not_the_author()
        return 200, message_json(self._world, messages.edit(self._world, message, call.form(), call.files))

    async def end_poll(self, call: Call) -> Result:
        """End a poll of the bot's."""
        message = self._message(call)
        if message.poll is None or message.author_id != self._world.bot.id:
            raise refusals.unknown_message()
        message.poll["results"]["is_finalized"] = True
        self._world.changes.happened()
        return 200, message_json(self._world, message)

    async def delete(self, call: Call) -> Result:
        """Delete a message."""
        message = self._message(call)
        if message.author_id != self._world.bot.id:
            self._need(self._channel(call), MANAGE_MESSAGES)
        messages.delete(self._world, message)
        return 204, None

    async def react(self, call: Call) -> Result:
        """Add the bot's reaction to a message."""
        self._need(self._channel(call), ADD_REACTIONS | READ_HISTORY)
        self._message(call).reactions.append(call.names["emoji"])
        return 204, None

    async def unreact(self, call: Call) -> Result:
        """Take the bot's reaction away."""
        reactions = self._message(call).reactions
        if call.names["emoji"] in reactions:
            reactions.remove(call.names["emoji"])
        return 204, None

    async def type(self, call: Call) -> Result:
        """Show that the bot is typing."""
        self._channel(call)
        return 204, None

    async def open_thread(self, call: Call) -> Result:
        """Open a thread that hangs on no message."""
        body = call.form()
        kind = body.get("type", PRIVATE_THREAD)
        if kind not in THREADS:
            raise invalid_form("type", "Value must be one of {10, 11, 12}.", "BASE_TYPE_CHOICES")
        channel = self._channel(call)
        self._need(channel, PRIVATE_THREADS if kind == PRIVATE_THREAD else PUBLIC_THREADS)
        return 201, self._thread(channel, body, kind, self._world.clock.new_id())

    async def open_thread_on(self, call: Call) -> Result:
        """Open a thread on a message; it has the message's id."""
        channel, message = self._channel(call), self._message(call)
        self._need(channel, PUBLIC_THREADS)
        if message.id in self._world.channels:
            raise refusals.thread_exists()
        message.flags |= HAS_THREAD
        return 201, self._thread(channel, call.form(), PUBLIC_THREAD, message.id)

    def _thread(self, parent: Channel, body: Json, kind: int, thread_id: int) -> Json:
        name = body.get("name") or ""
        if not 1 <= len(name) <= _LONGEST_NAME:
            raise invalid_form("name", f"Must be between 1 and {_LONGEST_NAME} in length.")
        if parent.kind in THREADS or parent.guild_id is None:
            raise refusals.unknown_channel()
        bot = self._world.bot.id
        thread = Channel(thread_id, kind, name, parent.guild_id, parent.id, owner_id=bot, members={bot})
        self._world.channels[thread.id] = thread
        data = channel_json(self._world, thread)
        self._world.emit(Event("THREAD_CREATE", {**data, "newly_created": True}, thread.guild_id))
        self._world.changes.happened()
        return data

    async def join(self, call: Call) -> Result:
        """Add someone to a thread, or the bot itself."""
        channel = self._channel(call)
        who = self._world.bot.id if call.names["user"] == "@me" else call.number("user")
        guild = self._world.guilds[channel.guild_id or 0]
        if who not in guild.members:
            raise refusals.unknown_member()
        self._need(channel, SEND_IN_THREADS)
        channel.members.add(who)
        self._world.changes.happened()
        return 204, None

    async def leave(self, call: Call) -> Result:
        """Take someone out of a thread."""
        who = self._world.bot.id if call.names["user"] == "@me" else call.number("user")
        self._channel(call).members.discard(who)
        return 204, None

    async def open_dm(self, call: Call) -> Result:
        """Open a direct message with a person."""
        recipient = call.form().get("recipient_id")
        if recipient is None or int(recipient) not in self._world.users:
            raise invalid_form("recipient_id", "Unknown user.", "NUMBER_TYPE_COERCE")
        return 200, channel_json(self._world, self._world.dm_with(int(recipient)))

    async def see_user(self, call: Call) -> Result:
        """Show an account."""
        user = self._world.users.get(call.number("user"))
        if user is None:
            raise refusals.Refused(404, 10013, "Unknown User")
        return 200, user_json(user)

    def _channel(self, call: Call) -> Channel:
        channel = self._world.channels.get(call.number("channel"))
        if channel is None:
            raise refusals.unknown_channel()
        guild = self._world.guilds.get(channel.guild_id or 0)
        hidden = channel.kind in {DM, PRIVATE_THREAD} and self._world.bot.id not in channel.members
        if hidden or (guild is not None and not guild.installed):
            raise refusals.missing_access()
        if not self._world.permissions(channel, self._world.bot.id) & VIEW:
            raise refusals.missing_access()
        return channel

    def _message(self, call: Call) -> Message:
        """Return a message of the channel; nobody's ephemeral one is there."""
        channel = self._channel(call)
        message = self._world.messages.get(call.number("message"))
        if message is None or message.deleted or message.only_for or message.channel_id != channel.id:
            raise refusals.unknown_message()
        return message

    def _need(self, channel: Channel, permissions: int) -> None:
        held = self._world.permissions(channel, self._world.bot.id)
        if held & permissions != permissions:
            raise refusals.missing_permissions()
