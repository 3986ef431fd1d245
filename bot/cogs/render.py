"""Turns a reply into Discord messages: within the limits, parts whole where they fit, the close always last."""

import re

from bot.consult.reply import Reply

MESSAGE_LIMIT = 2000
"""Characters of one message's content (Discord's API reference, "Create Message")."""

_BREAK = "\n\n"
_PINGS = re.compile(r"@(?=everyone|here)|<(?=[@#][!&]?\d+>)")


def messages(reply: Reply, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Return the contents of the messages that carry a reply, in order.

    Parts are split between messages, and inside one only where a part alone is over the limit. The close is
    whole, at the end of the last message.
    """
    found: list[str] = []
    current = ""
    pieces = [piece for part in reply.parts for piece in _pieces(inert(part.text), limit)]
    for piece in [*pieces, inert(reply.close)]:
        joined = f"{current}{_BREAK}{piece}" if current else piece
        if len(joined) > limit:
            found.append(current)
            joined = piece
        current = joined
    return [*found, current]


def inert(text: str) -> str:
    """Return the text with mentions broken by a zero-width space, so that none of them reaches anyone."""
    return _PINGS.sub(lambda match: f"{match[0]}\N{ZERO WIDTH SPACE}", text)


def _pieces(text: str, limit: int) -> list[str]:
    pieces: list[str] = []
    while len(text) > limit:
        cut = max(text.rfind("\n", 0, limit), text.rfind(" ", 0, limit))
        cut = cut if cut > 0 else limit
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces
