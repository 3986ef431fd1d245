"""Undoes the ways in which people hide letters and digits, so that the screens read what a person reads."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f\u20e3]")
_SPACED = re.compile(r"(?<![\w'])(?:[A-Za-z0-9][ .]){3,}[A-Za-z0-9](?![\w'])")
_HOMOGLYPHS = str.maketrans("\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u03bf\u0391\u0392\u0395", "aeopcyxioABE")


def normalise(text: str) -> str:
    """Return the text with full-width, spaced-out, zero-width and look-alike characters made plain."""
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_HOMOGLYPHS)
    plain = unicodedata.normalize("NFKC", seen)  # an accent that stood behind a removed character joins its letter
    return _SPACED.sub(lambda match: re.sub(r"[ .]", "", match[0]), plain)


def encodable(text: str) -> str:
    """Return a text without lone surrogates, which neither the model nor a terminal takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
