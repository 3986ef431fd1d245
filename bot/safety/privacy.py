"""The privacy screen: takes identifiers out, and withholds a question in which one may still stand."""

from collections import Counter

from bot.safety.identifiers import FORMS
from bot.safety.normalise import normalise
from bot.safety.tagging import IdentifierFinder
from bot.safety.verdicts import Redaction, Removal

_MOST_GROWTH, _ROOM = 2, 100
"""How much longer a text may become when its letters are made plain; what people type hardly grows."""


class PrivacyScreen:
    """Replaces identifiers with typed placeholders."""

    def __init__(self, finder: IdentifierFinder) -> None:
        """Hold what finds identifiers."""
        self._finder = finder

    def redact(self, text: str) -> Redaction | None:
        """Return the text with placeholders.

        None where a second look still finds an identifier by its form, and where the text grows as no typed one does
        when its letters are made plain.
        """
        clean = normalise(text)
        if len(clean) > _MOST_GROWTH * len(text) + _ROOM:
            return None
        counts: Counter[str] = Counter()
        pieces, end = [], 0
        for span in self._finder.find(clean):
            pieces += [clean[end : span.start], f"[{span.kind}]"]
            end = span.end
            counts[span.kind] += 1
        redacted = "".join([*pieces, clean[end:]])
        if any(form.search(redacted) for _, form in FORMS):
            return None
        return Redaction(redacted, tuple(Removal(kind, count) for kind, count in sorted(counts.items())))
