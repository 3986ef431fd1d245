"""Registers the commands with Discord only when they changed: Discord limits how often a program may."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

from discord import app_commands

from bot import log


class CommandsRegistered:
    """Remembers, in a file, which commands Discord was last given for which application."""

    def __init__(self, file: Path) -> None:
        """Hold the file, which need not exist; without it the commands are registered once more."""
        self._file = file

    async def bring_up_to_date(self, tree: app_commands.CommandTree[Any], application: int) -> bool:
        """Give Discord the commands, unless it has them already.

        Returns:
            Whether they were registered.

        Raises:
            discord.HTTPException: Discord does not take them.
        """
        commands = [command.to_dict(tree) for command in tree.get_commands()]
        digest = hashlib.sha256(json.dumps(commands, sort_keys=True, default=str).encode()).hexdigest()
        mark = f"{application} {digest}"
        if await asyncio.to_thread(self._read) == mark:
            return False
        await tree.sync()
        await asyncio.to_thread(self._write, mark)
        log.event("commands registered", rows=len(commands))
        return True

    def _read(self) -> str:
        try:
            return self._file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def _write(self, mark: str) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(mark + "\n", encoding="utf-8")
        except OSError as error:
            log.event("registration not remembered", error=type(error).__name__)
