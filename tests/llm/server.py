"""A loopback server that speaks as much of OpenAI's chat API as a writer needs, and misbehaves on demand."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Does:
    """What the server does with one request.

    Attributes:
        content: what the model says; a dict as JSON.
        status: the HTTP status.
        headers: further headers.
        before: seconds before the first byte of an answer.
        stall: seconds of silence in the middle of it.
        cut: whether the connection is cut in the middle of it.
        raw: bytes in the place of a well-formed answer.
    """

    content: dict[str, Any] | str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    before: float = 0.0
    stall: float = 0.0
    cut: bool = False
    raw: bytes | None = None


@dataclass
class ModelServer:
    """Answers chat completions from a queue; keeps what it was asked.

    Attributes:
        answers: what to do, in order; a dict or text is said, an int is an HTTP status. The last is done ever again.
        asked: the request bodies that came in.
        url: the address to give as LLM_BASE_URL.
        at_once: requests that are being answered, and the most of them there ever were.
        other_paths: paths of requests that were for no completion.
    """

    answers: deque[Does | dict[str, Any] | str | int] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    at_once: tuple[int, int] = (0, 0)
    other_paths: list[str] = field(default_factory=list)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Answer one completion."""
        self.asked.append(await request.json())
        now = self.at_once[0] + 1
        self.at_once = (now, max(now, self.at_once[1]))
        try:
            return await self._do(request, self.asked[-1], self._next())
        finally:
            self.at_once = (self.at_once[0] - 1, self.at_once[1])

    async def other(self, request: web.Request) -> web.Response:
        """Keep the path of any other request."""
        self.other_paths.append(request.path)
        return web.json_response({})

    def _next(self) -> Does:
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            return Does(status=answer)
        return answer if isinstance(answer, Does) else Does(answer)

    async def _do(self, request: web.Request, asked: dict[str, Any], does: Does) -> web.StreamResponse:
        await asyncio.sleep(does.before)
        if does.raw is not None:
            return web.Response(body=does.raw, status=does.status, content_type="application/json")
        if does.status != 200:  # all else is an error
            return web.json_response({"error": {"message": "no"}}, status=does.status, headers=does.headers)
        said = does.content if isinstance(does.content, str) else json.dumps(does.content)
        body = _stream(asked, said) if asked.get("stream") else [_whole(asked, said)]
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream" if len(body) > 1 else "application/json"}
        )
        await response.prepare(request)
        pieces = b"".join(body)
        half = len(pieces) // 2
        await response.write(pieces[:half])
        if does.cut:
            assert request.transport is not None
            request.transport.abort()
            return response
        await asyncio.sleep(does.stall)
        await response.write(pieces[half:])
        await response.write_eof()
        return response


def _whole(asked: dict[str, Any], said: str) -> bytes:
    message: dict[str, Any] = {"role": "assistant", "content": said}
    if asked.get("tools"):
        name = asked["tools"][0]["function"]["name"]
        call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": said}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    usage = {"prompt_tokens": 100, "completion_tokens": 23, "total_tokens": 123}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    whole = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "small",
        "choices": [choice],
        "usage": usage,
    }
    return json.dumps(whole).encode()


def _stream(asked: dict[str, Any], said: str) -> list[bytes]:
    events = [{"role": "assistant", "content": ""}]
    for start in range(0, len(said), 20):
        piece = said[start : start + 20]
        if asked.get("tools"):
            name = asked["tools"][0]["function"]["name"]
            first = {"id": "c1", "type": "function"} if start == 0 else {}
            function = {"arguments": piece, **({"name": name} if start == 0 else {})}
            events.append({"tool_calls": [{"index": 0, **first, "function": function}]})  # type: ignore[dict-item]
        else:
            events.append({"content": piece})
    chunks = [
        {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "small",
            "choices": [{"index": 0, "delta": one}],
        }
        for one in events
    ]
    chunks[-1]["choices"][0]["finish_reason"] = "stop"  # type: ignore[index]
    return [*(f"data: {json.dumps(one)}\n\n".encode() for one in chunks), b"data: [DONE]\n\n"]


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """Serve on a free loopback port."""
    server = ModelServer()
    application = web.Application()
    application.router.add_post("/v1/chat/completions", server.complete)
    application.router.add_route("*", "/{path:.*}", server.other)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
