"""The commands are given to Discord when they changed, and only then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.cogs.registration import CommandsRegistered


class Tree(app_commands.CommandTree[Any]):
    """A real tree of commands whose registration is only counted; an error that is set is raised."""

    def __init__(self) -> None:
        super().__init__(discord.Client(intents=discord.Intents.none()))
        self.syncs = 0
        self.refusal: Exception | None = None

    async def sync(self, *, guild: discord.abc.Snowflake | None = None) -> list[app_commands.AppCommand]:  # noqa: ARG002
        self.syncs += 1
        if self.refusal:
            raise self.refusal
        return []


def _tree(description: str = "Ask.", *more: app_commands.ContextMenu) -> Tree:
    tree = Tree()

    @tree.command(name="consult", description=description)
    async def consult(interaction: discord.Interaction[Any]) -> None:
        del interaction

    for menu in more:
        tree.add_command(menu)
    return tree


async def _on_message(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    del interaction, message


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "registered"


async def test_commands_are_registered_once_and_not_at_the_next_start(file: Path) -> None:
    first, second = _tree(), _tree()
    assert await CommandsRegistered(file).bring_up_to_date(first, 100)
    assert not await CommandsRegistered(file).bring_up_to_date(second, 100)
    assert (first.syncs, second.syncs) == (1, 0)


@pytest.mark.parametrize(
    "changed",
    [
        lambda: _tree("Ask something."),
        lambda: _tree("Ask.", app_commands.ContextMenu(name="Consult on this", callback=_on_message)),
    ],
)
async def test_commands_that_changed_are_registered_again(file: Path, changed: Callable[[], Tree]) -> None:
    await CommandsRegistered(file).bring_up_to_date(_tree(), 100)
    tree = changed()
    assert await CommandsRegistered(file).bring_up_to_date(tree, 100)
    assert tree.syncs == 1


async def test_another_application_gets_them_too(file: Path) -> None:
    await CommandsRegistered(file).bring_up_to_date(_tree(), 100)
    assert await CommandsRegistered(file).bring_up_to_date(_tree(), 200)


async def test_commands_that_discord_did_not_take_are_registered_at_the_next_start(file: Path) -> None:
    tree = _tree()
    tree.refusal = RuntimeError("Discord is away")
    with pytest.raises(RuntimeError):
        await CommandsRegistered(file).bring_up_to_date(tree, 100)
    assert await CommandsRegistered(file).bring_up_to_date(_tree(), 100)


@pytest.fixture
def odd_file(file: Path, request: pytest.FixtureRequest) -> Path:
    file.parent.mkdir()
    file.write_bytes(request.param)
    return file


@pytest.mark.parametrize("odd_file", [b"", b"\xff\xfe", b"another thing"], indirect=True)
async def test_a_file_that_says_something_else_is_as_if_there_were_none(odd_file: Path) -> None:
    file = odd_file
    assert await CommandsRegistered(file).bring_up_to_date(_tree(), 100)
    assert not await CommandsRegistered(file).bring_up_to_date(_tree(), 100)


async def test_a_folder_that_cannot_be_written_keeps_nobody_from_answering(file: Path) -> None:
    file.parent.write_text("a file in the place of the folder")
    tree = _tree()
    assert await CommandsRegistered(file).bring_up_to_date(tree, 100)
    assert tree.syncs == 1
