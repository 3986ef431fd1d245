"""What there is in the loopback Discord: people, servers, channels, messages, interactions, the bot's requests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.loopback.clock import Changes, Clock

Json: TypeAlias = dict[str, Any]

TEXT, DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 11, 12
THREADS = frozenset({PUBLIC_THREAD, PRIVATE_THREAD})
"""Kinds of channels (API reference, "Channel Types")."""

ADD_REACTIONS, VIEW, SEND = 1 << 6, 1 << 10, 1 << 11
MANAGE_MESSAGES, ATTACH, READ_HISTORY, MENTION_EVERYONE = 1 << 13, 1 << 15, 1 << 16, 1 << 17
ADMINISTRATOR, MANAGE_GUILD, MANAGE_THREADS = 1 << 3, 1 << 5, 1 << 34
PUBLIC_THREADS, PRIVATE_THREADS, SEND_IN_THREADS, POLLS = 1 << 35, 1 << 36, 1 << 38, 1 << 49
_EMBED, _COMMANDS = 1 << 14, 1 << 31
EVERYBODY_MAY = ADD_REACTIONS | VIEW | SEND | _EMBED | ATTACH | READ_HISTORY | _COMMANDS
EVERYBODY_MAY |= PUBLIC_THREADS | PRIVATE_THREADS | SEND_IN_THREADS | POLLS
"""Permissions that a new server gives to everybody."""

EPHEMERAL, LOADING, HAS_THREAD, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 5, 1 << 15
"""Flags of messages."""

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
"""Kinds of interactions."""


@dataclass
class User:
    """An account. `dms_open` tells whether the bot may write to it."""

    id: int
    name: str
    bot: bool = False
    dms_open: bool = True


@dataclass
class Role:
    """A role of a server; the one with the server's own id is everybody's."""

    id: int
    name: str
    permissions: int = 0
    mentionable: bool = False


@dataclass
class Channel:
    """A channel, a thread or a direct message.

    Attributes:
        members: of a thread, or the two of a direct message.
        denied: permissions that are taken from the bot here.
        message_ids: those of its messages, ephemeral ones too, in order.
    """

    id: int
    kind: int
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    owner_id: int | None = None
    members: set[int] = field(default_factory=set)
    denied: int = 0
    archived: bool = False
    locked: bool = False
    message_ids: list[int] = field(default_factory=list)


@dataclass
class Guild:
    """A server. `installed` tells whether the bot is in it; else people use it there who have it for themselves."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)
    installed: bool = True


@dataclass
class Message:
    """A message as it is now.

    Attributes:
        only_for: who alone sees an ephemeral one.
        pinged: ids of the people and roles that it pings, and 0 where it pings everybody.
        edits: monotonic times at which it was changed.
        interaction: the interaction that it answers.
    """

    id: int
    channel_id: int
    author_id: int
    timestamp: str
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    only_for: int | None = None
    mentions: list[int] = field(default_factory=list)
    pinged: set[int] = field(default_factory=set)
    reference: int | None = None
    edited: str | None = None
    edits: list[float] = field(default_factory=list)
    deleted: bool = False
    interaction: "Interaction | None" = None
    reactions: list[str] = field(default_factory=list)
    poll: Json | None = None

    @property
    def loading(self) -> bool:
        """Whether the person sees "is thinking" in its place."""
        return bool(self.flags & LOADING)


@dataclass
class Interaction:
    """Something that a person did with the bot, and what the bot made of it.

    Attributes:
        kind: COMMAND, COMPONENT, AUTOCOMPLETE or MODAL_SUBMIT.
        payload: what the gateway sends.
        began: monotonic time at which the person did it.
        acknowledged: monotonic time of the first response; None before.
        first: type of the first response.
        original: the message that is `@original`.
        source: the message whose component was used.
        modal: what was opened.
        choices: what autocomplete offers.
        messages: every message that answers it, in order.
    """

    id: int
    token: str
    kind: int
    user_id: int
    channel_id: int
    payload: Json
    began: float
    acknowledged: float | None = None
    first: int | None = None
    original: Message | None = None
    source: Message | None = None
    modal: Json | None = None
    choices: list[Json] | None = None
    messages: list[Message] = field(default_factory=list)

    @property
    def wait(self) -> float | None:
        """Seconds from what the person did to the acknowledgement; None before it."""
        return None if self.acknowledged is None else self.acknowledged - self.began


