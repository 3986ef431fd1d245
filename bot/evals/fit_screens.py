"""Fits the screens' model from the learning corpora and sets its thresholds on the tuning questions.

Run by `make screens` after a corpus changed; the result is committed, so that every installation runs the same model.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.evals.questions import answerable, read_questions
from bot.safety.crisis import danger_scores
from bot.safety.verdicts import Danger, Field
from knowledge.embedding import MiniLmEmbedder
from knowledge.loader import load_corpus
from knowledge.ridge import Numbers, TextRidge
from knowledge.screens.model import ModelCard, ScreenModel, corpora_digest, read_corpus_lines

_LIVE_TOPICS = frozenset(
    {
        "crisis-suicide",
        "crisis-violence-duty",
        "crisis-abuse-reporting",
        "crisis-acute-mental-state",
        "counselor-own-crisis",
        "escalation-order",
        "client-death",
        "alliance-after-reporting",
        "harassment-or-bias-toward-counselor",
    }
)
"""Topics whose asks may describe a live crisis, so that they are no calm examples."""

_CAUTION_TARGET = 0.3
_LIKELY = 6.0
"""How much more a development question counts: it is typed as the questions that the program will meet."""

_TERMS, _RIDGE, _VECTOR_WEIGHT = 3072, 6.0, 1.0
_CRISIS_QUANTILE, _CAUTION_QUANTILE = 0.99, 0.91
"""Shares of answerable tuning questions that stay below each threshold."""

_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")
_COMMON = 6
"""Texts that a word stands in, from which on it counts as common."""

_TUNING = Path("tests/evals/tuning.jsonl")


def main() -> None:
    """Fit, set the thresholds, and write the model beside its corpora."""
    embedder = MiniLmEmbedder(threads=2)
    asks = _asks()
    danger, scope = read_corpus_lines("danger"), read_corpus_lines("scope")
    calm = _texts(scope) + asks
    texts = _texts(danger) + calm
    labels = [line["label"] for line in danger] + ["calm"] * len(calm)
    vectors = embedder.embed(texts)

    targets = np.array([{"crisis": 1.0, "caution": _CAUTION_TARGET}.get(str(label), -1.0) for label in labels])
    likely = np.array([_LIKELY if line.get("hand") == "dev" else 1.0 for line in [*danger, *scope]] + [1.0] * len(asks))
    danger_ridge = _fit(texts, vectors, targets[:, None], balanced=targets == 1.0, share=1.0, importance=likely)

    known = [number for number, line in enumerate(danger) if line.get("kind")]
    kinds = [kind.value for kind in Danger if kind is not Danger.UNKNOWN]
    of_kind = np.array([[1.0 if danger[number]["kind"] == kind else -1.0 for kind in kinds] for number in known])
    kind_ridge = _fit([texts[number] for number in known], vectors[known], of_kind)

    first = len(danger)
    ours = [number for number in range(len(texts)) if number >= first or labels[number] != "crisis"]
    declined = {first + number for number, line in enumerate(scope) if line["label"] == "out"}
    outside = np.array([1.0 if number in declined else -1.0 for number in ours])
    scope_ridge = _fit([texts[n] for n in ours], vectors[ours], outside[:, None], balanced=outside == 1.0, share=1 / 3)

    fields = [field.value for field in Field]
    fielded = [number for number, line in enumerate(scope) if line.get("field") in fields]
    of_field = np.array([[1.0 if scope[number]["field"] == field else -1.0 for field in fields] for number in fielded])
    rows = [first + number for number in fielded]
    field_ridge = _fit([texts[n] for n in rows], vectors[rows], of_field)

    tuning = _tuning_questions()
    danger_of = danger_scores(tuning, embedder, danger_ridge)
    card = ModelCard(
        sha256="",
        corpora=corpora_digest(),
        embedder=embedder.name,
        crisis=round(float(np.quantile(danger_of, _CRISIS_QUANTILE)), 4),
        caution=round(float(np.quantile(danger_of, _CAUTION_QUANTILE)), 4),
        kinds=tuple(kinds),
        fields=tuple(fields),
    )
    vocabulary, common = _words(texts, embedder)
    ScreenModel(
        card=card,
        danger=danger_ridge,
        kinds=kind_ridge,
        scope=scope_ridge,
        fields=field_ridge,
        vocabulary=vocabulary,
        common=common,
    ).save()


def _words(texts: Sequence[str], embedder: MiniLmEmbedder) -> tuple[frozenset[str], frozenset[str]]:
    """Return ordinary words: those of the corpora and cards, and the whole words that the tokenizer knows."""
    units = [unit.text for unit in load_corpus().units.values()]
    counts = Counter(word for text in [*texts, *units] for word in set(_WORD.findall(text.lower())))
    return frozenset(counts) | embedder.whole_words(), frozenset(w for w, count in counts.items() if count >= _COMMON)


def _fit(
    texts: Sequence[str],
    vectors: Numbers,
    targets: Numbers,
    *,
    balanced: Numbers | None = None,
    share: float = 1.0,
    importance: Numbers | None = None,
) -> TextRidge:
    weights = np.ones(len(texts), dtype=np.float32)
    if balanced is not None:
        rare = balanced.astype(bool)
        weights[rare] = share * (~rare).sum() / rare.sum()
    if importance is not None:
        weights = (weights * importance).astype(np.float32)
    return TextRidge.fit(
        texts,
        vectors,
        targets.astype(np.float32),
        row_weights=weights,
        terms=_TERMS,
        ridge=_RIDGE,
        vector_weight=_VECTOR_WEIGHT,
    )


def _asks() -> list[str]:
    asks = [ask for card in load_corpus().cards if not _LIVE_TOPICS & set(card.head.topics) for ask in card.head.asks]
    random.Random(0).shuffle(asks)  # noqa: S311  # an order, no secret
    return asks


def _texts(lines: Sequence[dict[str, str | None]]) -> list[str]:
    return [str(line["text"]) for line in lines]


def _tuning_questions() -> list[str]:
    questions = answerable(read_questions(_TUNING).questions)
    return [question.text for question in questions if "crisis" not in question.expect.behaviours]


if __name__ == "__main__":
    main()
