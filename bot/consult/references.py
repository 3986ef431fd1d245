"""Numbers the sources of one answer, and words the line that lists them."""

from collections.abc import Iterable

from bot.consult.outcome import Statement
from bot.curation.cards import CuratedCard, VerifiedCard
from knowledge.entry import Card, Corpus, Unit


class References:
    """Numbers the sources of one answer in the order in which they are first cited."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._numbers: dict[str, int] = {}
        self._voices: dict[str, list[str]] = {}
        self._cards: dict[str, None] = {}

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards that were cited so far."""
        return tuple(self._corpus.by_id[card_id] for card_id in self._cards)

    def cite(self, statement: Statement) -> str:
        """Return the statement with the numbers of its sources."""
        units = [self._corpus.units[cite] for cite in statement.cites]
        self._cards |= dict.fromkeys(unit.card_id for unit in units)
        numbers = sorted({self._number(unit, index) for unit in units for index in range(len(unit.citations))})
        return (one_line(statement.text) + " " + "".join(f"[{number}]" for number in numbers)).rstrip()

    def line(self, cards: Iterable[Card]) -> str:
        """Return the line of sources, with grades and the cards' review state; curated ones have badges."""
        sources = []
        for source_id, number in self._numbers.items():
            custom = self._corpus.sources[source_id].custom
            *others, last = self._voices[source_id] or [""]
            voices = " and ".join([", ".join(others), last] if others else [last])
            label = f"{voices}, in {custom.label}" if voices else custom.label
            grade = f" ({custom.grade})" if custom.grade != custom.label else ""
            sources.append(f"[{number}] {label}{grade}")
        reviews = sorted({str(card.head.review) for card in cards if not isinstance(card, CuratedCard)})
        state = [
            "Not yet clinician-reviewed" if review == "unreviewed" else f"Reviewed: {review}" for review in reviews
        ]
        return "-# " + " · ".join([*sources, *state])

    def _number(self, unit: Unit, index: int) -> int:
        citation = unit.citations[index]
        number = self._numbers.setdefault(citation.source, len(self._numbers) + 1)
        voices = self._voices.setdefault(citation.source, [])
        if citation.voice and citation.voice not in voices:
            voices.append(citation.voice)
        return number


def badges(cards: Iterable[Card]) -> list[str]:
    """Return a paragraph for each card that a server's supervisors stand behind: who, when, and the second views."""
    return [
        "\n".join([f"-# **{one_line(card.head.title)}:** {one_line(card.badge)}", *map(_view, _views(card))])
        for card in cards
        if isinstance(card, CuratedCard | VerifiedCard)
    ]


def _views(card: CuratedCard | VerifiedCard) -> tuple[str, ...]:
    return card.views if isinstance(card, CuratedCard) else ()


def _view(view: str) -> str:
    return f"> {one_line(view)}"


def one_line(text: str) -> str:
    """Return a writer's text on one line, so that it can open no paragraph, and without control characters."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(text.split())
