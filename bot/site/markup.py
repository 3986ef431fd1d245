"""Small pieces of Markdown and HTML; whatever a card holds, it is shown as it is and never read as markup."""

import html
import re
from collections.abc import Iterable

_MARKUP = re.compile(r"[^\w\s]|_")


def one_line(text: str) -> str:
    """Return a text on one line, without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def escaped(text: str) -> str:
    """Return a text for use inside HTML."""
    return html.escape(one_line(text))


def heading(text: str, level: int = 1, anchor: str = "") -> str:
    """Return a Markdown heading; each sign in it is written as a character reference, so none is markup."""
    plain = _MARKUP.sub(lambda found: f"&#{ord(found[0])};", one_line(text))
    return f"{'#' * level} {plain}" + (f" {{#{anchor}}}" if anchor else "")


def link(href: str, text: str) -> str:
    """Return a link."""
    return f'<a href="{html.escape(href)}">{escaped(text)}</a>'


def listing(items: Iterable[tuple[str, str]], style: str) -> str:
    """Return a list of HTML items, each with an anchor where it has one.

    Args:
        items: anchor, or nothing, and HTML on one line.
        style: class of the list.
    """
    rows = [f"<li{f' id={chr(34)}{anchor}{chr(34)}' if anchor else ''}>{content}</li>" for anchor, content in items]
    return "\n".join([f'<ul class="{style}">', *rows, "</ul>"])


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of HTML cells."""
    lines = ["<table>", "<thead><tr>" + "".join(f'<th scope="col">{cell}</th>' for cell in head) + "</tr></thead>"]
    lines += ["<tbody>", *("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows), "</tbody>"]
    return "\n".join([*lines, "</table>"])


def paragraph(content: str, style: str = "") -> str:
    """Return a paragraph of HTML."""
    return f'<p class="{style}">{content}</p>' if style else f"<p>{content}</p>"


def page(title: str, *parts: str) -> str:
    """Return a Markdown page: its title, then its parts with a blank line between them."""
    return "\n\n".join([heading(title), *parts]) + "\n"
