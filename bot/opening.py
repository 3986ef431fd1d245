"""Opens the records beside the services: the part of the composition root that only the bot in Discord needs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from bot.app import Services
from bot.consult.desk import Desk
from bot.consult.limits import Limits
from bot.consult.notice import ModelNotice
from bot.consult.observer import UNOBSERVED, Observer
from bot.curation.likeness import Likeness
from bot.curation.publish import Publishing
from bot.curation.ranking import CuratedRanking
from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.curation.shelf import Shelf
from bot.storage.store import Store, open_store
from bot.vectors import CuratedPlace
from knowledge.places import FolderPlace


class Opened(NamedTuple):
    """What questions are answered and kept with.

    Attributes:
        desk: takes questions.
        store: the records.
        curation: what supervisors do with their server's own answers.
    """

    desk: Desk
    store: Store
    curation: Curation


@asynccontextmanager
async def open_desk(services: Services, *, observer: Observer = UNOBSERVED) -> AsyncIterator[Opened]:
    """Open the records and give the desk that takes questions, until the block ends; the observer is told of each.

    Meanwhile the index of the servers' own answers is kept equal to the records.

    Raises:
        AssistantError: the database cannot be reached, migrated or used; its class names the mend.
    """
    settings = services.settings
    embedder = services.embedder
    place = CuratedPlace(services.place or FolderPlace(settings.data_dir))
    async with (
        open_store(settings) as store,
        Publishing(
            store.database, store.published, settings.data_dir, embedder, place, shared=place.shared
        ) as publishing,
    ):
        shelf = Shelf(store.published, embedder, vectors=lambda: publishing.vectors)
        own_answers = CuratedRanking(shelf, store.supervisors, services.corpus)
        desk = Desk(
            consultant=services.consultant.with_own_answers(own_answers),
            composers=services.composer,
            store=store,
            limits=Limits(person=settings.questions_per_person, server=settings.questions_per_server),
            model=ModelNotice(settings.llm_model is not None, settings.llm_notice),
            region=settings.region,
            observer=observer,
        )
        likeness = Likeness(services.corpus, embedder, shelf, store.supervisors)
        screen = Screen(services.privacy)
        yield Opened(desk, store, Curation(store, screen, nudge=publishing.nudge, likeness=likeness))
