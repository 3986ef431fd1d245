"""A LangChain chat model as one of our models: tool call or JSON, plain or streamed, traced only if allowed."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessageChunk, HumanMessage, SystemMessage
from langsmith import tracing_context

from bot.llm.model import Completion, ModelTrouble, Prompt

_OVERLOADED = frozenset({408, 409, 425, 429})
_SERVER_ERRORS = 500
_UNREACHED = frozenset({"APIConnectionError", "TransportError", "ConnectionError", "gaierror"})
"""Names of the errors, ours and the providers' packages', that mean a connection failed; matched by name so that no
provider's package has to be imported."""

_LONGEST_STREAM = 40_000


class LangChainModel:
    """Asks one LangChain chat model."""

    def __init__(self, model: BaseChatModel, *, name: str, tools: bool, stall: float | None, traced: bool) -> None:
        """Hold the model.

        Args:
            model: the chat model, whose own retries are off.
            name: `provider:model`.
            tools: whether the answer is asked for as a tool call.
            stall: seconds between two pieces of a streamed answer, the first one included, after which the model is
                left; None to ask for the answer in one piece.
            traced: whether LangChain's environment variables may switch tracing on.
        """
        self._model = model
        self._name = name
        self._tools = tools
        self._stall = stall
        self._traced = traced

    @property
    def name(self) -> str:
        """`provider:model`."""
        return self._name

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt.

        Raises:
            ModelTrouble: the provider refused, could not be reached, or stalled.
        """
        system = prompt.system if self._tools else f"{prompt.system}\n\n{prompt.instructions}".strip()
        messages = [*([SystemMessage(system)] if system else []), HumanMessage(prompt.user)]
        model: Any = self._model.bind_tools([prompt.schema], tool_choice="any") if self._tools else self._model
        try:
            with self._tracing():
                message = await (model.ainvoke(messages) if self._stall is None else self._streamed(model, messages))
        except ModelTrouble:
            raise
        except Exception as error:  # noqa: BLE001  # a provider's package raises what it likes
            raise _trouble(error) from None
        return Completion(_text(message), _tokens(message))

    def _tracing(self) -> AbstractContextManager[Any]:
        return nullcontext() if self._traced else tracing_context(enabled=False)

    async def _streamed(self, model: Any, messages: list[Any]) -> Any:  # noqa: ANN401  # LangChain's runnables
        whole: BaseMessageChunk | None = None
        pieces = model.astream(messages)
        length = 0
        try:
            while True:
                async with asyncio.timeout(self._stall):
                    piece = await anext(pieces, None)
                if piece is None:
                    break
                whole = piece if whole is None else whole + piece
                length += len(piece.text)
                if length > _LONGEST_STREAM:
                    raise ModelTrouble("endless answer", passing=False)
        except TimeoutError:
            raise ModelTrouble("stalled", passing=False) from None
        finally:
            await pieces.aclose()
        if whole is None:
            raise ModelTrouble("empty stream", passing=False)
        return whole


def _text(message: AIMessage) -> str:
    """Return the arguments of the tool call, read or not, else the text."""
    if message.tool_calls:
        return json.dumps(message.tool_calls[0]["args"])
    if message.invalid_tool_calls:
        return message.invalid_tool_calls[0]["args"] or ""
    return message.text


def _tokens(message: AIMessage) -> int | None:
    return message.usage_metadata["total_tokens"] if message.usage_metadata else None


def _trouble(error: BaseException) -> ModelTrouble:
    for one in _chain(error):
        status = getattr(one, "status_code", None) or getattr(getattr(one, "response", None), "status_code", None)
        if isinstance(status, int):
            passing = status in _OVERLOADED or status >= _SERVER_ERRORS
            return ModelTrouble(f"{type(error).__name__} {status}", passing=passing, after=_retry_after(one))
    names = {parent.__name__ for one in _chain(error) for parent in type(one).__mro__}
    return ModelTrouble(type(error).__name__, passing=bool(names & _UNREACHED))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _retry_after(error: object) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", {})
    said = headers.get("retry-after")
    if said is None:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time())
    except ValueError:
        return None
