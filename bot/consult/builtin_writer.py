"""The built-in writer: no model; it selects and orders the cards' own units, so every word is a curated one."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.consult.moves import Situation
from bot.consult.outcome import Draft, Passage, Statement
from bot.consult.reading import UNREAD, Marker, Reading, RuptureReader
from knowledge.entry import Card, Kind, Section, Unit
from knowledge.retrieval import Retrieved

NAME = "built-in"

_SUGGESTIONS = 3
_SECOND_CARD_EARNS = 0.95
"""A further card gives a suggestion when its score is at least this share of the first card's (docs/answers.md)."""

_SECOND_CARD_FITS, _SECOND_CARD_SIGNS = 0.8, 0.6
"""A second card goes before one that misses the situation when its score is at least this share of the first's.

The first share is for a question's setting, the second where a sign in the question speaks for the second card.
"""

_TELLS_OF_SOMEBODY = frozenset({Kind.SITUATION, Kind.MARKER, Kind.MOVE})
"""Kinds of card for questions about somebody; where another kind is nearest, no marker is told."""

_ORDER_WEIGHT = {Section.SUGGESTION: 0.06, Section.READING: 0.03, Section.WORDING: 0.0, Section.CAUTION: 0.03}
"""What one place in the card's own order is worth against nearness to the question (cosine similarity).

Suggestions are steps in an order; each wording is for a situation of its own.
"""

_SAID_ALREADY = 0.5
"""Share of the shorter unit's longer words from which on two units say the same."""

_LONGER_WORD = re.compile(r"[a-z]{4,}")


class BuiltInWriter:
    """Writes an answer from the units of the cards that were found."""

    reads_thread = False

    def __init__(self, reader: RuptureReader | None = None) -> None:
        """Hold the reader of ruptures; without one, no question is read for them."""
        self._reader = reader

    async def write(
        self, question: str, passages: Sequence[Passage], retrieved: Retrieved, thread: Sequence[str] = ()
    ) -> Draft:
        """Return a draft from the best card, with one suggestion of a second card where that earned it."""
        del thread
        reading = self.read(question, retrieved)
        if passages[0].card.head.kind not in _TELLS_OF_SOMEBODY:
            reading = replace(reading, marker=Marker.NONE, signs=())
        return self.compose(passages, retrieved, Situation(question, reading))

    def read(self, question: str, retrieved: Retrieved) -> Reading:
        """Return what a question may tell of a rupture, by the vector that it was searched for with."""
        if self._reader is None or retrieved.vector is None:
            return UNREAD
        return self._reader.read(question, retrieved.vector)

    def compose(self, passages: Sequence[Passage], retrieved: Retrieved, situation: Situation | None = None) -> Draft:
        """Return the draft; `write` without waiting for anything.

        Args:
            passages: at least one, best first.
            retrieved: gives each unit's nearness to the question.
            situation: what the units should fit; None where nothing is known of it.
        """
        picker = _Picker(retrieved, situation)
        passages = _fitting_first(passages, situation)
        first = passages[0].card
        further = _cards_of_parts(passages, retrieved) or _further_card(passages)
        suggestions = picker.pick(first, Section.SUGGESTION, _SUGGESTIONS - len(further))
        for card in further:
            suggestions += picker.pick(card, Section.SUGGESTION, 1)
        watch = picker.pick(first, Section.CAUTION, 1)
        wording = picker.pick(first, Section.WORDING, 1)
        reading = picker.pick(first, Section.READING, 1)
        return Draft(
            suggestions=tuple(_statement(unit) for unit in suggestions),
            reading=_first(reading),
            wording=_first(wording),
            watch=_first(watch),
            reflect=first.head.reflect,
            supervision=first.head.supervision,
            writer=NAME,
            rupture=situation.reading if situation else UNREAD,
        )


class _Picker:
    """Picks units of one answer, so that none says again what another said."""

    def __init__(self, retrieved: Retrieved, situation: Situation | None) -> None:
        self._retrieved = retrieved
        self._situation = situation
        self._said: list[frozenset[str]] = []

    def pick(self, card: Card, section: Section, count: int) -> list[Unit]:
        """Return the units that fit best, in the card's own order; what is about a marker goes first."""
        units = card.section(section)
        places = {unit.id: place for place, unit in enumerate(units)}
        ranked = sorted(units, key=lambda unit: self._worth(unit, places[unit.id]), reverse=True)
        chosen: list[Unit] = []
        for unit in ranked:
            if len(chosen) < count and not self._said_already(unit):
                chosen.append(unit)
                self._said.append(_longer_words(unit))
        if not chosen:
            chosen = ranked[:count]
        return sorted(chosen, key=lambda unit: (not self._leads(unit), places[unit.id]))

    def _worth(self, unit: Unit, place: int) -> float:
        worth = self._retrieved.unit_nearness.get(unit.id, 0.0) - _ORDER_WEIGHT[unit.section] * place
        return worth + self._situation.worth(unit) if self._situation else worth

    def _said_already(self, unit: Unit) -> bool:
        words = _longer_words(unit)
        return any(len(words & said) >= _SAID_ALREADY * max(1, min(len(words), len(said))) for said in self._said)

    def _leads(self, unit: Unit) -> bool:
        return self._situation is not None and self._situation.fits_marker(unit)


def _longer_words(unit: Unit) -> frozenset[str]:
    return frozenset(_LONGER_WORD.findall(unit.text.lower()))


def _fitting_first(passages: Sequence[Passage], situation: Situation | None) -> Sequence[Passage]:
    """Return the passages, the second one first where it is about as near and only the first misses the situation."""
    if situation is None or len(passages) < 2:  # noqa: PLR2004
        return passages
    first, second, *others = passages
    share = _SECOND_CARD_SIGNS if situation.reading.signs else _SECOND_CARD_FITS
    near = second.score >= share * first.score
    if near and situation.misses(first.card.primary_topic) and not situation.misses(second.card.primary_topic):
        return [second, first, *others]
    return passages


def _cards_of_parts(passages: Sequence[Passage], retrieved: Retrieved) -> list[Card]:
    """Return the cards beside the first that answer further parts of the message."""
    wanted = {*retrieved.parts, *(found.card.id for found in retrieved.found[: bool(retrieved.parts)])}
    cards = [passage.card for passage in passages[1:] if passage.card.id in wanted]
    return cards[: _SUGGESTIONS - 1]


def _further_card(passages: Sequence[Passage]) -> list[Card]:
    first = passages[0]
    return [
        passage.card
        for passage in passages[1:2]
        if passage.score >= _SECOND_CARD_EARNS * first.score and passage.card.head.kind is not Kind.SAFETY
    ]


def _first(units: Sequence[Unit]) -> Statement | None:
    """Return the first as a statement; an answer of a server's supervisors need not have every section."""
    return _statement(units[0]) if units else None


def _statement(unit: Unit) -> Statement:
    return Statement(unit.text, (unit.id,))
