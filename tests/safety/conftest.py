"""The real screens over the shipped model, lists and embedder, built once a run; no index is needed."""

import pytest

from bot.safety.crisis import CrisisScreen
from bot.safety.privacy import PrivacyScreen
from bot.safety.scope import ScopeScreen
from bot.safety.screening import Screens, load_screens
from knowledge.embedding import MiniLmEmbedder
from knowledge.screens.model import ScreenModel, load_screen_model


@pytest.fixture(scope="session")
def screen_model() -> ScreenModel:
    """The shipped model."""
    return load_screen_model()


@pytest.fixture(scope="session")
def screens(embedder: MiniLmEmbedder) -> Screens:
    """All screens, as the program builds them."""
    return load_screens(embedder)


@pytest.fixture(scope="session")
def crisis(screens: Screens) -> CrisisScreen:
    """The crisis screen."""
    return screens.crisis


@pytest.fixture(scope="session")
def scope(screens: Screens) -> ScopeScreen:
    """The scope screen."""
    return screens.scope


@pytest.fixture(scope="session")
def privacy(screens: Screens) -> PrivacyScreen:
    """The privacy screen."""
    return screens.privacy
