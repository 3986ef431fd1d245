"""Whether the cards use every source and answer enough asks of every topic."""

from collections import Counter
from collections.abc import Iterator

from knowledge.entry import Corpus
from knowledge.frontmatter import Problem

FEWEST_ASKS = 40
"""Fewest asks that the cards of one primary topic hold together."""


def check_stock(corpus: Corpus) -> Iterator[Problem]:
    """Yield the sources that no card cites, and the topics that few asks lead to."""
    used = {citation.source for unit in corpus.units.values() for citation in unit.citations}
    for source in sorted(set(corpus.sources) - used):
        yield Problem("sources.yaml", 0, source, "no card cites it; take it out, or cite it")
    asks: Counter[str] = Counter()
    for card in corpus.cards:
        asks[card.primary_topic] += len(card.head.asks)
    for topic in corpus.topics:
        if 0 < asks[topic] < FEWEST_ASKS:
            yield Problem("topics.txt", 0, topic, f"its cards hold {asks[topic]} asks; give them {FEWEST_ASKS}")
