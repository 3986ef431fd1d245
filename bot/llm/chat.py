"""The LLM writer: any LangChain chat model, structured output, a time limit, and the built-in writer behind it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel, ConfigDict, Field

from bot import log
from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.outcome import Draft, Passage, Statement
from bot.errors import FixSettings, InstallExtra
from bot.settings import Settings
from knowledge.retrieval import Retrieved
from prompts import load_template

_RETRIES = 1
_EXTRAS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google_genai": "google",
    "mistralai": "mistral",
    "ollama": "ollama",
}
"""LangChain's provider names, and our extras that install them."""


class DraftedSuggestion(BaseModel):
    """One suggestion as the model gives it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=400, description="the suggestion, at most 30 words")
    cites: list[str] = Field(min_length=1, max_length=4, description="ids of the passages it rests on")


class DraftedAnswer(BaseModel):
    """A whole answer as the model gives it."""

    model_config = ConfigDict(extra="forbid")

    reading: DraftedSuggestion | None = Field(description="what this may be, or null")
    suggestions: list[DraftedSuggestion] = Field(max_length=4, description="two to four, or none where not covered")


class ChatWriter:
    """Asks a chat model for a draft; where it cannot give one in time, the fallback writes and says so."""

    def __init__(self, *, model: Runnable[Any, Any], name: str, fallback: BuiltInWriter, seconds: float) -> None:
        """Hold the model.

        Args:
            model: takes messages and returns a `DraftedAnswer`.
            name: `provider:model`, shown in the answer's `writer`.
            fallback: writes where the model does not.
            seconds: the model's time for one answer, retries included.
        """
        self._model = model
        self._name = name
        self._fallback = fallback
        self._seconds = seconds
        self._system = load_template("system")
        self._answer = load_template("answer")

    async def write(self, question: str, passages: Sequence[Passage], retrieved: Retrieved) -> Draft:
        """Return the model's draft with the curated wording, caution and close, or the built-in writer's."""
        curated = self._fallback.compose(passages, retrieved)
        units = [unit for passage in passages for unit in passage.card.units]
        listing = "\n".join(f"{unit.id}: {unit.text}" for unit in units)
        messages = [
            SystemMessage(self._system.render({})),
            HumanMessage(self._answer.render({"passages": listing, "question": _as_data(question)})),
        ]
        try:
            async with asyncio.timeout(self._seconds):
                answer = DraftedAnswer.model_validate(await self._model.ainvoke(messages))
        except Exception as error:  # noqa: BLE001  # a provider's package raises what it likes; the asker gets an answer
            log.event("model failed", model=self._name, error=type(error).__name__)
            return replace(curated, fell_back=True)
        if not answer.suggestions:
            return curated
        return replace(
            curated,
            suggestions=tuple(Statement(one.text, tuple(one.cites)) for one in answer.suggestions),
            reading=Statement(answer.reading.text, tuple(answer.reading.cites)) if answer.reading else curated.reading,
            writer=f"{self._name} ({self._answer.name} v{self._answer.version} {self._answer.digest})",
        )


def chat_writer(settings: Settings, *, fallback: BuiltInWriter) -> ChatWriter:
    """Build the writer that `LLM_MODEL` names.

    Raises:
        FixSettings: the provider is unknown, its key is missing, or the model cannot be set up.
        InstallExtra: the provider's package is not installed.
    """
    name = settings.llm_model or ""
    provider = name.partition(":")[0]
    if provider not in _EXTRAS:
        raise FixSettings(
            f"LLM_MODEL names the provider {provider}, which is unknown", f"known are {', '.join(_EXTRAS)}"
        )
    given: dict[str, Any] = {"timeout": settings.llm_timeout, "max_retries": _RETRIES}
    if settings.llm_api_key is not None:
        given["api_key"] = settings.llm_api_key.get_secret_value()
    if settings.llm_base_url is not None:
        given["base_url"] = settings.llm_base_url
    try:
        model = init_chat_model(name, **given)
    except ImportError:
        extra = _EXTRAS[provider]
        mend = f'install it: pip install "supervision-assistant[{extra}]"'
        raise InstallExtra(f"LLM_MODEL names {provider}, whose package is not installed", mend) from None
    except Exception as error:  # noqa: BLE001  # each provider's package raises its own kind for a missing key
        reason = type(error).__name__
        mend = "set LLM_API_KEY or the provider's own key, and check LLM_MODEL and LLM_BASE_URL"
        raise FixSettings(f"the model {name} cannot be set up ({reason})", mend) from None
    structured = model.with_structured_output(DraftedAnswer)
    return ChatWriter(model=structured, name=name, fallback=fallback, seconds=settings.llm_timeout)


def _as_data(question: str) -> str:
    """Return the question with anything that looks like our own delimiters defused."""
    return question.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}").replace(
        ">", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    )
