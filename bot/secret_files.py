"""Secrets that stand in a file of their own, named by NAME_FILE, and whether others may read `.env`."""

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.errors import FixSettings

SUFFIX = "_FILE"

_LONGEST = 16_384
"""Bytes; the longest keys are a tenth of that, so a longer file is another one than was meant."""

_OTHERS = stat.S_IRGRP | stat.S_IROTH


def file_names(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return the names under which the files of secrets may be given."""
    return tuple(f"{name}{SUFFIX}" for name in secrets)


def with_files(given: Mapping[str, str], secrets: Iterable[str]) -> dict[str, str]:
    """Return the settings with each secret that a file holds in its place.

    Args:
        given: names and values, of the environment and of `.env`.
        secrets: names of the settings that may stand in a file.

    Raises:
        FixSettings: a secret is given twice, or its file cannot be used. The text names the file, never its content.
    """
    filled = dict(given)
    for name in secrets:
        path = given.get(f"{name}{SUFFIX}")
        if not path:
            continue
        if given.get(name):
            raise FixSettings(f"{name} and {name}{SUFFIX} are both set", "keep one of them")
        filled[name] = _read(name, Path(path).expanduser())
    return filled


def readable_by_others(path: Path) -> bool:
    """Tell whether users other than its owner may read a file; no where the system has no such permissions."""
    try:
        return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False


def _read(name: str, path: Path) -> str:
    """Return the only line of a file, without what stands around it."""
    where = f"{path}, the file of {name}{SUFFIX},"
    # A pipe or a device in its place would be waited for.
    if not path.is_file():
        raise FixSettings(f"{where} is not there or is no file", "write the secret into it, or mend the path")
    try:
        with path.open("rb") as stream:
            content = stream.read(_LONGEST + 1)
    except (OSError, ValueError):
        raise FixSettings(f"{where} cannot be read", "let the user that runs the program read it") from None
    mend = "write the secret into it, and nothing else"
    if len(content) > _LONGEST:
        raise FixSettings(f"{where} is longer than any secret", mend)
    try:
        value = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise FixSettings(f"{where} is no UTF-8 text", mend) from None
    if not value:
        raise FixSettings(f"{where} is empty", mend)
    if not value.isprintable():
        raise FixSettings(f"{where} holds more than one line, or characters that no secret has", mend)
    return value
