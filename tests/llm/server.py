"""A loopback server that speaks as much of OpenAI's chat API as a writer needs, and misbehaves on demand."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class ModelServer:
    """Answers chat completions from a queue; keeps what it was asked.

    Attributes:
        answers: contents to answer with, in order; an int is an HTTP status, a float a pause in seconds.
        asked: the request bodies that came in.
        url: the address to give as LLM_BASE_URL.
    """

    answers: deque[dict[str, Any] | str | int | float] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def complete(self, request: web.Request) -> web.Response:
        """Answer one completion."""
        self.asked.append(await request.json())
        answer = self.answers.popleft()
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = {}
        if isinstance(answer, int):
            return web.json_response({"error": {"message": "no"}}, status=answer)
        content = answer if isinstance(answer, str) else json.dumps(answer)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
        return web.json_response(
            {"id": "1", "object": "chat.completion", "created": 1, "model": "small", "choices": [choice], "usage": None}
        )


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """Serve on a free loopback port."""
    server = ModelServer()
    application = web.Application()
    application.router.add_post("/v1/chat/completions", server.complete)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
