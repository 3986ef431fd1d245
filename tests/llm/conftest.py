"""Fixtures of the model's tests: a loopback server, settings for it, and what retrieval found for one question."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import app
from bot.consult.outcome import Passage
from bot.settings import Settings
from knowledge.retrieval import Retrieved
from tests.llm.server import ModelServer, model_server

QUESTION = "she went quiet after i cut her off last week"

Configure = Callable[..., Settings]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """A server that answers from a queue."""
    async with model_server() as running:
        yield running


@pytest.fixture
def configure(server: ModelServer, tmp_path: Path) -> Configure:
    """Settings for the server, with whatever is to be other than usual."""

    def settings(**other: object) -> Settings:
        usual = {
            "data_dir": tmp_path,
            "llm_model": "openai:small",
            "llm_base_url": server.url,
            "llm_api_key": SecretStr("planted-key"),
            "llm_timeout": 5.0,
            "llm_retries": 1,
        }
        return Settings.model_validate({**usual, **other})

    return settings


@pytest.fixture(scope="session")
def found(services: app.Services) -> tuple[list[Passage], Retrieved]:
    """The passages for the question."""
    retrieved = services.retriever.retrieve(QUESTION, limit=3)
    return [Passage(one.card, one.score) for one in retrieved.found], retrieved
