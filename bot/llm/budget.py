"""The day's ceiling of tokens, counted in a small file so that it holds across processes and restarts."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from filelock import FileLock, Timeout

_FILE = "llm-tokens.json"
_SECONDS_FOR_LOCK = 1.0


def today() -> date:
    """Return the day in UTC."""
    return datetime.now(UTC).date()


class Budget:
    """Counts tokens by day; a count that cannot be kept counts as spent, so that a cost never runs on unseen."""

    def __init__(self, folder: Path, most: int, *, day: Callable[[], date] = today) -> None:
        """Hold the place of the count.

        Args:
            folder: where the count is kept; it is made when first needed.
            most: tokens a day; 0 for no limit.
            day: today's date.
        """
        self._path = folder / _FILE
        self._most = most
        self._day = day

    def reserve(self, tokens: int) -> bool:
        """Count tokens in advance; return False, counting nothing, where they would go over the ceiling."""
        if not self._most:
            return True
        try:
            with self._locked():
                spent = self._read()
                if spent + tokens > self._most:
                    return False
                self._write(spent + tokens)
        except (OSError, Timeout):
            return False
        return True

    def settle(self, reserved: int, used: int) -> None:
        """Put what was really used in the place of what was reserved."""
        if not self._most or reserved == used:
            return
        try:
            with self._locked():
                self._write(max(0, self._read() + used - reserved))
        except (OSError, Timeout):
            return

    def _locked(self) -> FileLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(f"{self._path}.lock", timeout=_SECONDS_FOR_LOCK)

    def _read(self) -> int:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return int(found["tokens"]) if found["day"] == self._day().isoformat() else 0
        except FileNotFoundError:
            return 0
        except (ValueError, KeyError, TypeError):
            return self._most

    def _write(self, tokens: int) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({"day": self._day().isoformat(), "tokens": tokens}), encoding="utf-8")
        new.replace(self._path)
