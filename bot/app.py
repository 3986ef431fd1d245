"""The composition root: builds every service once from the settings and owns how long they live."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bot import log
from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.grounding import Grounder
from bot.consult.library import Library
from bot.consult.observer import UNOBSERVED, Observer
from bot.consult.pipeline import Consultant
from bot.consult.ports import PrivacyScreen
from bot.consult.reading import RuptureReader
from bot.consult.reflection import ReflectionReader
from bot.consult.reply import Composer
from bot.errors import TryAgainLater
from bot.safety.screening import load_screens
from bot.settings import Settings
from bot.vectors import place_of_cards
from knowledge.chroma import Told, unsaid
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus, Review
from knowledge.loader import load_corpus
from knowledge.places import Place
from knowledge.readings import load_reading_model
from knowledge.retrieval import Retriever
from knowledge.screens import SafetyTexts, load_safety_texts
from knowledge.support import load_support_model
from knowledge.sync import Progress, SyncReport, open_retriever, unseen

if TYPE_CHECKING:
    from bot.llm.build import LlmParts
    from bot.rehearse.rehearsals import Rehearsals
    from bot.rehearse.wording import Wording, WordsFeedback

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
    embedder: MiniLmEmbedder
    privacy: PrivacyScreen
    sync: SyncReport
    warning: str | None = None
    place: Place | None = None
    _feedback: "tuple[WordsFeedback, Grounder] | None" = None
    _composers: dict[tuple[str, Review | None], Composer] = field(default_factory=dict)

    @cached_property
    def library(self) -> Library:
        """What looks things up in the cards; made when it is first wanted, since one question does not want it."""
        return Library(corpus=self.corpus, retriever=self.retriever, privacy=self.privacy)

    @cached_property
    def rehearsals(self) -> "Rehearsals":
        """What rehearses repairs with simulated clients; made when it is first wanted, as the library.

        Raises:
            KnowledgeError: a scenario card or the model that observes lines cannot be used.
        """
        from bot.rehearse.reader import LineReader  # noqa: PLC0415  # its rules take a while to compile
        from bot.rehearse.rehearsals import Rehearsals  # noqa: PLC0415  # together with it
        from knowledge.rehearsal import load_rehearsal_model  # noqa: PLC0415  # the same
        from knowledge.scenarios import load_scenarios  # noqa: PLC0415  # the same
        from knowledge.tuned import load_tuned_model  # noqa: PLC0415  # the same

        reader = LineReader(self.embedder, load_rehearsal_model(), load_tuned_model())
        return Rehearsals(
            scenarios=load_scenarios(self.corpus), corpus=self.corpus, reader=reader, wording=self._wording()
        )

    def _wording(self) -> "Wording | None":
        if self._feedback is None:
            return None
        from bot.rehearse.grounding import FeedbackGrounder  # noqa: PLC0415  # together with the rehearsals
        from bot.rehearse.wording import Wording  # noqa: PLC0415  # the same

        feedback, grounder = self._feedback
        return Wording(feedback, FeedbackGrounder(grounder, self.embedder, load_support_model()))

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
            self._composers[wanted] = _composer(self.settings, self.corpus, load_safety_texts(*wanted))
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
    texts = load_safety_texts(settings.region)
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
    grounder = Grounder(
        corpus=corpus,
        reader=embedder,
        support=load_support_model(),
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
    return Services(
        settings=settings,
        corpus=corpus,
        retriever=retriever,
        consultant=consultant,
        embedder=embedder,
        privacy=screens.privacy,
        sync=sync,
        warning=_warning(settings) if llm else None,
        place=place,
        _feedback=(llm.feedback, grounder) if llm else None,
        _composers={(settings.region, None): _composer(settings, corpus, texts)},
    )


def _composer(settings: Settings, corpus: Corpus, texts: SafetyTexts) -> Composer:
    return Composer(corpus, texts, settings.llm_notice if settings.llm_model else None)


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
