"""How text is cut into words for the lexical index and the head, with counselors' abbreviations written out."""

import re
from itertools import pairwise

ABBREVIATIONS = {
    "abt": "about",
    "appt": "appointment",
    "b4": "before",
    "bc": "because",
    "cl": "client",
    "clt": "client",
    "clts": "clients",
    "cmh": "agency",
    "convo": "conversation",
    "ct": "client",
    "cts": "clients",
    "cuz": "because",
    "dx": "diagnosis",
    "hw": "homework",
    "hx": "history",
    "msg": "message",
    "ppl": "people",
    "pt": "client",
    "pts": "clients",
    "r": "are",
    "rn": "now",
    "sesh": "session",
    "sup": "supervisor",
    "supe": "supervisor",
    "sups": "supervisors",
    "sx": "symptoms",
    "tele": "telehealth",
    "tho": "though",
    "tx": "treatment",
    "u": "you",
    "ur": "your",
    "w": "with",
}
"""What counselors shorten in chat, and what it stands for."""

_WORD = re.compile(r"[a-z0-9][a-z0-9']*")
_POSSESSIVE = re.compile(r"('s?)+$")


def words(text: str) -> list[str]:
    """Return the words of a text in order: lower case, abbreviations written out, possessive endings dropped."""
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    bare = (_POSSESSIVE.sub("", word) for word in _WORD.findall(plain))
    return [ABBREVIATIONS.get(word, word) for word in bare]


def words_and_pairs(text: str) -> list[str]:
    """Return the words of a text and every pair of neighbours, joined by a space."""
    single = words(text)
    return single + [f"{left} {right}" for left, right in pairwise(single)]
