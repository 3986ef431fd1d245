"""People in the loopback Discord: they type, press, choose, submit and say, and read what comes back."""

import re
from dataclasses import dataclass
from typing import Any

from tests.loopback import messages
from tests.loopback.components import walk
from tests.loopback.deeds import begin, choice_data, command_data, find_command
from tests.loopback.filling import fields_of, filled
from tests.loopback.forms import member_json, message_json, user_json
from tests.loopback.reading import button_named, select_named, text_of
from tests.loopback.state import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MANAGE_GUILD,
    MODAL_SUBMIT,
    Channel,
    Event,
    Guild,
    Interaction,
    Json,
    Message,
    User,
    World,
)

_MESSAGE_MENU = 3
_PATIENCE = 30.0


@dataclass(frozen=True)
class Modal:
    """A form that opened for a person.

    Attributes:
        answer: what it came in answer to.
        data: as the bot sent it.
    """

    answer: "Answer"
    data: Json

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.data["title"])

    @property
    def text(self) -> str:
        """Everything that is to be read in it, in order."""
        shown = [self.title]
        for each in walk(self.data["components"]):
            shown += [str(each[key]) for key in ("label", "description", "content", "placeholder") if each.get(key)]
        return "\n".join(shown)

    @property
    def fields(self) -> dict[str, Json]:
        """The fields by their labels."""
        return fields_of(self.data)

    def submit(self, values: dict[str, Any] | None = None, *, forced: bool = False) -> "Answer":
        """Fill it in and send it.

        Args:
            values: what goes into the fields, by label or custom id; lists are chosen from. The rest stays as it is.
            forced: send also what a Discord client would not let a person send.
        """
        return self.answer.person.submit(self, values or {}, forced=forced)


class Answer:
    """What a person sees in answer to something they did; it grows as the bot goes on."""

    def __init__(self, person: "Person", interaction: Interaction) -> None:
        self.person = person
        self.interaction = interaction

    @property
    def messages(self) -> list[Message]:
        """The messages that this person sees in answer, in order, as they are now; one that was changed counts too."""
        original, own = self.interaction.original, self.interaction.messages
        changed = [original] if original is not None and original is self.interaction.source else []
        return [each for each in [*changed, *own] if not each.deleted and self.person.sees(each)]

    @property
    def text(self) -> str:
        """What those messages read like."""
        return "\n\n".join(text_of(each) for each in self.messages)

    @property
    def is_private(self) -> bool:
        """Whether nobody else sees any of it."""
        return all(each.only_for == self.person.user.id for each in self.messages)

    async def acknowledged(self, within: float = _PATIENCE) -> "Answer":
        """Wait until the bot has given its first response."""
        await self._until(lambda: self.interaction.acknowledged is not None, within, "the acknowledgement")
        return self

    async def says(self, text: str, within: float = _PATIENCE) -> "Answer":
        """Wait until a text is to be read in the messages."""
        await self._until(lambda: text in self.text, within, f"an answer with {text!r}")
        return self

    async def done(self, within: float = _PATIENCE) -> "Answer":
        """Wait until there is an answer and nothing of it is "thinking" any more."""
        await self._until(self._is_done, within, "an answer")
        return self

    async def modal(self, within: float = _PATIENCE) -> Modal:
        """Wait until a form opens."""
        await self._until(lambda: self.interaction.modal is not None, within, "a form")
        assert self.interaction.modal is not None
        return Modal(self, self.interaction.modal)

    async def offers(self, within: float = _PATIENCE) -> list[str]:
        """Wait for what is offered while somebody types."""
        await self._until(lambda: self.interaction.choices is not None, within, "an offer")
        return [str(each["name"]) for each in self.interaction.choices or []]

    def press(self, name: str) -> "Answer":
        """Press a button of the newest message that has it, by label or custom id."""
        return self.person.press(self._with_button(name), name)

    def choose(self, *chosen: Any, select: str | None = None) -> "Answer":  # noqa: ANN401  # text, Role, Channel or User
        """Choose in a list of the last message."""
        return self.person.choose(self.messages[-1], *chosen, select=select)

    def _with_button(self, name: str) -> Message:
        for message in reversed(self.messages):
            if f"[{name}" in text_of(message) or any(
                each.get("custom_id") == name for each in walk(message.components)
            ):
                return message
        raise AssertionError(f"no button {name!r} in: {self.text}")

    def _is_done(self) -> bool:
        answered = self.interaction.acknowledged is not None
        return answered and not any(each.loading for each in self.messages)

    async def _until(self, look: Any, within: float, what: str) -> None:  # noqa: ANN401  # a look at this answer
        try:
            await self.person.world.changes.until(look, within=within, what=what)
        except AssertionError as error:
            asked = [f"{each.line} {each.status}" for each in self.person.world.asked[-8:]]
            raise AssertionError(f"{error}; to be read: {self.text!r}; the bot's last requests: {asked}") from None


