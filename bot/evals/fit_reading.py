"""Fits the model that reads questions for signs of strain; run by `make reading` after its lines or signs changed.

The learning lines count fully; asks of cards that are about one marker, or about none, count a little beside them.
"""

import numpy as np

from bot.consult.reading import Marker, Mover, flags
from knowledge.embedding import MiniLmEmbedder
from knowledge.loader import load_corpus
from knowledge.readings import ReadingCard, ReadingModel, lines_digest, read_lines, with_flags
from knowledge.ridge import TextRidge

_AWAY = frozenset(
    {"withdrawal-pulling-away", "dropout-ghosting", "when-fine-may-not-be-fine", "stage-model-withdrawal"}
)
_AGAINST = frozenset({"confrontation-moving-against", "responding-to-anger", "stage-model-confrontation"})
_NEITHER = frozenset(
    {
        "alliance-and-outcome",
        "ai-tool-limits",
        "bring-rupture-to-supervision",
        "broaching",
        "client-death",
        "competence-and-scope",
        "counselor-shame",
        "countertransference",
        "deliberate-practice",
        "documentation",
        "does-repair-help",
        "early-alliance",
        "escalation-order",
        "feedback-srs-ors",
        "feedback-wai-sr",
        "how-common-ruptures-are",
        "informed-consent-and-limits",
        "peer-consultation-limits",
        "reading-your-own-reactions",
        "rupture-training-aft",
        "self-disclosure-immediacy",
        "sud-confidentiality",
        "training-gap",
        "what-counts-as-a-rupture",
        "what-the-alliance-is",
    }
)
_ASK_COUNTS = 0.1
"""How much an ask counts beside a labelled line: it is known by its card only. 0, 0.1, 0.2 and 0.3 were compared."""

_TERMS, _RIDGE, _VECTOR_WEIGHT = 1024, 1.0, 1.0
_SPEAKS, _SILENT = 0.6, -0.4
"""Chosen by ten-fold cross-validation over the learning lines, for few wrong readings before many."""

_OUTPUTS = (Marker.WITHDRAWAL.value, Marker.CONFRONTATION.value, *(f"moved {mover}" for mover in Mover))


def main() -> None:
    """Fit, and write the model beside its lines."""
    embedder = MiniLmEmbedder(threads=2)
    lines = read_lines()
    texts = [str(line["text"]) for line in lines]
    targets = [_targets(Marker(str(line["marker"]))) + _moved(Mover(str(line["moved"]))) for line in lines]
    asks, markers = _asks()
    unknown = np.mean([target[2:] for target in targets], axis=0).tolist()
    targets += [_targets(marker) + unknown for marker in markers]
    everything = texts + asks
    rows = with_flags(embedder.embed(everything), np.stack([flags(text) for text in everything]))
    ridge = TextRidge.fit(
        everything,
        rows,
        np.array(targets, dtype=np.float32),
        row_weights=np.array([1.0] * len(texts) + [_ASK_COUNTS] * len(asks), dtype=np.float32),
        terms=_TERMS,
        ridge=_RIDGE,
        vector_weight=_VECTOR_WEIGHT,
    )
    card = ReadingCard(
        sha256="",
        lines=lines_digest(),
        embedder=embedder.name,
        outputs=_OUTPUTS,
        flags=len(flags("")),
        speaks=_SPEAKS,
        silent=_SILENT,
    )
    ReadingModel(card, ridge).save()


def _targets(marker: Marker) -> list[float]:
    return [1.0 if marker in (one, Marker.BOTH) else -1.0 for one in (Marker.WITHDRAWAL, Marker.CONFRONTATION)]


def _moved(mover: Mover) -> list[float]:
    return [1.0 if mover is one else -1.0 for one in Mover]


def _asks() -> tuple[list[str], list[Marker]]:
    kinds = {Marker.WITHDRAWAL: _AWAY, Marker.CONFRONTATION: _AGAINST, Marker.NONE: _NEITHER}
    pairs = [
        (ask, marker)
        for marker, ids in kinds.items()
        for card in load_corpus().cards
        if card.id in ids
        for ask in card.head.asks
    ]
    return [ask for ask, _ in pairs], [marker for _, marker in pairs]


if __name__ == "__main__":
    main()
