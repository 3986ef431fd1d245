"""The passages behind an answer, with where each comes from."""

from collections.abc import Iterable

from bot.consult.references import badges, one_line
from bot.curation.cards import PREFIX
from knowledge.entry import Card, Corpus, Source, Unit

_GONE = "A passage that this version of the library no longer holds."
_OWN = "A passage by your server's supervisors, which I no longer have before me. Asking anew shows it again."
_DOI = "https://doi.org/"


def passages_behind(corpus: Corpus, units: Iterable[str]) -> list[str]:
    """Return a paragraph for each unit: its words, its card, its sources with their grade and address.

    Units that the cards no longer hold are said to be gone; addresses come from sources.yaml alone.
    """
    found = []
    for unit_id in dict.fromkeys(units):
        unit = corpus.units.get(unit_id)
        found.append(_passage(corpus, unit) if unit else _OWN if unit_id.startswith(PREFIX) else _GONE)
    return found


def card_in_full(corpus: Corpus, card: Card) -> list[str]:
    """Return a card's title, its units, and its sources, each a paragraph."""
    sources = {citation.source: None for unit in card.units for citation in unit.citations}
    numbered = {source: number for number, source in enumerate(sources, 1)}
    lines = [
        " ".join([one_line(unit.text), "".join(f"[{numbered[citation.source]}]" for citation in unit.citations)])
        for unit in card.units
    ]
    listed = [f"-# [{number}] {where_from(corpus.sources[source])}" for source, number in numbered.items()]
    return [f"**{one_line(card.head.title)}**", *(f"- {line}" for line in lines), *listed, _reviewed(card)]


def where_from(source: Source) -> str:
    """Return a source in one line: label, grade, title, address."""
    grade = f" ({source.custom.grade})" if source.custom.grade != source.custom.label else ""
    address = _DOI + source.doi if source.doi else source.url
    named = "" if source.title == source.custom.label else f". {one_line(source.title)}"
    return f"{source.custom.label}{grade}{named}" + (f" <{address}>" if address else "")


def _passage(corpus: Corpus, unit: Unit) -> str:
    card = corpus.by_id[unit.card_id]
    sources = dict.fromkeys(citation.source for citation in unit.citations)
    lines = [f"-# {where_from(corpus.sources[source])}" for source in sources]
    head = f"**{one_line(card.head.title)}**\n> {one_line(unit.text)}"
    return "\n".join([head, *lines, *badges([card])])


def _reviewed(card: Card) -> str:
    review = str(card.head.review)
    return "-# Not yet clinician-reviewed" if review == "unreviewed" else f"-# Reviewed: {review}"
