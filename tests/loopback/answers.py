"""The routes by which a bot answers an interaction: its callback, and the messages of its webhook."""

from collections.abc import Callable

from tests.loopback import messages, refusals
from tests.loopback.call import Call, Result
from tests.loopback.components import check_modal
from tests.loopback.forms import loading, message_json
from tests.loopback.limits import check_choices
from tests.loopback.refusals import Refused, invalid_form
from tests.loopback.state import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    EPHEMERAL,
    MODAL_SUBMIT,
    Interaction,
    Json,
    Message,
    World,
)

SECONDS_TO_ACKNOWLEDGE = 3.0
SECONDS_OF_A_TOKEN = 15 * 60.0
MOST_FOLLOW_UPS_ELSEWHERE = 5
"""Follow-ups to one interaction in a server that the bot is not in."""

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
_ALLOWED = {
    COMMAND: {MESSAGE, DEFER, MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}


class Answers:
    """Takes what a bot answers, by Discord's rules of when and how."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def callback(self, call: Call) -> Result:
        """Take the first response; there is one, within three seconds."""
        interaction = self._world.interactions.get(call.names["token"])
        if interaction is None or interaction.id != call.number("interaction"):
            raise refusals.unknown_interaction()
        if interaction.acknowledged is not None:
            raise refusals.already_acknowledged()
        now = self._world.clock.now()
        if now - interaction.began > SECONDS_TO_ACKNOWLEDGE:
            raise refusals.unknown_interaction()
        body = call.form()
        kind = body.get("type")
        if kind not in _allowed(interaction):
            raise invalid_form("type", "This response cannot be given to this interaction.", "BASE_TYPE_CHOICES")
        self._do(interaction, kind, body.get("data") or {}, call.files)
        interaction.first, interaction.acknowledged = kind, now
        self._world.changes.happened()
        return (200, self._told(interaction, kind)) if call.query.get("with_response") in {"1", "true"} else (204, None)

    def _do(self, interaction: Interaction, kind: int, data: Json, files: list[str]) -> None:
        effects: dict[int, Callable[[], None]] = {
            MESSAGE: lambda: self._answer(interaction, data, files),
            DEFER: lambda: self._think(interaction, data),
            DEFER_UPDATE: lambda: self._point_at_source(interaction),
            UPDATE: lambda: self._update(interaction, data, files),
            CHOICES: lambda: self._offer(interaction, data),
            MODAL: lambda: self._open(interaction, data),
        }
        effects[kind]()

    def _answer(self, interaction: Interaction, data: Json, files: list[str]) -> None:
        channel = self._world.channels[interaction.channel_id]
        interaction.original = messages.send(self._world, channel, data, files, interaction=interaction)

    def _think(self, interaction: Interaction, data: Json) -> None:
        flags = loading((data.get("flags") or 0) & EPHEMERAL)
        channel = self._world.channels[interaction.channel_id]
        message = Message(
            self._world.clock.new_id(), channel.id, self._world.bot.id, self._world.clock.stamp(), flags=flags
        )
        message.interaction = interaction
        message.only_for = interaction.user_id if flags & EPHEMERAL else None
        interaction.original = messages.post(self._world, channel, message)

    def _point_at_source(self, interaction: Interaction) -> None:
        interaction.original = interaction.source

    def _update(self, interaction: Interaction, data: Json, files: list[str]) -> None:
        assert interaction.source is not None
        if interaction.source.deleted:
            raise refusals.unknown_message()
        interaction.original = messages.edit(self._world, interaction.source, data, files)

    def _offer(self, interaction: Interaction, data: Json) -> None:
        choices = data.get("choices") or []
        check_choices(choices)
        interaction.choices = choices

    def _open(self, interaction: Interaction, data: Json) -> None:
        check_modal(data)
        interaction.modal = data

    def _told(self, interaction: Interaction, kind: int) -> Json:
        told: Json = {"id": str(interaction.id), "type": interaction.kind}
        if interaction.original is None or kind in {CHOICES, MODAL}:
            return {"interaction": told}
        told["response_message_id"] = str(interaction.original.id)
        told["response_message_loading"] = interaction.original.loading
        told["response_message_ephemeral"] = interaction.original.only_for is not None
        if kind in {DEFER, DEFER_UPDATE}:
            return {"interaction": told}
        shown = message_json(self._world, interaction.original)
        return {"interaction": told, "resource": {"type": kind, "message": shown}}

    async def follow_up(self, call: Call) -> Result:
        """Send a further message; after a deferral the first of them takes the deferral's place."""
        interaction = self._live(call)
        body = call.form()
        original = interaction.original
        if original is not None and original.loading and not original.deleted:
            message = messages.edit(self._world, original, body, call.files)
            return 200, message_json(self._world, message)
        channel = self._world.channels[interaction.channel_id]
        guild = self._world.guilds.get(channel.guild_id or 0)
        sent = sum(message is not original for message in interaction.messages)
        if guild is not None and not guild.installed and sent >= MOST_FOLLOW_UPS_ELSEWHERE:
            raise Refused(400, 40094, "This interaction has reached the maximum number of follow-up messages.")
        message = messages.send(self._world, channel, body, call.files, interaction=interaction)
        return 200, message_json(self._world, message)

    async def see(self, call: Call) -> Result:
        """Show a message of this interaction."""
        return 200, message_json(self._world, self._message(call))

    async def change(self, call: Call) -> Result:
        """Edit a message of this interaction."""
        message = messages.edit(self._world, self._message(call), call.form(), call.files)
        return 200, message_json(self._world, message)

    async def remove(self, call: Call) -> Result:
        """Delete a message of this interaction."""
        messages.delete(self._world, self._message(call))
        return 204, None

    def _live(self, call: Call) -> Interaction:
        interaction = self._world.interactions.get(call.names["token"])
        if interaction is None or call.number("application") != self._world.bot.id:
            raise refusals.unknown_webhook()
        if self._world.clock.now() - interaction.began > SECONDS_OF_A_TOKEN:
            raise refusals.token_expired()
        if interaction.acknowledged is None:
            raise refusals.unknown_webhook()
        return interaction

    def _message(self, call: Call) -> Message:
        interaction = self._live(call)
        named = call.names["message"]
        if named == "@original":
            message = interaction.original
        else:
            own = [*interaction.messages, *([interaction.source] if interaction.source else [])]
            message = next((each for each in own if str(each.id) == named), None)
        if message is None or message.deleted:
            raise refusals.unknown_message()
        return message


def _allowed(interaction: Interaction) -> set[int]:
    allowed = _ALLOWED[interaction.kind]
    return allowed if interaction.source else allowed - {DEFER_UPDATE, UPDATE}
