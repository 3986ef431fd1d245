"""Every claim of the seed article stands on a card, with the person who made it."""

from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from knowledge.entry import Corpus

_SEED = "rhodes2024"
_CLAIMS_IN_THE_FACT_SHEET = 71
_VOICES = {"Muran", "Grad", "Kaloudis", "Heaney", "Nguyen"}


class _Claim(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    topic: str
    voice: str | None
    claim: str
    units: list[str]


_CLAIMS = TypeAdapter(list[_Claim]).validate_python(
    yaml.safe_load(Path(__file__).with_name("seed_claims.yaml").read_text(encoding="utf-8"))
)


def test_every_claim_of_the_seed_article_is_listed() -> None:
    assert len(_CLAIMS) == _CLAIMS_IN_THE_FACT_SHEET
    assert {claim.voice for claim in _CLAIMS} == {*_VOICES, None}


@pytest.mark.parametrize("claim", _CLAIMS, ids=lambda claim: f"{claim.topic}: {claim.claim[:40]}")
def test_a_claim_of_the_seed_article_stands_on_units_that_cite_it_and_its_speaker(
    claim: _Claim, corpus: Corpus
) -> None:
    assert claim.topic in corpus.topics
    assert claim.units
    for unit_id in claim.units:
        assert unit_id in corpus.units, f"{unit_id} is gone; put the claim on another unit and name it here"
        voices = {citation.voice for citation in corpus.units[unit_id].citations if citation.source == _SEED}
        assert voices, f"{unit_id} does not cite the article"
        if claim.voice:
            assert claim.voice in voices, f"{unit_id} does not name {claim.voice}"


def test_a_card_names_no_speaker_whom_the_seed_article_does_not_quote(corpus: Corpus) -> None:
    named = {c.voice for unit in corpus.units.values() for c in unit.citations if c.source == _SEED and c.voice}

    assert named == _VOICES


def test_only_the_seed_article_is_cited_with_a_speaker(corpus: Corpus) -> None:
    assert {c.source for unit in corpus.units.values() for c in unit.citations if c.voice} == {_SEED}
