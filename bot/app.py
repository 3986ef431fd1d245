"""The composition root: builds every service once from the settings and owns how long they live."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bot import log
from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.desk import Desk
from bot.consult.grounding import Grounder
from bot.consult.library import Library
from bot.consult.limits import Limits
from bot.consult.notice import ModelNotice
from bot.consult.observer import UNOBSERVED, Observer
from bot.consult.pipeline import Consultant
from bot.consult.reading import RuptureReader
from bot.consult.reflection import ReflectionReader
from bot.consult.reply import Composer
from bot.curation.likeness import Likeness
from bot.curation.publish import Publishing
from bot.curation.ranking import CuratedRanking
from bot.curation.screening import Redactor, Screen
from bot.curation.service import Curation
from bot.curation.shelf import Shelf
from bot.errors import TryAgainLater
from bot.rehearse.grounding import FeedbackGrounder
from bot.rehearse.reader import LineReader
from bot.rehearse.rehearsals import Rehearsals
from bot.rehearse.wording import Wording
from bot.safety.screening import load_screens
from bot.settings import Settings
from bot.storage.store import Store, open_store
from bot.vectors import CuratedPlace, place_of_cards
from knowledge.chroma import Told, unsaid
from knowledge.embedding import Embedder, MiniLmEmbedder
from knowledge.entry import Corpus, Review
from knowledge.loader import load_corpus
from knowledge.places import FolderPlace, Place
from knowledge.readings import load_reading_model
from knowledge.rehearsal import load_rehearsal_model
from knowledge.retrieval import Retriever
from knowledge.scenarios import load_scenarios
from knowledge.screens import load_safety_texts
from knowledge.support import load_support_model
from knowledge.sync import Progress, SyncReport, open_retriever, unseen

if TYPE_CHECKING:
    from bot.llm.build import LlmParts

_THREADS_TO_BUILD = 2
_COMPOSERS = 256


@dataclass(frozen=True)
class Services:
    """Everything a command needs to answer questions.

    Attributes:
        settings: what it was built from.
        corpus: the cards.
        retriever: finds cards.
        consultant: answers questions.
        library: looks things up in the cards.
        rehearsals: rehearse repairs with simulated clients.
        embedder: makes vectors in the index's space.
        privacy: takes identifiers out.
        sync: what was done to the index on the way.
        warning: what is not well and does not keep us from answering, one sentence; None where all is.
        place: where the vectors are; the data folder where None.
    """

    settings: Settings
    corpus: Corpus
    retriever: Retriever
    consultant: Consultant
    library: Library
    rehearsals: Rehearsals
    embedder: Embedder
    privacy: Redactor
    sync: SyncReport
    warning: str | None = None
    place: Place | None = None
    _composers: dict[tuple[str, Review | None], Composer] = field(default_factory=dict)

    def composer(self, region: str | None = None, review: Review | None = None) -> Composer:
        """Return the composer for a region, the settings' own where None.

        Args:
            region: whose crisis lines are printed.
            review: who has reviewed the crisis texts for those who read them, where the texts have no review of theirs.

        Raises:
            FixCorpus: there are no crisis lines for the region.
        """
        wanted = (region or self.settings.region, review)
        if wanted not in self._composers:
            if len(self._composers) >= _COMPOSERS:
                self._composers.clear()
            notice = self.settings.llm_notice if self.settings.llm_model else None
            self._composers[wanted] = Composer(self.corpus, load_safety_texts(*wanted), notice)
        return self._composers[wanted]


def build(
    settings: Settings,
    *,
    progress: Progress = unseen,
    rebuild: bool = False,
    observer: Observer = UNOBSERVED,
    waiting: Told = unsaid,
) -> Services:
    """Build the services, making the index equal to the corpus on the way.

    Args:
        settings: where things are and which writer answers.
        progress: told how far the index is, while it is being built.
        rebuild: build the index anew whatever is there.
        observer: told how the models do.
        waiting: told what is waited for.

    Raises:
        AssistantError: a setting cannot be used, such as a model whose provider is not installed.
        KnowledgeError: the corpus, the model's files, the index or the data folder cannot be used.
    """
    load_safety_texts(settings.region)
    ruptures = RuptureReader(load_reading_model())
    builtin = BuiltInWriter(ruptures)
    llm = _llm(settings, builtin, observer)
    corpus = load_corpus()
    embedder = MiniLmEmbedder(threads=_THREADS_TO_BUILD)
    screens = load_screens(embedder)
    place = place_of_cards(settings, told=waiting)
    retriever, sync = open_retriever(
        settings.data_dir, corpus, embedder, progress=progress, rebuild=rebuild, place=place
    )
    log.event("index", state=sync.state, rows=sync.rows)
    support = load_support_model()
    grounder = Grounder(
        corpus=corpus,
        reader=embedder,
        support=support,
        privacy=screens.privacy,
        judge=llm.judge if llm else None,
    )
    consultant = Consultant(
        crisis=screens.crisis,
        language=screens.language,
        privacy=screens.privacy,
        scope=screens.scope,
        retriever=retriever,
        writer=llm.writer if llm else builtin,
        own_writer=builtin,
        grounder=grounder,
        second_look=llm.second_look if llm else None,
        clarifier=llm.clarifier if llm else None,
        reflections=ReflectionReader(embedder, ruptures),
    )
    library = Library(corpus=corpus, retriever=retriever, privacy=screens.privacy)
    rehearsals = Rehearsals(
        scenarios=load_scenarios(corpus),
        corpus=corpus,
        reader=LineReader(embedder, load_rehearsal_model()),
        wording=Wording(llm.feedback, FeedbackGrounder(grounder, embedder, support)) if llm else None,
    )
    return Services(
        settings=settings,
        corpus=corpus,
        retriever=retriever,
        consultant=consultant,
        library=library,
        rehearsals=rehearsals,
        embedder=embedder,
        privacy=screens.privacy,
        sync=sync,
        warning=_warning(settings) if llm else None,
        place=place,
    )


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


def _llm(settings: Settings, builtin: BuiltInWriter, observer: Observer) -> "LlmParts | None":
    if settings.llm_model is None:
        return None
    from bot.llm.build import build_llm  # noqa: PLC0415  # LangChain takes seconds to import

    return build_llm(settings, fallback=builtin, observer=observer)


def _warning(settings: Settings) -> str | None:
    """Return what is not well about the model but does not keep us from answering."""
    from bot.llm.build import check_reachable  # noqa: PLC0415  # together with the rest of it

    try:
        check_reachable(settings)
    except TryAgainLater as error:
        return str(error)
    return None
