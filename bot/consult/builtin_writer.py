"""The built-in writer: no model; it selects and orders the cards' own units, so every word is a curated one."""

from collections.abc import Sequence

from bot.consult.outcome import Draft, Passage, Statement
from knowledge.entry import Card, Section, Unit
from knowledge.retrieval import Retrieved

NAME = "built-in"

_SUGGESTIONS = 3
_SECOND_CARD_EARNS = 0.9
"""A further card gives a suggestion when its score is at least this share of the first card's."""

_ORDER_WEIGHT = 0.06
"""What one place in the card's own order is worth against nearness to the question (cosine similarity)."""


class BuiltInWriter:
    """Writes an answer from the units of the cards that were found."""

    reads_thread = False

    async def write(
        self, question: str, passages: Sequence[Passage], retrieved: Retrieved, thread: Sequence[str] = ()
    ) -> Draft:
        """Return a draft from the best card, with one suggestion of a second card where that earned it."""
        del question, thread
        return self.compose(passages, retrieved)

    def compose(self, passages: Sequence[Passage], retrieved: Retrieved) -> Draft:
        """Return the draft; `write` without waiting for anything.

        Args:
            passages: at least one, best first.
            retrieved: gives each unit's nearness to the question.
        """
        first = passages[0].card

        def pick(card: Card, section: Section, count: int) -> list[Unit]:
            units = card.section(section)
            places = {unit.id: place for place, unit in enumerate(units)}

            def worth(unit: Unit) -> float:
                return retrieved.unit_nearness.get(unit.id, 0.0) - _ORDER_WEIGHT * places[unit.id]

            chosen = sorted(units, key=worth, reverse=True)[:count]
            return sorted(chosen, key=lambda unit: places[unit.id])

        further = _further_card(passages)
        own = _SUGGESTIONS - 1 if further else _SUGGESTIONS
        suggestions = pick(first, Section.SUGGESTION, own)
        if further:
            suggestions += pick(further, Section.SUGGESTION, 1)
        one = {section: pick(first, section, 1)[0] for section in (Section.READING, Section.WORDING, Section.CAUTION)}
        return Draft(
            suggestions=tuple(_statement(unit) for unit in suggestions),
            reading=_statement(one[Section.READING]),
            wording=_statement(one[Section.WORDING]),
            watch=_statement(one[Section.CAUTION]),
            reflect=first.head.reflect,
            supervision=first.head.supervision,
            writer=NAME,
        )


def _further_card(passages: Sequence[Passage]) -> Card | None:
    first = passages[0]
    for passage in passages[1:2]:
        if passage.score >= _SECOND_CARD_EARNS * first.score:
            return passage.card
    return None


def _statement(unit: Unit) -> Statement:
    return Statement(unit.text, (unit.id,))
