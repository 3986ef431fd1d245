"""Fits the screens' model from the learning corpora; `bot.evals.settle_screens` sets the lines between its levels.

Run by `make screens` after a corpus changed; the result is committed, so that every installation runs the same model.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.evals.fit_identifiers import TYPES, fit_taggers
from bot.evals.fit_networks import fit_text_network
from bot.evals.settle_screens import settled
from bot.evals.tuned_lessons import LIVE_TOPICS
from bot.safety.names import load_name_lists
from bot.safety.verdicts import Danger, Field
from knowledge.embedding import MiniLmEmbedder, TokenStates
from knowledge.loader import load_corpus
from knowledge.network import TextNetwork
from knowledge.ridge import Numbers, TextRidge
from knowledge.screens.model import FOLDER, ModelCard, ScreenModel, corpora_digest, read_corpus_lines
from knowledge.tuned import load_tuned_model

_CAUTION_TARGET, _CAUTION_SHARE = 0.3, 0.45
"""What a line that asks for caution should score in the regression (crisis 1, calm -1) and in the networks (1, 0)."""

_LIKELY = 6.0
"""How much more a development question counts: it is typed as the questions that the program will meet."""

_CRISIS_WEIGHT = 1.5
"""How much more a crisis counts in the networks."""

_TERMS, _RIDGE, _VECTOR_WEIGHT = 3072, 6.0, 1.0
_SEEDS = (0, 1)
_AUDIENCE_SEEDS = (0,)
_SCOPE_SEEDS = (0,)
_INSIDE_SAMPLE = 6000
_OWN_WEIGHT = 2.0
"""How much more a danger of the asker counts in the networks that tell whose it is."""

_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")
_COMMON = 6
"""Texts that a word stands in, from which on it counts as common."""

_Texts = Sequence[TokenStates]
_Labels = npt.NDArray[np.str_]


def main() -> None:
    """Fit, set the thresholds, and write the model beside its corpora."""
    embedder = MiniLmEmbedder(threads=2)
    asks = _asks()
    danger, scope = read_corpus_lines("danger"), read_corpus_lines("scope")
    texts = _texts(danger) + _texts(scope) + asks
    labels = np.array([line["label"] for line in danger] + ["calm"] * (len(scope) + len(asks)))
    read = embedder.read(texts)
    vectors = np.stack([states.vector for states in read])

    likely = np.array([_LIKELY if line["hand"] == "dev" else 1.0 for line in [*danger, *scope]] + [1.0] * len(asks))
    words, networks = _danger(texts, read, vectors, labels, likely)
    kinds, kind_ridge = _kinds(danger, texts, vectors)
    audience = fit_audience(danger, read)
    first = len(danger)
    scope_ridge, scope_networks = _scope(scope, labels, texts, read, vectors, first)
    fields, field_ridge = _fields(scope, texts[first:], vectors[first:])

    vocabulary, common = _words(texts, embedder)
    lists = load_name_lists(FOLDER, vocabulary, common)
    model = ScreenModel(
        card=ModelCard(
            sha256={},
            corpora=corpora_digest(),
            embedder=embedder.name,
            danger_scale=(),
            scope_scale=(),
            crisis=0.0,
            caution=0.0,
            audience=(0.0, 0.0, 0.0, 0.0),
            identifier=0.0,
            kinds=kinds,
            fields=fields,
            types=TYPES,
        ),
        danger=words,
        danger_networks=networks,
        audience_networks=audience,
        identifiers=fit_taggers(read_corpus_lines("privacy"), asks, embedder, lists),
        kinds=kind_ridge,
        scope=scope_ridge,
        scope_networks=scope_networks,
        fields=field_ridge,
        vocabulary=vocabulary,
        common=common,
    )
    settled(model, load_tuned_model(), embedder).save()


def _danger(
    texts: Sequence[str], read: _Texts, vectors: Numbers, labels: _Labels, likely: Numbers
) -> tuple[TextRidge, tuple[TextNetwork, ...]]:
    """Fit both readers of danger."""
    crisis, caution = labels == "crisis", labels == "caution"
    targets = np.where(crisis, 1.0, np.where(caution, _CAUTION_TARGET, -1.0))
    words = _fit(texts, vectors, targets[:, None], balanced=crisis, importance=likely)
    shares = np.where(crisis, 1.0, np.where(caution, _CAUTION_SHARE, 0.0)).astype(np.float32)
    importance = (likely * np.where(crisis, _CRISIS_WEIGHT, 1.0)).astype(np.float32)
    return words, tuple(fit_text_network(read, shares, importance, seed=seed) for seed in _SEEDS)


def _kinds(
    danger: Sequence[dict[str, Any]], texts: Sequence[str], vectors: Numbers
) -> tuple[tuple[str, ...], TextRidge]:
    """Fit what the danger is about, on the crises."""
    known = [number for number, line in enumerate(danger) if line.get("kind")]
    kinds = tuple(kind.value for kind in Danger if kind is not Danger.UNKNOWN)
    of_kind = np.array([[1.0 if danger[number]["kind"] == kind else -1.0 for kind in kinds] for number in known])
    return kinds, _fit([texts[number] for number in known], vectors[known], of_kind)


def fit_audience(danger: Sequence[dict[str, Any]], read: _Texts) -> tuple[TextNetwork, ...]:
    """Fit whether a danger is the asker's own, on the crises.

    Args:
        danger: the lines about danger.
        read: what the model makes of them, in their order; more may follow.
    """
    known = [number for number, line in enumerate(danger) if line.get("kind")]
    own = np.array([danger[number]["kind"] == Danger.COUNSELOR for number in known], dtype=np.float32)
    importance = np.where(own == 1.0, _OWN_WEIGHT, 1.0).astype(np.float32)
    return tuple(
        fit_text_network([read[number] for number in known], own, importance, seed=seed) for seed in _AUDIENCE_SEEDS
    )


def _scope(  # the columns of one table
    scope: Sequence[dict[str, Any]], labels: _Labels, texts: Sequence[str], read: _Texts, vectors: Numbers, first: int
) -> tuple[TextRidge, tuple[TextNetwork, ...]]:
    """Fit both readers of what is outside the purpose, with everything but the crises as inside it."""
    ours = [number for number in range(len(texts)) if number >= first or labels[number] != "crisis"]
    declined = {first + number for number, line in enumerate(scope) if line["label"] == "out"}
    words = fit_scope([texts[n] for n in ours], vectors[ours], np.array([number in declined for number in ours]))
    # The network learns from a sample of what is inside: all of it would take as long as danger does.
    inside = [n for n in ours if n not in declined]
    asked = {n for n in inside if first <= n < first + len(scope)}
    sample = random.Random(0).sample([n for n in inside if n not in asked], _INSIDE_SAMPLE)  # noqa: S311  # no secret
    chosen = [*sorted(declined), *sorted(asked), *sorted(sample)]
    shares = np.array([1.0 if n in declined else 0.0 for n in chosen], dtype=np.float32)
    importance = np.where(shares == 1.0, (shares == 0.0).sum() / (2 * shares.sum()), 1.0).astype(np.float32)
    return words, tuple(
        fit_text_network([read[n] for n in chosen], shares, importance, seed=seed) for seed in _SCOPE_SEEDS
    )


def fit_scope(texts: Sequence[str], vectors: Numbers, outside: npt.NDArray[np.bool_]) -> TextRidge:
    """Fit what is outside the purpose.

    Args:
        texts: lines and asks.
        vectors: theirs; shape (texts, dimensions).
        outside: whether each is; shape (texts,).
    """
    targets = np.where(outside, 1.0, -1.0)
    return _fit(texts, vectors, targets[:, None], balanced=outside.astype(np.float32), share=1 / 3)


def _fields(
    scope: Sequence[dict[str, Any]], texts: Sequence[str], vectors: Numbers
) -> tuple[tuple[str, ...], TextRidge]:
    """Fit what a question outside the purpose is about."""
    fields = tuple(field.value for field in Field)
    known = [number for number, line in enumerate(scope) if line.get("field") in fields]
    of_field = np.array([[1.0 if scope[number]["field"] == field else -1.0 for field in fields] for number in known])
    return fields, _fit([texts[number] for number in known], vectors[known], of_field)


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
    asks = [ask for card in load_corpus().cards if not LIVE_TOPICS & set(card.head.topics) for ask in card.head.asks]
    random.Random(0).shuffle(asks)  # noqa: S311  # an order, no secret
    return asks


def _texts(lines: Sequence[dict[str, Any]]) -> list[str]:
    return [str(line["text"]) for line in lines]


if __name__ == "__main__":
    main()
