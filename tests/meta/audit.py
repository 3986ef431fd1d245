"""Asks a database of vulnerabilities about what is locked: `python -m tests.meta.audit PIP_AUDIT LOCK...`.

It tells three ends apart, which pip-audit by itself does not: nothing known, something known, and nobody to ask.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.meta.packages import REPOSITORY, locked

NOTHING_KNOWN = 0
SOMETHING_KNOWN = 1
NOBODY_TO_ASK = 3

_SECONDS = 300
_OPTIONS = ("--no-deps", "--disable-pip", "--vulnerability-service=osv", "--format=json", "--progress-spinner=off")


class CannotAskError(Exception):
    """The database of vulnerabilities could not be asked."""


def audit(program: str, pinned: Sequence[str]) -> list[str]:
    """Return what is known against packages, a line each.

    Args:
        program: pip-audit.
        pinned: `name==version`, each name once.

    Raises:
        CannotAskError: there was no answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("".join(f"{line}\n" for line in pinned), encoding="utf-8")
        words = [program, *_OPTIONS, "--requirement", str(listed)]
        try:
            ran = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603  # our own words
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CannotAskError(type(error).__name__) from None
    try:
        found = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        *_, last = ["no answer", *ran.stderr.strip().splitlines()]
        raise CannotAskError(last[:200]) from None
    return [_line(package, one) for package in found for one in package.get("vulns", [])]


def _line(package: dict[str, Any], known: dict[str, Any]) -> str:
    mended = ", ".join(known["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {known['id']}, mended in {mended}"


def rounds(locks: Sequence[Path]) -> list[list[str]]:
    """Return every pinned package of the locks, in as many lists as one package has versions."""
    versions: dict[str, set[str]] = {}
    for lock in locks:
        for entry in locked(lock):
            versions.setdefault(entry.requirement.name, set()).add(entry.version)
    most = max(map(len, versions.values()), default=0)
    return [
        [f"{name}=={sorted(known)[number]}" for name, known in sorted(versions.items()) if number < len(known)]
        for number in range(most)
    ]


def main(program: str, *locks: str) -> int:
    """Print what is known, and return how it ended."""
    lists = rounds([REPOSITORY / lock for lock in locks])
    try:
        found = [line for pinned in lists for line in audit(program, pinned)]
    except CannotAskError as reason:
        sys.stderr.write(f"The database of vulnerabilities could not be asked, so nothing is known: {reason}\n")
        return NOBODY_TO_ASK
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{sum(map(len, lists))} packages were looked up; {len(found)} vulnerabilities are known.\n")
    return SOMETHING_KNOWN if found else NOTHING_KNOWN


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
