"""Builds what asks models from the settings, and refuses at the start what could not work later."""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.observer import UNOBSERVED, Observer
from bot.errors import FixSettings, InstallExtra, TryAgainLater
from bot.llm.budget import Budget
from bot.llm.chain import Limits, ModelChain
from bot.llm.chat import ChatWriter
from bot.llm.clarifier import Clarifier
from bot.llm.feedback import FeedbackWriter
from bot.llm.judge import ModelJudge
from bot.llm.model import Model
from bot.llm.replay import ReplayModel
from bot.llm.second_look import SecondLook
from bot.settings import Settings

EXTRAS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google_genai": "google",
    "mistralai": "mistral",
    "ollama": "ollama",
}
"""LangChain's provider names, and our extras that install them."""

REPLAY = "replay"
_NEEDS_NO_KEY = frozenset({"ollama"})
_ONE_ATTEMPT = {"google_genai": 1, "mistralai": 1}
"""What a provider's package takes for "do not retry"; 0 where it is not here. We retry ourselves."""

_MOST_TOKENS = {"ollama": "num_predict"}
_STALL = 10.0
_SECONDS_FOR_CLARIFYING = 10.0
_SECONDS_FOR_JUDGING = 10.0
_SECONDS_FOR_FEEDBACK = 10.0
_SECONDS_FOR_OWN_STAGES = 1.0
_LEAST_SHARE = 0.5
_SECONDS_TO_CONNECT = 2.0
SECONDS_FOR_SECOND_LOOK = 5.0


@dataclass(frozen=True, slots=True)
class LlmParts:
    """What asks models.

    Attributes:
        writer: writes drafts.
        clarifier: words questions back.
        second_look: reads danger a second time, where the settings ask for it.
        judge: reads statements against their sources, where the settings name one.
        feedback: words feedback on rehearsed lines.
    """

    writer: ChatWriter
    clarifier: Clarifier
    second_look: SecondLook | None
    judge: ModelJudge | None
    feedback: FeedbackWriter


def build_llm(settings: Settings, *, fallback: BuiltInWriter, observer: Observer = UNOBSERVED) -> LlmParts:
    """Build everything that `LLM_MODEL` and its companions name; the observer is told how the models do.

    Raises:
        FixSettings: a provider is unknown, its key is missing, an address is none, or a model cannot be set up.
        InstallExtra: a provider's package is not installed.
    """
    chain = _chain([settings.llm_model or "", *_fallbacks(settings)], settings, observer)
    second = SecondLook(chain=chain, seconds=SECONDS_FOR_SECOND_LOOK) if settings.llm_second_look else None
    judging = _SECONDS_FOR_JUDGING if settings.llm_judge else 0.0
    judges = _chain([settings.llm_judge], settings, observer) if settings.llm_judge else None
    judge = ModelJudge(chain=judges, seconds=judging) if judges else None
    others = judging + (SECONDS_FOR_SECOND_LOOK if second else 0.0) + _SECONDS_FOR_OWN_STAGES
    seconds = max(settings.llm_timeout - others, _LEAST_SHARE * settings.llm_timeout)
    return LlmParts(
        writer=ChatWriter(chain=chain, fallback=fallback, seconds=seconds),
        clarifier=Clarifier(chain=chain, seconds=min(seconds, _SECONDS_FOR_CLARIFYING)),
        second_look=second,
        judge=judge,
        feedback=FeedbackWriter(chain=chain, seconds=min(settings.llm_timeout, _SECONDS_FOR_FEEDBACK)),
    )


def check_reachable(settings: Settings) -> None:
    """Try whether something listens at `LLM_BASE_URL`.

    Raises:
        FixSettings: the address is none.
        TryAgainLater: nothing answers there.
    """
    if settings.llm_base_url is None:
        return
    host, port = _address(settings.llm_base_url)
    try:
        socket.create_connection((host, port), timeout=_SECONDS_TO_CONNECT).close()
    except OSError:
        mend = "start that server, or correct the address; until then the built-in writer answers"
        raise TryAgainLater(f"nothing answers at LLM_BASE_URL ({host}:{port})", mend) from None


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FixSettings("LLM_BASE_URL is no address", "write it as http://127.0.0.1:8080/v1")
    return parts.hostname, port


def _fallbacks(settings: Settings) -> list[str]:
    return [name.strip() for name in (settings.llm_fallbacks or "").split(",") if name.strip()]


def _chain(names: list[str], settings: Settings, observer: Observer) -> ModelChain:
    limits = Limits(
        attempt=settings.llm_attempt_timeout,
        retries=settings.llm_retries,
        concurrency=settings.llm_concurrency,
        tokens=settings.llm_max_tokens,
    )
    budget = Budget(settings.data_dir, settings.llm_daily_tokens)
    return ModelChain([_model(name, settings) for name in names], limits=limits, budget=budget, observer=observer)


def _model(name: str, settings: Settings) -> Model:
    provider, _, called = name.partition(":")
    if provider == REPLAY:
        return ReplayModel(Path(called).expanduser())
    if provider not in EXTRAS:
        known = ", ".join([*EXTRAS, REPLAY])
        raise FixSettings(f"{name} names the provider {provider}, which is unknown", f"known are {known}")
    from bot.llm.langchain_model import LangChainModel  # noqa: PLC0415  # LangChain takes seconds to import

    model = _chat_model(name, provider, settings)
    profile = model.profile or {}
    tools = settings.llm_output == "tools" or (settings.llm_output == "auto" and bool(profile.get("tool_calling")))
    stall = _STALL if settings.llm_stream else None
    return LangChainModel(model, name=name, tools=tools, stall=stall, traced=settings.llm_tracing)


def _chat_model(name: str, provider: str, settings: Settings) -> Any:  # noqa: ANN401  # LangChain is imported late
    from langchain.chat_models import init_chat_model  # noqa: PLC0415  # LangChain takes seconds to import

    given = _arguments(provider, settings)
    try:
        return init_chat_model(name, **given)
    except ImportError:
        mend = f'install it: pip install "supervision-assistant[{EXTRAS[provider]}]"'
        raise InstallExtra(f"{name} is of {provider}, whose package is not installed", mend) from None
    except Exception as error:  # noqa: BLE001  # each provider's package raises its own kind
        reason = type(error).__name__
        mend = f"check its name, {Settings.key_names(provider)} and LLM_BASE_URL"
        raise FixSettings(f"the model {name} cannot be set up ({reason})", mend) from None


def _arguments(provider: str, settings: Settings) -> dict[str, Any]:
    given: dict[str, Any] = {
        "timeout": settings.llm_attempt_timeout,
        "max_retries": _ONE_ATTEMPT.get(provider, 0),
        _MOST_TOKENS.get(provider, "max_tokens"): settings.llm_max_tokens,
    }
    own_server = settings.llm_base_url is not None and provider == (settings.llm_model or "").partition(":")[0]
    if own_server:
        _address(settings.llm_base_url or "")
        given["base_url"] = settings.llm_base_url
    key = settings.key_of(provider)
    if key is not None:
        given["api_key"] = key.get_secret_value()
    elif own_server:
        given["api_key"] = "none"
    elif provider not in _NEEDS_NO_KEY:
        mend = f"set {Settings.key_names(provider)}"
        raise FixSettings(f"there is no key for the provider {provider}", mend)
    return given
