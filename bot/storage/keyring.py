"""The keys of DATA_KEY, and how a text is sealed with them: Fernet, with a mark and the key's short name in front.

The mark lets plain and sealed texts stand side by side. The key's name says which one opens a text, and lets a database
be asked which texts are not under the first key yet.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from bot.errors import FixSettings, InstallExtra, RestoreDatabase
from bot.settings import Settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

MARK = "sealed:"
SEALED = f"{MARK}1:"
"""Begins a sealed text; the key's name, a colon and the token follow."""

_ESCAPED = f"{MARK}0:"
"""Begins a plain text that itself begins with the mark."""

_KEY_BYTES = 32
_NAME_LETTERS = 16
_NEW = "`supervision-bot keys new` makes one"


class KeyRing:
    """Keys by their names; the first one seals, and each opens what it sealed."""

    def __init__(self, keys: Sequence[str] = (), *, seals: bool = True) -> None:
        """Hold the keys.

        Args:
            keys: as `new_key` makes them; without any, texts stay plain.
            seals: False opens what is sealed and writes plain.

        Raises:
            FixSettings: one is no key. The text shows nothing of it.
            InstallExtra: the package for them is not installed.
        """
        self._keys: dict[str, Fernet] = {}
        for number, key in enumerate(keys, 1):
            name = name_of(key, number)
            self._keys[name] = _fernet(key)
        self._first = next(iter(self._keys), None) if seals else None

    @classmethod
    def of(cls, settings: Settings, *, seals: bool = True) -> Self:
        """Return the keys of the settings.

        Raises:
            FixSettings: one is no key.
            InstallExtra: the package for them is not installed.
        """
        if settings.data_key is None:
            return cls()
        written = settings.data_key.get_secret_value()
        return cls([key.strip() for key in written.split(",")], seals=seals)

    @property
    def first(self) -> str | None:
        """The name of the key that seals; None where texts are written plain."""
        return self._first

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all keys."""
        return tuple(self._keys)

    def seal(self, text: str) -> str:
        """Return a text as it is kept."""
        if self._first is None:
            return f"{_ESCAPED}{text}" if text.startswith(MARK) else text
        # Half of a surrogate pair has no UTF-8 of its own, and a plain text may hold one.
        token = self._keys[self._first].encrypt(text.encode("utf-8", "surrogatepass"))
        return f"{SEALED}{self._first}:{token.decode('ascii')}"

    def open(self, kept: str) -> str:
        """Return the text of what was kept.

        Raises:
            FixSettings: none of the keys sealed it.
            RestoreDatabase: it was altered.
        """
        if kept.startswith(_ESCAPED):
            return kept.removeprefix(_ESCAPED)
        if not kept.startswith(SEALED):
            return kept
        name, _, token = kept.removeprefix(SEALED).partition(":")
        if name not in self._keys:
            raise missing([name], self.names)
        from cryptography.fernet import InvalidToken  # noqa: PLC0415  # of an extra

        try:
            return self._keys[name].decrypt(token).decode("utf-8", "surrogatepass")
        except InvalidToken:
            problem = f"a text in the database that the key {name} sealed was altered"
            raise RestoreDatabase(problem, "restore a backup") from None


PLAIN = KeyRing()
"""No key: texts are written as they are."""


def new_key() -> str:
    """Return a new key: 32 random bytes in base64, as Fernet has it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode("ascii")


def name_of(key: str, number: int = 1) -> str:
    """Return a key's short name, from which the key cannot be found.

    Args:
        key: the key.
        number: which of DATA_KEY it is, from 1.

    Raises:
        FixSettings: it is no key.
    """
    try:
        raw = base64.b64decode(key, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise FixSettings(f"key {number} in DATA_KEY is no key", f"{_NEW}; several stand with commas between them")
    return hashlib.sha256(b"supervision-assistant " + raw).hexdigest()[:_NAME_LETTERS]


def missing(names: Sequence[str], given: Sequence[str]) -> FixSettings:
    """Return the error for keys that are needed and not there."""
    wanted = " and ".join(sorted(names))
    problem = f"texts in the database are encrypted under the key {wanted}, and DATA_KEY "
    problem += f"holds {' and '.join(given)}" if given else "is not set"
    return FixSettings(problem, "put that key into DATA_KEY too, with a comma; without it nobody can read them")


def _fernet(key: str) -> "Fernet":
    try:
        from cryptography.fernet import Fernet  # noqa: PLC0415  # of an extra
    except ImportError:
        raise InstallExtra(
            "DATA_KEY is set, and the package cryptography is not installed",
            'install the extra: pip install "supervision-assistant[encryption]"',
        ) from None
    return Fernet(key)