class Person:
    """Somebody in a channel."""

    def __init__(self, world: World, user: User, at: Channel) -> None:
        self.world = world
        self.user = user
        self.at = at

    @property
    def dm(self) -> Channel:
        """The direct message with the bot."""
        return self.world.dm_with(self.user.id)

    def go(self, channel: Channel) -> "Person":
        """Return the same person in another channel."""
        return Person(self.world, self.user, channel)

    def sees(self, message: Message) -> bool:
        """Tell whether a message is there for this person."""
        return message.only_for in {None, self.user.id}

    def slash(self, words: str, *, forced: bool = False, **options: Any) -> Answer:  # noqa: ANN401  # text, numbers, Role ...
        """Use a slash command, for instance `slash("knowledge search", term="silence")`.

        Args:
            words: command and subcommands.
            forced: also where Discord would not offer the command to this person.
            options: by name.
        """
        command = find_command(self.world, words.split(maxsplit=1)[0], 1)
        needed = int(command.get("default_member_permissions") or 0)
        held = self.world.permissions(self.at, self.user.id)
        assert forced or held & needed == needed, f"/{words} is not offered to {self.user.name}"
        data = command_data(self.world, self.at, words, options)
        return Answer(self, begin(self.world, COMMAND, self.user, self.at, data))

    def type_into(self, words: str, option: str, text: str, **others: Any) -> Answer:  # noqa: ANN401  # as in slash
        """Begin to type an option; `Answer.offers` is what is offered for it."""
        data = command_data(self.world, self.at, words, {**others, option: text}, focused=option)
        return Answer(self, begin(self.world, AUTOCOMPLETE, self.user, self.at, data))

    def use_on(self, name: str, message: Message) -> Answer:
        """Choose a command in the menu of a message."""
        command = find_command(self.world, name, _MESSAGE_MENU)
        resolved = {"messages": {str(message.id): message_json(self.world, message)}}
        data = {"id": command["id"], "name": name, "type": _MESSAGE_MENU, "target_id": str(message.id)}
        return Answer(self, begin(self.world, COMMAND, self.user, self.at, {**data, "resolved": resolved}))

    def press(self, message: Message, name: str, *, forced: bool = False) -> Answer:
        """Press a button by its label or custom id; `forced` also one that this person does not see."""
        assert forced or (self.sees(message) and not message.deleted), f"{self.user.name} does not see the message"
        button = button_named(message, name)
        data = {"custom_id": button["custom_id"], "component_type": button["type"], "id": button["id"]}
        return self._on(message, data)

    def choose(self, message: Message, *chosen: Any, select: str | None = None) -> Answer:  # noqa: ANN401  # as in Answer.choose
        """Choose in a list of a message: texts, roles, channels or people."""
        assert self.sees(message) and not message.deleted, f"{self.user.name} does not see the message"  # noqa: PT018  # one reason
        return self._on(message, choice_data(self.world, self.at, select_named(message, select), list(chosen)))

    def _on(self, message: Message, data: Json) -> Answer:
        channel = self.world.channels[message.channel_id]
        return Answer(self, begin(self.world, COMPONENT, self.user, channel, data, message))

    def submit(self, modal: Modal, values: dict[str, Any], *, forced: bool = False) -> Answer:
        """Send a form; see `Modal.submit`."""
        data = filled(self.world, self.at, modal.data, values, forced=forced)
        opened = modal.answer.interaction
        channel = self.world.channels[opened.channel_id]
        return Answer(self, begin(self.world, MODAL_SUBMIT, self.user, channel, data, opened.source))

    def say(
        self, text: str, *, mention: bool = False, reply_to: Message | None = None, files: tuple[str, ...] = ()
    ) -> Message:
        """Write a message where this person is; `mention` puts the bot's mention before it."""
        bot = self.world.bot
        content = f"<@{bot.id}> {text}" if mention else text
        message = Message(self.world.clock.new_id(), self.at.id, self.user.id, self.world.clock.stamp(), content)
        message.attachments = [messages.attachment_json(self.world, name) for name in files]
        named = {int(found) for found in re.findall(r"<@!?(\d+)>", content)} & set(self.world.users)
        if reply_to is not None:
            message.reference = reply_to.id
            named.add(reply_to.author_id)
        message.mentions = sorted(named)
        self.world.keep(message)
        event = messages.event_about(self.world, "MESSAGE_CREATE", self.at, message)
        self.world.emit(Event(event.name, self._with_members(event.data, message), event.guild_id, message))
        return message

    def _with_members(self, data: Json, message: Message) -> Json:
        guild = self._guild()
        if guild is None:
            return data
        mentions = [
            {**user_json(self.world.users[user_id]), "member": member_json(self.world, guild, user_id, with_user=False)}
            for user_id in message.mentions
        ]
        member = member_json(self.world, guild, self.user.id, with_user=False)
        return {**data, "member": member, "mentions": mentions}

    def delete(self, message: Message) -> None:
        """Delete a message."""
        messages.delete(self.world, message)

    async def hears(self, text: str = "", *, after: Message | None = None, within: float = _PATIENCE) -> Message:
        """Wait for a message of the bot here that is not "thinking" and in which a text is to be read."""
        return await self.world.changes.until(
            lambda: next((each for each in self.heard(after) if text in text_of(each) and not each.loading), None),
            within=within,
            what=f"a message of the bot with {text!r}",
        )

    def heard(self, after: Message | None = None) -> list[Message]:
        """Return the bot's messages that this person sees here, after a message where one is given."""
        found = self.world.messages_in(self.at)
        since = after.id if after else 0
        return [each for each in found if each.author_id == self.world.bot.id and self.sees(each) and each.id > since]

    def _guild(self) -> Guild | None:
        return self.world.guilds.get(self.at.guild_id or 0)


MANAGER = MANAGE_GUILD
"""The permission of somebody who manages a server."""
