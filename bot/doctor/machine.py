"""Checks of the machine and of what the operator gave: folder, clock, `.env`, token."""

import base64
import binascii
import os
import re
import shutil
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from bot.doctor.finding import Finding, State
from bot.settings import Settings

NOT_BEFORE = date(2026, 11, 1)
"""The month of this version: a clock that shows an earlier day is wrong."""

_MEGABYTE = 1_000_000
_TOO_FULL = 50
_NEARLY_FULL = 500
"""Megabytes: a new index takes about 30 while it is built beside the old one, and a database grows."""

_MOST_DRIFT = 60.0
_TOKEN = re.compile(r"(?P<id>[\w-]{20,})\.[\w-]{6,}\.[\w-]{25,}", re.ASCII)
"""A bot's token: its user id in base64, then two parts (Discord's API documentation, "Authentication")."""


def data_folder(settings: Settings) -> Finding:
    """Tell whether the data folder can be written and has room."""
    folder = settings.data_dir
    mend = "Mend it, or set DATA_DIR to another folder."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(os.urandom(1024))
        free = shutil.disk_usage(folder).free // _MEGABYTE
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "cannot be written"
        return Finding("Data folder", State.ILL, f"{folder}: {reason}.", mend)
    if free >= _NEARLY_FULL:
        return Finding("Data folder", State.WELL, f"{folder} can be written.")
    state = State.ILL if free < _TOO_FULL else State.NOTE
    mend = "Free some space, or set DATA_DIR to a folder on another disk."
    return Finding("Data folder", state, f"{folder} can be written, but has {free} MB left.", mend)


def clock(settings: Settings, ahead: float | None, *, now: float | None = None) -> Finding:
    """Tell whether the clock can be right.

    Args:
        settings: name the data folder, whose disk may have a clock of its own.
        ahead: seconds by which the database's clock is ahead of ours; None where that is not known.
        now: the time; the machine's where None.
    """
    now = time.time() if now is None else now
    day = datetime.fromtimestamp(now, UTC).date()
    mend = "Set the machine's clock, and let it be kept by a time service."
    if day < NOT_BEFORE:
        said = f"It shows {day}, before this version was made; encrypted connections fail by that."
        return Finding("Clock", State.ILL, said, mend)
    others = {"the database": ahead, "the data folder's disk": _disk_ahead(settings.data_dir, now)}
    for whose, seconds in others.items():
        if seconds is not None and abs(seconds) > _MOST_DRIFT:
            how = "ahead of" if seconds > 0 else "behind"
            said = f"The clock of {whose} is {abs(seconds):.0f} seconds {how} this machine's."
            return Finding("Clock", State.NOTE, said, "Let both clocks be kept by a time service.")
    return Finding("Clock", State.WELL, f"It shows {day} (UTC).")


def env_file(settings: Settings) -> Finding:
    """Tell whether others may read the secrets of `.env`."""
    if settings.exposed is None:
        return Finding("Secrets", State.WELL, "No .env with a secret is readable by other users.")
    said = f"{settings.exposed} holds a secret, and other users may read it."
    return Finding("Secrets", State.NOTE, said, f"Run `chmod 600 {settings.exposed}`.")


def token(settings: Settings) -> Finding:
    """Tell whether there is a token of the form that Discord gives; whether it is valid only Discord knows."""
    part = "Discord token"
    if settings.discord_token is None:
        mend = "Only `supervision-bot run` needs one; docs/discord.md says how to get it."
        return Finding(part, State.NOTE, "There is none.", mend)
    found = _TOKEN.fullmatch(settings.discord_token.get_secret_value().strip())
    if found is None or not _holds_an_id(found["id"]):
        mend = "Copy the bot's token again (Bot, Reset Token); it is neither the client secret nor an id."
        return Finding(part, State.ILL, "There is one, but it has not the form of a bot's token.", mend)
    return Finding(part, State.WELL, "There is one; Discord checks it when the bot starts.")


def _holds_an_id(text: str) -> bool:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).isdigit()
    except (binascii.Error, ValueError):
        return False


def _disk_ahead(folder: Path, now: float) -> float | None:
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            return Path(probe.name).stat().st_mtime - now
    except OSError:
        return None
