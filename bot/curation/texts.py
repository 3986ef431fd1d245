"""Which texts of an answer are searched, and the names that they go by in the index."""

import uuid

from bot.storage.curated import Content


def publication_of(answer: uuid.UUID, revision: int) -> str:
    """Return the name of one revision of an answer in the index."""
    return f"{answer.hex}.{revision}"


def split_publication(name: str) -> tuple[uuid.UUID, int]:
    """Return answer and revision of a name."""
    answer, _, revision = name.partition(".")
    return uuid.UUID(answer), int(revision)


def rows_of(content: Content) -> list[tuple[str, str]]:
    """Return part and text of every row: `t1` the title, `a2` an ask, and units by the letters of their sections."""
    rows = [("t1", content.title)]
    rows += [(f"a{number}", ask) for number, ask in enumerate(content.asks, 1)]
    for letter, items in (
        ("r", content.when_to_use),
        ("s", content.text),
        ("w", content.wording),
        ("c", content.caution),
    ):
        rows += [(f"{letter}{number}", item.text) for number, item in enumerate(items, 1)]
    return rows
