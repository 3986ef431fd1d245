"""Turns a reply into Discord messages: within the limits, parts whole where they fit, the close always last."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.consult.reply import Reply

MESSAGE_LIMIT = 2000
"""Characters of one message's content (Discord's API reference, "Create Message"), counted as code points."""

_BREAK = "\n\n"
_UNSEEN = "\N{ZERO WIDTH SPACE}"
_LIVE = re.compile(
    r"@(?=everyone|here)"
    r"|<(?=[@#:/]|[a-z]+:)"
    r"|:(?=//)|\](?=\()|discord(?:app)?\.(?=gg/|com/invite)"
    r"|\|(?=\|)|~(?=~)|_(?=_)|>(?=>>)",
    re.IGNORECASE,
)
"""What a later character would bring to life: pings, mentions and emoji, links, then spoilers, strikes,
underlines and the quote that runs to the end of a message."""

_BOLD = "**"
_RUN_OF_STARS = re.compile(r"\*{3,}")
_STAR = "\N{ASTERISK OPERATOR}"
_BACKTICKS = {ord("`"): "\N{MODIFIER LETTER GRAVE ACCENT}"}


def messages(reply: Reply, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Return the contents of the messages that carry a reply, in order.

    Parts are split between messages, and inside one only where a part alone is over the limit. The close
    stands at the end of the last message, whole where it is within the limit itself.
    """
    return [_BREAK.join(sheet) for sheet in sheets(texts_of(reply), limit)]


def texts_of(reply: Reply) -> list[str]:
    """Return the parts of a reply and its close, inert."""
    return [inert(text) for text in (*(part.text for part in reply.parts), reply.close)]


def sheets(texts: Iterable[str], limit: int) -> list[list[str]]:
    """Return what each of several messages says, text by text; none is longer than the limit when joined."""
    found: list[list[str]] = []
    room = 0
    for text in texts:
        for piece in _pieces(text, limit):
            if found and len(_BREAK) + len(piece) <= room:
                found[-1].append(piece)
                room -= len(_BREAK) + len(piece)
            else:
                found.append([piece])
                room = limit - len(piece)
    return found


def inert(text: str) -> str:
    """Return the text so that nothing in it reaches anyone or reaches beyond it.

    Mentions, links, spoilers and block quotes are broken by a zero-width space; backticks and stars without a
    partner in their line become letters that look alike, so that no code or bold runs on into the close.
    """
    sendable = text.encode("utf-8", "replace").decode("utf-8").translate(_BACKTICKS)
    return _paired(_LIVE.sub(lambda match: match[0] + _UNSEEN, sendable))


def _paired(text: str) -> str:
    return "\n".join(_paired_line(line) for line in text.split("\n"))


def _paired_line(line: str) -> str:
    line = _RUN_OF_STARS.sub(lambda match: _STAR * len(match[0]), line)
    if line.count(_BOLD) % 2 == 0:
        return line
    before, _, after = line.rpartition(_BOLD)
    return before + _STAR * len(_BOLD) + after


def _pieces(text: str, limit: int) -> Iterator[str]:
    """Cut a text at the ends of lines, else between words, else anywhere; a cut may part a pair of stars."""
    while text:
        cut = _cut(text, limit)
        if _is_visible(text[:cut]):
            yield _paired(text[:cut])
        text = text[cut:].lstrip()


def _cut(text: str, limit: int) -> int:
    if len(text) <= limit:
        return len(text)
    line_end = text.rfind("\n", limit // 2, limit + 1)
    return line_end if line_end > 0 else max(text.rfind(" ", 0, limit + 1), 0) or limit


def _is_visible(text: str) -> bool:
    """Tell whether there is anything to see, since Discord refuses a message without."""
    return any(not letter.isspace() and unicodedata.category(letter) not in {"Cc", "Cf"} for letter in text)
