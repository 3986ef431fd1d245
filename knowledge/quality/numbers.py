"""Numbers that no source carries, or that nobody has confirmed yet."""

import re
from collections.abc import Iterator, Sequence

from knowledge.entry import Corpus, Source, Unit
from knowledge.frontmatter import Problem
from knowledge.quality.rules import Unconfirmed

_WISDOM = "practice wisdom"
_CLAIMING = re.compile(
    r"\d+(?:\.\d+)?\s?%|\b\d+(?:\.\d+)? percent\b|(?<!\d)\.\d+|\b\d+\.\d+|\b\d{1,3}(?:,\d{3})+\b|\b\d{3,}\b"
    r"|\b[A-H]\.\d+(?:\.[a-z]\b)?|\b\d+ (?:studies|trials|clients|therapists|participants|cases|adolescents|sessions)\b"
)
"""Shares, decimals, large numbers, sections of a code, numbers of people; not `30 seconds` or `0 to 5`."""

_EMERGENCY = frozenset({"911", "988"})
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def check_numbers(corpus: Corpus, unconfirmed: Sequence[Unconfirmed]) -> Iterator[Problem]:
    """Yield numbers without a source that can carry them, years that no cited source has, and unconfirmed ones."""
    for card in corpus.cards:
        for unit in card.units:
            sources = [corpus.sources[c.source] for c in unit.citations if c.source in corpus.sources]
            for text in (*_uncited(unit, sources), *_unconfirmed(unit, unconfirmed)):
                yield Problem(card.path, 0, unit.id, text)


def _uncited(unit: Unit, sources: Sequence[Source]) -> Iterator[str]:
    if not sources:
        return
    numbers = [number for number in _CLAIMING.findall(unit.text) if number not in _EMERGENCY]
    if numbers and all(source.custom.grade == _WISDOM for source in sources):
        yield f"has the number {numbers[0]} and cites only practice wisdom; cite where it comes from, or leave it out"
        return
    known = " ".join(_dated(source) for source in sources)
    for year in sorted(set(_YEAR.findall(unit.text))):
        if year not in known:
            yield f"has the year {year}, and no source it cites is of that year; cite that work or note the year there"


def _dated(source: Source) -> str:
    issued = source.issued.date_parts if source.issued else []
    return f"{issued} {source.title} {source.publisher} {source.custom.label} {source.custom.note}"


def _unconfirmed(unit: Unit, unconfirmed: Sequence[Unconfirmed]) -> Iterator[str]:
    cited = {citation.source for citation in unit.citations}
    for item in unconfirmed:
        meant = not item.sources or not cited.isdisjoint(item.sources)
        if meant and re.search(rf"(?<![\w.]){re.escape(item.text)}(?![\w]|\.\w)", unit.text):
            yield f"has {item.text}, which is unconfirmed ({item.why}); leave it out until it is"
