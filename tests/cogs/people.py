"""People of the simulated server beside those of the room, and the server's own side of it."""

from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from tests.cogs.conftest import Room


def manager_of(room: Room, name: str = "manager") -> MemberActor:
    """Return a member who may manage the server."""
    role = room.guild.create_role(f"{name}s", permissions=discord.Permissions(manage_guild=True))
    return room.guild.add_member(room.env.create_user(name), roles=[role])


def may_no_longer(room: Room, person: MemberActor) -> None:
    """Take every role from a member."""
    room.env.backend.get_guild(room.guild.id).members[person.id].role_ids.clear()


def let_everyone(room: Room, command: str) -> None:
    """Let everyone use a command of managers, as a server can."""
    known = {named["name"]: int(named["id"]) for named in room.env.backend.commands[None].values()}
    room.guild.set_command_permissions(known[command], {room.guild.default_role: True})


def deny_bot(room: Room, **denied: bool) -> dict[Any, discord.PermissionOverwrite]:
    """Return the overwrites of a channel that deny the bot something."""
    assert room.guild.me is not None
    return {room.guild.me: discord.PermissionOverwrite(**denied)}


def refused(result: InteractionResult) -> str:
    """Return the sentence of a refusal, which the person alone sees."""
    sent = [result.response, *result.followups][-1]
    assert sent is not None
    assert sent.ephemeral
    return sent.content
