"""What MiniLM's last layers are tuned on, each text with what should be read in it.

All labelled lines of ours that tell of danger, scope, identifiers or how a rehearsed line is said, and the cards' asks.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.evals.fit_identifiers import marked_words, with_other_names
from bot.evals.fit_rehearsal import composed
from bot.evals.rehearsal import Labelled, read_labelled
from bot.rehearse.seen import Feature
from bot.safety.names import load_name_lists
from bot.safety.normalise import normalise
from bot.safety.verdicts import Danger
from knowledge.entry import Corpus
from knowledge.rehearsal import FOLDER as REHEARSAL
from knowledge.rehearsal import read_clauses
from knowledge.screens.model import FOLDER, corpora_digest, load_screen_model, read_corpus_lines
from knowledge.shipped import digest_of_lessons

REHEARSED = (Path("tests/evals/rehearsal-tuning.jsonl"), Path("tests/evals/rehearsal-learn.jsonl"))

ALONE = {"danger": ("crisis", "caution"), "scope": ("outside",), "line": tuple(Feature)}
"""Groups whose outputs each stand alone."""

ONE_OF = {"kind": tuple(kind.value for kind in Danger if kind is not Danger.UNKNOWN)}
"""Groups whose outputs exclude each other."""

OUTPUTS = ALONE | ONE_OF

LIVE_TOPICS = frozenset(
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

_CAUTION = 0.3
"""How much of a crisis a line that asks for caution is."""

_LIKELY = 6.0
"""How much more a development question counts: it is typed as the questions that the program will meet."""

_INSIDE, _DECLINED, _ASKED, _COMPOSED = 0.3, 2.0, 0.5, 0.5
"""How much count: a line about danger as one inside the scope, a labelled line of the scope, an ask as a calm one
inside it, and a line put together from clauses."""

_PRESUMED = {"crisis": 1.0, "caution": 0.5, "outside": 0.3}
"""How much counts that a line about identifiers is presumed to be calm and inside the scope."""

_FROM_DANGER = "counselors"
"""The writer's name of lines about identifiers that were taken from those about danger."""

_COMPOSED_LINES = 1000


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text and what should be read in it; what is not named is not learned from it.

    Attributes:
        text: the text.
        shares: how likely outputs that stand alone are, 0 to 1.
        counts: how much each of them counts.
        chosen: of groups whose outputs exclude each other, the right one.
        words: start, end and number of the type of every word; None where words are not learned from.
        hand: who wrote it.
    """

    text: str
    shares: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, float] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    words: Sequence[tuple[int, int, int]] | None = None
    hand: str = ""


def read_lessons(corpus: Corpus, *, presumed: bool = False) -> list[Lesson]:
    """Return everything that is learned from.

    Args:
        corpus: the cards.
        presumed: whether lines about identifiers are taken for calm ones inside the scope. Their writers had another
            room in mind than those of danger, and told of everyday sessions; nobody labelled them as calm.
    """
    return [*_danger(), *_scope(), *_asks(corpus), *_identifiers(presumed=presumed), *_rehearsed()]


def digest() -> str:
    """Return the sha256 over the files of labelled lines that are learned from, in hexadecimal; asks do not count."""
    files = [path.read_bytes() for path in REHEARSED]
    digests = [corpora_digest(), digest_of_lessons(REHEARSAL), *(hashlib.sha256(file).hexdigest() for file in files)]
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()


def _danger() -> Iterator[Lesson]:
    for line in read_corpus_lines("danger"):
        label, weight = line["label"], _weight(line)
        shares = {"crisis": {"crisis": 1.0, "caution": _CAUTION}.get(label, 0.0), "caution": float(label != "calm")}
        counts = dict.fromkeys(shares, weight)
        if label != "crisis":
            shares, counts = shares | {"outside": 0.0}, counts | {"outside": _INSIDE}
        yield Lesson(line["text"], shares, counts, _kind(line), hand=line["hand"])


def _scope() -> Iterator[Lesson]:
    for line in read_corpus_lines("scope"):
        weight = _weight(line)
        shares = {"crisis": 0.0, "caution": 0.0, "outside": float(line["label"] == "out")}
        yield Lesson(
            line["text"],
            shares,
            {"crisis": weight, "caution": weight, "outside": _DECLINED * weight},
            hand=line["hand"],
        )


def _asks(corpus: Corpus) -> Iterator[Lesson]:
    for card in corpus.cards:
        calm = {} if LIVE_TOPICS & set(card.head.topics) else {"crisis": 0.0, "caution": 0.0}
        shares = {"outside": 0.0, **calm}
        for ask in card.head.asks:
            yield Lesson(ask, shares, dict.fromkeys(shares, _ASKED))


def _identifiers(*, presumed: bool) -> Iterator[Lesson]:
    model = load_screen_model()
    lists = load_name_lists(FOLDER, model.vocabulary, model.common)
    lines = read_corpus_lines("privacy")
    for line in [*lines, *with_other_names(lines, lists)]:
        text, hand = normalise(line["text"]), line.get("hand", "")
        calm = _PRESUMED if presumed and hand not in {"", _FROM_DANGER} else {}
        words = [*marked_words(text, line["identifiers"])]
        yield Lesson(text, dict.fromkeys(calm, 0.0), calm, words=words, hand=hand)


def _rehearsed() -> Iterator[Lesson]:
    clauses = [Labelled(item["line"], frozenset(map(Feature, item["features"]))) for item in read_clauses()]
    files = [(1.0, read_labelled(path), path.stem) for path in REHEARSED]
    beside = [(1.0, clauses, ""), (_COMPOSED, composed(clauses, _COMPOSED_LINES), "")]
    for weight, items, hand in [*files, *beside]:
        for item in items:
            shares = {feature.value: float(feature in item.features) for feature in Feature}
            yield Lesson(item.line, shares, dict.fromkeys(shares, weight), hand=hand)


def _kind(line: Mapping[str, Any]) -> dict[str, str]:
    return {"kind": line["kind"]} if line.get("kind") else {}


def _weight(line: Mapping[str, Any]) -> float:
    return _LIKELY if line["hand"] == "dev" else 1.0
