"""Short texts that stand where others could look and only the bot can read: in the `custom_id` of a public button."""

import base64
import binascii
import hashlib
import hmac
import secrets

ROOM = 32
"""Bytes of a text; all are sealed at this length, so that the length says nothing."""

_NONCE = 8
_PROOF = 6


class Seal:
    """Seals and opens texts with a key; the same key opens them after a restart."""

    def __init__(self, secret: str) -> None:
        """Make the key from a secret that the bot has anyway."""
        self._key = hashlib.sha256(b"seal\0" + secret.encode()).digest()

    def close(self, text: str, about: str) -> str:
        """Return a text sealed, in letters, digits, - and _.

        Args:
            text: at most `ROOM` bytes, without blanks at its end.
            about: what stands open beside it; the seal opens together with the same only.

        Raises:
            ValueError: the text is too long.
        """
        padded = text.encode().ljust(ROOM)
        if len(padded) > ROOM:
            raise ValueError("a text is too long for its seal")
        nonce = secrets.token_bytes(_NONCE)
        hidden = _mixed(padded, self._hash(b"text", nonce, about))
        proof = self._hash(b"proof", nonce + hidden, about)[:_PROOF]
        return base64.urlsafe_b64encode(nonce + hidden + proof).decode().rstrip("=")

    def open(self, sealed: str, about: str) -> str | None:
        """Return the text; None where it was sealed with another key, or about something else, or not at all."""
        try:
            whole = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except (binascii.Error, ValueError):
            return None
        nonce, hidden, proof = whole[:_NONCE], whole[_NONCE:-_PROOF], whole[-_PROOF:]
        expected = self._hash(b"proof", nonce + hidden, about)[:_PROOF]
        if len(hidden) != ROOM or not hmac.compare_digest(proof, expected):
            return None
        return _mixed(hidden, self._hash(b"text", nonce, about)).decode().rstrip()

    def _hash(self, what: bytes, content: bytes, about: str) -> bytes:
        return hmac.digest(self._key, b"\0".join([what, content, about.encode()]), "sha256")


def _mixed(text: bytes, key: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, key, strict=True))
