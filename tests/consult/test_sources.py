"""The passages behind an answer: every shipped unit, with addresses from sources.yaml alone."""

import re

import pytest

from bot.cogs.layout import TEXT_LIMIT
from bot.cogs.render import MESSAGE_LIMIT
from bot.consult.sources import card_in_full, passages_behind, where_from
from knowledge.entry import Corpus

_ADDRESS = re.compile(r"https?://[^\s>]+")


@pytest.fixture(scope="module")
def addresses(corpus: Corpus) -> set[str]:
    """Every address that sources.yaml holds."""
    found = {source.url for source in corpus.sources.values() if source.url}
    return found | {f"https://doi.org/{source.doi}" for source in corpus.sources.values() if source.doi}


def test_every_shipped_unit_is_shown_with_its_card_and_its_sources(corpus: Corpus, addresses: set[str]) -> None:
    for unit in corpus.units.values():
        (passage,) = passages_behind(corpus, [unit.id])
        assert " ".join(unit.text.split()) in passage
        assert corpus.by_id[unit.card_id].head.title in passage
        assert set(_ADDRESS.findall(passage)) <= addresses
        assert len(passage) <= MESSAGE_LIMIT
        for citation in unit.citations:
            assert where_from(corpus.sources[citation.source]) in passage


def test_every_shipped_card_is_shown_whole_with_numbered_sources_and_its_review(
    corpus: Corpus, addresses: set[str]
) -> None:
    for card in corpus.cards:
        paragraphs = card_in_full(corpus, card)
        text = "\n".join(paragraphs)
        assert paragraphs[0] == f"**{card.head.title}**"
        assert all(" ".join(unit.text.split()) in text for unit in card.units)
        assert set(_ADDRESS.findall(text)) <= addresses
        assert paragraphs[-1].startswith(("-# Not yet clinician-reviewed", "-# Reviewed: "))
        assert all(len(paragraph) <= TEXT_LIMIT for paragraph in paragraphs)
        numbers = set(re.findall(r"\[(\d+)\]", "\n".join(paragraphs[1 : 1 + len(card.units)])))
        assert numbers == set(re.findall(r"^-# \[(\d+)\]", text, re.MULTILINE))


def test_every_address_is_written_so_that_discord_shows_no_preview(corpus: Corpus) -> None:
    for source in corpus.sources.values():
        assert all(f"<{address}>" in where_from(source) for address in _ADDRESS.findall(where_from(source)))


def test_a_unit_is_shown_once_and_one_that_is_gone_is_said_to_be(corpus: Corpus) -> None:
    unit = next(iter(corpus.units))
    shown = passages_behind(corpus, [unit, "gone#s1", unit])
    assert len(shown) == 2
    assert shown[1] == "A passage that this version of the library no longer holds."
    assert passages_behind(corpus, []) == []
