"""One request as a route gets it, and what a route gives back."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import BodyPartReader, web

from tests.loopback.refusals import Refused, invalid_form
from tests.loopback.state import Json

Result: TypeAlias = tuple[int, Any]
"""HTTP status and JSON; None where there is nothing to say."""


@dataclass(frozen=True)
class Call:
    """A request that was read.

    Attributes:
        names: the parts of the path that stand for something.
        query: what stands behind the question mark.
        body: its JSON; None where there was none.
        files: names of uploaded files.
    """

    names: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: list[str] = field(default_factory=list)

    def number(self, name: str) -> int:
        """Return an id of the path.

        Raises:
            Refused: it is none.
        """
        if not self.names[name].isdecimal():
            raise invalid_form(name, f'Value "{self.names[name]}" is not snowflake.', "NUMBER_TYPE_COERCE")
        return int(self.names[name])

    def form(self) -> Json:
        """Return the body, which has to be an object.

        Raises:
            Refused: it is not.
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid_form("_", "Only dictionaries may be used in a DictType", "DICT_TYPE_CONVERT")
        return self.body


Route: TypeAlias = Callable[[Call], Awaitable[Result]]


async def read_call(request: web.Request) -> Call:
    """Read a request, with its uploaded files where it has any.

    Raises:
        Refused: it is not the JSON that it claims to be.
    """
    body: Any = None
    files: list[str] = []
    if request.content_type.startswith("multipart/"):
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "payload_json":
                body = _parsed(await part.read())
            else:
                files.append(part.filename or "")
                await part.release()
    else:
        raw = await request.read()
        body = _parsed(raw) if raw else None
    return Call(dict(request.match_info), dict(request.query), body, files)


def _parsed(raw: bytes | bytearray) -> Any:  # noqa: ANN401  # it is whatever was sent
    try:
        return json.loads(raw)
    except ValueError:
        raise Refused(400, 50109, "The request body contains invalid JSON.") from None
