"""A server's scope card: where its members work, under what, and where to look in a crisis, in its managers' words."""

from dataclasses import dataclass, fields

LONGEST_FIELD = 200
"""Characters of one field."""


@dataclass(frozen=True, slots=True)
class ScopeCard:
    """What a server's managers wrote about where its members work; each a short text, empty where not said.

    Attributes:
        setting: such as "university counseling center".
        licences: the levels of licence of those who ask.
        jurisdiction: whose law and board they are under.
        on_call: when somebody is on call.
        protocol: where the site's crisis protocol stands, a place in words or a link.
    """

    setting: str = ""
    licences: str = ""
    jurisdiction: str = ""
    on_call: str = ""
    protocol: str = ""

    @property
    def filled(self) -> int:
        """How many fields say something."""
        return sum(bool(getattr(self, field)) for field in SCOPE_FIELDS)


SCOPE_FIELDS = tuple(field.name for field in fields(ScopeCard))
"""The fields, in the order in which they are asked for and shown."""


def scope_columns(card: ScopeCard) -> dict[str, str | None]:
    """Return a card as columns, each text in one line; an empty one as none.

    Raises:
        ValueError: a text is too long.
    """
    texts = {field: " ".join(str(getattr(card, field)).split()) for field in SCOPE_FIELDS}
    if any(len(text) > LONGEST_FIELD for text in texts.values()):
        raise ValueError("a field of a scope card is too long")
    return {f"scope_{field}": text or None for field, text in texts.items()}
