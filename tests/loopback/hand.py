"""A hand that does what a bot does, for the stand-in's own tests, and parts of messages to try it with."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.loopback import TOKEN, Answer, LoopbackDiscord, Person
from tests.loopback.state import COMPONENTS_V2, Json

TEXT: Json = {"type": 10, "content": "some text"}
COMMANDS: list[Json] = [
    {"name": "consult", "description": "Ask.", "options": [{"type": 3, "name": "question", "description": "What?"}]},
    {
        "name": "find",
        "description": "Find.",
        "options": [{"type": 3, "name": "term", "description": "What?", "autocomplete": True}],
    },
]

V2 = {"flags": COMPONENTS_V2}


@dataclass
class Hand:
    """Does by hand what a bot does: sends requests."""

    loopback: LoopbackDiscord
    session: aiohttp.ClientSession

    async def __call__(self, method: str, path: str, body: object = None, *, token: str = TOKEN) -> tuple[int, int]:
        """Send a request and return the status and Discord's error code, 0 where there is none."""
        headers = {"Authorization": f"Bot {token}"}
        url = self.loopback.rest_url + path
        async with self.session.request(method, url, json=body, headers=headers) as response:
            said: Any = await response.json() if response.status not in {204, 500} else {}
            return response.status, said.get("code", 0) if isinstance(said, dict) else 0

    async def callback(self, answer: Answer, kind: int, data: Json | None = None) -> tuple[int, int]:
        """Give a first response."""
        one = answer.interaction
        return await self("POST", f"/interactions/{one.id}/{one.token}/callback", {"type": kind, "data": data or {}})

    async def follow(self, answer: Answer, body: Json, method: str = "POST", end: str = "") -> tuple[int, int]:
        """Send or change a message of an interaction."""
        return await self(
            method, f"/webhooks/100/{answer.interaction.token}{end}", body if method != "DELETE" else None
        )


def consult(maria: Person) -> Answer:
    """Let somebody ask."""
    return maria.slash("consult", question="why?")


def row(*buttons: Json) -> Json:
    """A row of components."""
    return {"type": 1, "components": list(buttons)}


def button(custom_id: str = "a", **more: object) -> Json:
    """A button."""
    return {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id, **more}


def select(count: int, **more: object) -> Json:
    """A list to choose from."""
    options = [{"label": f"{number}", "value": f"{number}"} for number in range(count)]
    return row({"type": 3, "custom_id": "s", "options": options, **more})


def field(**more: object) -> Json:
    """A field of a form."""
    return {"type": 4, "custom_id": "f", "style": 2, **more}


def label(component: Json, **more: object) -> Json:
    """A field with its label."""
    return {"type": 18, "label": "What happened", "component": component, **more}


def modal(*components: Json, **more: object) -> Json:
    """A form."""
    return {"custom_id": "m", "title": "Consult", "components": list(components or (label(field()),)), **more}
