"""Questions about a strain from another viewpoint; each is a card's own, beside the passage that it stands with."""

from collections.abc import Iterable
from enum import StrEnum

from bot.consult.references import one_line
from bot.consult.sources import passages_behind
from knowledge.entry import Card, Corpus, Section


class Viewpoint(StrEnum):
    """From where a strain may be looked at."""

    CLIENT = "client"
    CULTURE = "culture"
    SETTING = "setting"


TITLES = {
    Viewpoint.CLIENT: "From the client's side",
    Viewpoint.CULTURE: "With culture and power in view",
    Viewpoint.SETTING: "With the setting and the system in view",
}

CARDS = {
    Viewpoint.CLIENT: (
        "when-fine-may-not-be-fine",
        "humility",
        "withdrawal-pulling-away",
        "confrontation-moving-against",
        "silence",
        "responding-to-anger",
        "dropout-ghosting",
        "attachment-and-trauma",
    ),
    Viewpoint.CULTURE: (
        "power-dynamics",
        "cultural-humility-mco",
        "cultural-ruptures",
        "broaching",
        "microaggressions",
        "value-conflicts",
    ),
    Viewpoint.SETTING: (
        "repair-words-by-setting",
        "counselor-changes-and-absence",
        "fees-and-policies",
        "mandated-clients",
        "telehealth-ruptures",
        "couples-and-family",
        "group-ruptures",
        "adolescents",
        "neurodivergent-deaf-interpreted",
        "recording-and-notes-ruptures",
        "termination-forced-endings",
        "text-and-message-misfires",
    ),
}
"""Cards whose question to oneself looks from there; the first ones fit any strain."""

_EACH = 2


def other_ways(found: Iterable[Card], corpus: Corpus) -> list[str]:
    """Return, for each viewpoint, its questions, each with a passage of its card and where that is from.

    Args:
        found: the cards that were found for the question, best first; those of a viewpoint come before its others.
        corpus: the cards.
    """
    order = [card.id for card in found]
    texts: list[str] = []
    for viewpoint, ids in CARDS.items():
        near = [card_id for card_id in order if card_id in ids]
        chosen = list(dict.fromkeys([*near, *ids]))[:_EACH]
        texts.append(f"**{TITLES[viewpoint]}**")
        texts += [_question(corpus.by_id[card_id], corpus) for card_id in chosen]
    return texts


def _question(card: Card, corpus: Corpus) -> str:
    unit = card.section(Section.READING)[0]
    (passage,) = passages_behind(corpus, [unit.id])
    return f"{one_line(card.head.reflect)}\n{passage}"
