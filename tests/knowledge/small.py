"""A small corpus on disk and a cheap embedder, for tests of what happens around the index."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient

from knowledge.embedding import Vectors
from knowledge.entry import Corpus
from knowledge.loader import load_corpus
from knowledge.words import words

SOURCES = """\
- id: practice
  type: document
  title: Practice wisdom
  custom: {grade: practice wisdom, label: practice wisdom}
- id: rhodes2024
  type: article-magazine
  title: The Breaking Point
  author: [{family: Rhodes, given: Lisa R.}]
  issued: {date-parts: [[2024, 3]]}
  custom: {grade: article, label: Rhodes 2024}
- id: trial2020
  type: article-journal
  title: A trial
  custom: {grade: study, label: Trial 2020}
"""

_SUBJECTS = {
    "silence": "goes quiet and looks at the floor",
    "anger": "shouts at me about the waiting room",
    "lateness": "arrives late and leaves the door open",
}
TOPICS = tuple(_SUBJECTS)

_PLACES = ("on video", "in group", "at school", "on the phone", "with the parents", "after lunch", "at intake", "again")


def asks_of(topic: str, count: int) -> list[str]:
    """Return as many different questions about a topic as asked for."""
    return [f"what if my client {_SUBJECTS[topic]} {_PLACES[n % len(_PLACES)]}, case {n}" for n in range(count)]


def card_text(
    card: str, topics: Sequence[str], asks: Sequence[str], *, reading: str = "", kind: str = "concept"
) -> str:
    """Return a card file that holds to every rule."""
    first = reading or f"A client who {_SUBJECTS.get(topics[0], 'worries')} may be pulling away from you."
    return "\n".join(
        [
            "---",
            f"id: {card}",
            f"title: What to do about {card}",
            f"kind: {kind}",
            f"topics: [{', '.join(topics)}]",
            "evidence: article",
            "confidence: moderate",
            "sources: [practice, rhodes2024]",
            "review: unreviewed",
            "reflect: What did I feel just then?",
            "supervision: Can we look at this moment together?",
            "asks:",
            *[f"  - {ask!r}" for ask in asks],
            "---",
            "",
            "## What it may be",
            "",
            f"- {first} {{#r1 rhodes2024@Muran practice}}",
            "",
            "## To consider",
            "",
            f"- Name the {card} you noticed, and ask about it. {{#s1 rhodes2024@Grad}}",
            "",
            "## Words to try",
            "",
            f'- "I noticed the {card} and wondered about my part in it." {{#w1 practice}}',
            "",
            "## Watch for",
            "",
            f"- Danger comes before {card}; phone your supervisor. {{#c1 practice}}",
            "",
        ]
    )


def write_corpus(folder: Path, *, asks: int = 20) -> Path:
    """Write a sound corpus of three cards and return its folder."""
    (folder / "corpus" / "some").mkdir(parents=True)
    (folder / "topics.txt").write_text("\n".join(TOPICS) + "\n", encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    for topic in TOPICS:
        card_file(folder, topic).write_text(card_text(topic, [topic], asks_of(topic, asks)), encoding="utf-8")
    return folder


def card_file(folder: Path, card: str) -> Path:
    """Return where a card of the small corpus lies."""
    return folder / "corpus" / "some" / f"{card}.md"


def small_corpus(folder: Path, *, asks: int = 20) -> Corpus:
    """Write a sound corpus of three cards and load it."""
    return load_corpus(write_corpus(folder, asks=asks))


class HashedWords:
    """An embedder of 32 dimensions: each word adds to two of them. Deterministic, and keeps what it was asked for."""

    def __init__(self, name: str = "hashed-words-32", *, interrupt_after: int | None = None) -> None:
        self.name = name
        self.texts: list[str] = []
        self._interrupt_after = interrupt_after

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self._interrupt_after is not None and len(self.texts) >= self._interrupt_after:
            raise KeyboardInterrupt
        self.texts += texts
        rows = np.zeros((len(texts), 32), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 0.5
            for word in words(text):
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                row[digest[0] % 32] += 1.0
                row[digest[1] % 32] -= 0.5
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit


def new_process() -> None:
    """Forget Chroma's open databases, as a new process would."""
    SharedSystemClient.clear_system_cache()
