"""What can be checked of how cards are written, beyond their form: claims, numbers, promises, likeness, reading level.

Loading the corpus does not wait for these checks; `supervision-bot cards check` and the tests run them.
"""

from collections.abc import Iterator
from pathlib import Path

from knowledge.embedding import Embedder
from knowledge.entry import Corpus
from knowledge.frontmatter import Problem
from knowledge.quality.level import check_level
from knowledge.quality.likeness import check_likeness
from knowledge.quality.numbers import check_numbers
from knowledge.quality.rules import read_rules
from knowledge.quality.shadows import check_shadows
from knowledge.quality.stock import check_stock
from knowledge.quality.wording import check_wording


def check_quality(corpus: Corpus, folder: Path, embedder: Embedder) -> Iterator[Problem]:
    """Yield what is badly written in a corpus.

    Args:
        corpus: the cards as read; they may still break rules of form.
        folder: holds `accepted_pairs.yaml` and `unconfirmed.yaml`; where one is missing, nothing is excused or listed.
        embedder: gives the likeness of suggestions.
    """
    rules, problems = read_rules(folder, corpus)
    yield from problems
    yield from check_wording(corpus)
    yield from check_numbers(corpus, rules.unconfirmed)
    yield from check_level(corpus)
    yield from check_stock(corpus)
    yield from check_shadows(corpus)
    yield from check_likeness(corpus, rules.accepted, embedder)
