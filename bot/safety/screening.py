"""All screens together: built once, and read one after the other where nothing else of the path is wanted."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot import log
from bot.safety.crisis import CrisisScreen
from bot.safety.language import LanguageScreen
from bot.safety.names import load_name_lists
from bot.safety.normalise import encodable
from bot.safety.privacy import PrivacyScreen
from bot.safety.scope import ScopeScreen
from bot.safety.tagging import IdentifierFinder
from bot.safety.verdicts import SCREEN_FAILED, Alarm, Redaction, ScopeReading
from knowledge.embedding import MiniLmEmbedder
from knowledge.screens.languages import load_languages
from knowledge.screens.model import FOLDER, ScreenModel, load_screen_model
from knowledge.tuned import TunedModel, load_tuned_model

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screens say of one question.

    Attributes:
        alarm: danger; a screen that failed counts as a crisis.
        language: the code of the question's language, where it is clearly not English.
        redaction: the question without identifiers; None where it would be withheld.
        scope: how it stands to the tool's purpose; None where it was withheld or the screen failed.
        milliseconds: by screen, with `total`.
    """

    alarm: Alarm
    language: str | None
    redaction: Redaction | None
    scope: ScopeReading | None
    milliseconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Screens:
    """The screens, in the order in which they read."""

    crisis: CrisisScreen
    language: LanguageScreen
    privacy: PrivacyScreen
    scope: ScopeScreen

    def read(self, question: str, thread: Sequence[str] = ()) -> Screening:
        """Read a question with every screen, whatever the one before it says; never raises for a screen's failure.

        Args:
            question: as typed.
            thread: the asker's earlier turns, oldest first.
        """
        began = time.perf_counter()
        spent: dict[str, float] = {}
        question, *thread = (encodable(turn) for turn in (question, *thread))
        alarm = _timed("crisis", spent, lambda: self.crisis.read(question, thread)) or SCREEN_FAILED
        language = _timed("language", spent, lambda: self.language.read(question))
        redaction = _timed("privacy", spent, lambda: self.privacy.redact(question))
        scope = _timed("scope", spent, lambda: self.scope.read(redaction.text)) if redaction else None
        spent["total"] = (time.perf_counter() - began) * 1000
        return Screening(alarm, language, redaction, scope, {name: round(value, 2) for name, value in spent.items()})


def load_screens(embedder: MiniLmEmbedder) -> Screens:
    """Build the screens over the shipped model, lists and languages; neither index nor cards are needed.

    Raises:
        KnowledgeError: a shipped file is missing or altered; the program never runs without its screens.
    """
    model, tuned = load_screen_model(), load_tuned_model()
    return Screens(
        crisis=CrisisScreen(embedder=embedder, model=model, tuned=tuned),
        language=LanguageScreen(load_languages(), model.vocabulary),
        privacy=PrivacyScreen(_finder(embedder, model, tuned)),
        scope=ScopeScreen(reader=embedder, model=model, tuned=tuned),
    )


def _finder(embedder: MiniLmEmbedder, model: ScreenModel, tuned: TunedModel) -> IdentifierFinder:
    return IdentifierFinder(
        reader=embedder,
        lists=load_name_lists(FOLDER, model.vocabulary, model.common),
        taggers=model.identifiers,
        tuned=tuned,
        types=model.card.types,
        threshold=model.card.identifier,
    )


def _timed(name: str, spent: dict[str, float], work: Callable[[], _Result]) -> _Result | None:
    began = time.perf_counter()
    try:
        return work()
    except Exception as error:  # noqa: BLE001  # a screen that fails, however it fails, must end in a reading
        log.event("stage failed", stage=name, error=type(error).__name__)
        return None
    finally:
        spent[name] = (time.perf_counter() - began) * 1000
