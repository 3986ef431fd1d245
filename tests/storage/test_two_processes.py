"""Two processes on one database: what one does, the other knows."""

import time

import numpy as np
import pytest

from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.curation.shelf import Shelf
from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.store import Store, store_on
from tests.consult.fakes import FakePrivacyScreen
from tests.curation.fakes import ANNA, BEN, SIGNED, HashEmbedder, words

_SERVER = 5
_SECONDS = 2.0


class _Process:
    """A process: its own store, and its own shelf with what it remembers."""

    def __init__(self, database: Database) -> None:
        self.store: Store = store_on(database)
        self.embedder = HashEmbedder()
        self.shelf = Shelf(self.store.published, self.embedder)

    async def finds(self, title: str) -> list[str]:
        """Return the titles nearest to an answer's own question."""
        vector = np.asarray(self.embedder.embed([f"what about {title}"])[0])
        return [one.live.content.title for one in await self.shelf.nearest(_SERVER, vector)]


async def test_an_answer_that_goes_live_or_is_retired_is_known_to_the_other_process_within_two_seconds(
    database: Database, migrated: Settings
) -> None:
    async with Database.of(migrated) as elsewhere:
        one, other = _Process(database), _Process(elsewhere)
        curation = Curation(one.store, Screen(FakePrivacyScreen()))
        assert await other.finds("fees") == []

        kept = await curation.new(_SERVER, ANNA, words("fees"))
        await curation.submit(_SERVER, kept.answer.id, ANNA)
        await curation.approve(_SERVER, kept.answer.id, BEN, revision=1, signature=SIGNED)
        began = time.monotonic()
        assert await other.finds("fees") == ["fees"]
        assert time.monotonic() - began < _SECONDS

        await curation.retire(_SERVER, kept.answer.id, BEN)
        began = time.monotonic()
        assert await other.finds("fees") == []
        assert time.monotonic() - began < _SECONDS


@pytest.mark.parametrize("region", ["us", "neutral"])
async def test_what_a_person_chose_in_one_process_is_known_to_the_other(
    database: Database, migrated: Settings, region: str
) -> None:
    async with Database.of(migrated) as elsewhere:
        await store_on(database).people.choose_region(7, region)
        assert (await store_on(elsewhere).people.choices(7)).region == region