@dataclass
class Asked:
    """One request of the bot and what it got.

    Attributes:
        at: monotonic time of its arrival; `took` the seconds until the answer.
        body: its JSON; None where there was none. `files` the names of what it uploaded.
        status: of the answer; 0 where the connection was cut. `answer` is its JSON.
    """

    at: float
    method: str
    path: str
    body: Any = None
    files: list[str] = field(default_factory=list)
    status: int = 0
    answer: Any = None
    took: float = 0.0

    @property
    def line(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Event:
    """Something that the gateway tells the bot.

    Attributes:
        name: as Discord calls it.
        data: what is sent with it.
        guild_id: the server that it happened in, by which the shard is chosen; None for direct messages.
        message: the message that it is about, whose content the bot may not be allowed to read.
    """

    name: str
    data: Json
    guild_id: int | None = None
    message: Message | None = None


class World:
    """Everything there is; REST, the gateway and the people all work on it.

    Attributes:
        emit: takes what the gateway is to tell; set by the gateway.
        bot: the bot's own account, whose id is its application's.
        commands: as registered, with ids.
        asked: every request of the bot, in order.
        changes: tells when anything happened.
    """

    def __init__(self) -> None:
        self.emit: Callable[[Event], None] = lambda _: None
        self.clock = Clock()
        self.changes = Changes()
        self.bot = User(100, "supervision", bot=True)
        self.users: dict[int, User] = {100: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[Json] = []
        self.asked: list[Asked] = []

    def add_user(self, name: str) -> User:
        """Add a person."""
        user = User(self.clock.new_id(), name)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, *, installed: bool = True) -> Guild:
        """Add a server, with the bot in it where it is installed."""
        guild = Guild(self.clock.new_id(), name, owner.id, installed=installed)
        guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYBODY_MAY)
        guild.members = {owner.id: set(), **({self.bot.id: set()} if installed else {})}
        self.guilds[guild.id] = guild
        return guild

    def add_role(self, guild: Guild, name: str, *, permissions: int = 0, mentionable: bool = False) -> Role:
        """Add a role to a server."""
        role = Role(self.clock.new_id(), name, permissions, mentionable)
        guild.roles[role.id] = role
        return role

    def add_channel(self, guild: Guild, name: str) -> Channel:
        """Add a text channel to a server."""
        channel = Channel(self.clock.new_id(), TEXT, name, guild.id)
        self.channels[channel.id] = channel
        return channel

    def dm_with(self, user_id: int) -> Channel:
        """Return the direct message of the bot and a person, opened where it is not."""
        both = {user_id, self.bot.id}
        found = next((each for each in self.channels.values() if each.kind == DM and each.members == both), None)
        if found is None:
            found = Channel(self.clock.new_id(), DM, members=both)
            self.channels[found.id] = found
        return found

    def keep(self, message: Message) -> Message:
        """Add a message to its channel."""
        self.messages[message.id] = message
        self.channels[message.channel_id].message_ids.append(message.id)
        return message

    def messages_in(self, channel: Channel) -> Iterator[Message]:
        """Yield the messages of a channel that are there, in order."""
        for message_id in channel.message_ids:
            if not self.messages[message_id].deleted:
                yield self.messages[message_id]

    def permissions(self, channel: Channel, user_id: int) -> int:
        """Return what someone may do in a channel."""
        if channel.guild_id is None:
            return EVERYBODY_MAY
        guild = self.guilds[channel.guild_id]
        held = guild.roles[guild.id].permissions
        for role_id in guild.members.get(user_id, ()):
            held |= guild.roles[role_id].permissions
        if user_id == guild.owner_id or held & ADMINISTRATOR:
            return (1 << 50) - 1
        parent = self.channels[channel.parent_id] if channel.parent_id else channel
        return held & ~(parent.denied | channel.denied) if user_id == self.bot.id else held
