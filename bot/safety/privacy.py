"""The privacy screen: takes identifiers out, and withholds a question in which one may still stand."""

from collections import Counter

from bot.safety.identifiers import FORMS
from bot.safety.names import NameLists, find_names
from bot.safety.normalise import normalise
from bot.safety.verdicts import Redaction, Removal


class PrivacyScreen:
    """Replaces identifiers with typed placeholders, by their form and by lists of names."""

    def __init__(self, lists: NameLists) -> None:
        """Hold the lists of names."""
        self._lists = lists

    def redact(self, text: str) -> Redaction | None:
        """Return the text with placeholders, or None where a second look still finds an identifier."""
        counts: Counter[str] = Counter()
        clean = normalise(text)
        for kind, form in FORMS:
            clean, found = form.subn(f"[{kind}]", clean)
            counts[kind] += found
        clean = self._without_names(clean, counts)
        if any(form.search(clean) for _, form in FORMS):
            return None
        return Redaction(clean, tuple(Removal(kind, count) for kind, count in sorted(counts.items()) if count))

    def _without_names(self, text: str, counts: Counter[str]) -> str:
        pieces, end = [], 0
        for span in find_names(text, self._lists):
            if _inside_placeholder(text, span.start):
                continue
            pieces += [text[end : span.start], f"[{span.kind}]"]
            end = span.end
            counts[span.kind] += 1
        return "".join([*pieces, text[end:]])


def _inside_placeholder(text: str, position: int) -> bool:
    opened = text.rfind("[", 0, position)
    return opened >= 0 and "]" in text[position : position + 20] and "]" not in text[opened:position]
