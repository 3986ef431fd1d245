"""The real screens over the shipped model, lists and embedder, built once a run; no index is needed."""

import pytest

from bot.safety.crisis import CrisisScreen
from bot.safety.names import NameLists, load_name_lists
from bot.safety.privacy import PrivacyScreen
from bot.safety.scope import ScopeScreen
from knowledge.embedding import MiniLmEmbedder
from knowledge.screens.model import FOLDER, ScreenModel, load_screen_model


@pytest.fixture(scope="session")
def screen_model() -> ScreenModel:
    """The shipped model."""
    return load_screen_model()


@pytest.fixture(scope="session")
def name_lists(screen_model: ScreenModel) -> NameLists:
    """The shipped lists of names."""
    return load_name_lists(FOLDER, screen_model.vocabulary, screen_model.common)


@pytest.fixture(scope="session")
def crisis(embedder: MiniLmEmbedder, screen_model: ScreenModel) -> CrisisScreen:
    """The crisis screen."""
    return CrisisScreen(embedder=embedder, model=screen_model)


@pytest.fixture(scope="session")
def scope(embedder: MiniLmEmbedder, screen_model: ScreenModel) -> ScopeScreen:
    """The scope screen."""
    return ScopeScreen(embedder=embedder, model=screen_model)


@pytest.fixture(scope="session")
def privacy(name_lists: NameLists) -> PrivacyScreen:
    """The privacy screen."""
    return PrivacyScreen(name_lists)
