"""What goes wrong on demand: the next so many requests that match are refused, slowed down or cut off."""

import asyncio
import json
import re
from collections import Counter
from dataclasses import dataclass

from aiohttp import web


@dataclass
class Fault:
    """What happens to requests.

    Attributes:
        pattern: searched for in "METHOD /path".
        times: how many more requests it happens to.
        status: what is answered in place of an answer; None where it goes on as always.
        retry_after: seconds that a 429 asks to wait; without them it is a ban of the address.
        everywhere: whether a 429 is for all routes.
        seconds: how long nothing is answered first.
        cut: whether the connection is cut off.
        after_effect: whether it is cut off only once the request was done, so that its answer alone is lost.
    """

    pattern: str
    times: int = 1
    status: int | None = None
    retry_after: float | None = None
    everywhere: bool = False
    seconds: float = 0.0
    cut: bool = False
    after_effect: bool = False


class Faults:
    """The faults that are to come; the first that matches happens.

    Attributes:
        happened: how often a fault came, by "METHOD /path".
    """

    def __init__(self) -> None:
        self._coming: list[Fault] = []
        self.happened: Counter[str] = Counter()

    def add(self, fault: Fault) -> Fault:
        """Let something go wrong."""
        self._coming.append(fault)
        return fault

    def rate_limit(self, pattern: str, *, times: int = 1, retry_after: float = 0.3, everywhere: bool = False) -> Fault:
        """Answer the next requests with 429."""
        return self.add(Fault(pattern, times, 429, retry_after=retry_after, everywhere=everywhere))

    def fail(self, pattern: str, *, status: int = 500, times: int = 1) -> Fault:
        """Answer the next requests with a server's error."""
        return self.add(Fault(pattern, times, status))

    def slow(self, pattern: str, seconds: float, *, times: int = 1) -> Fault:
        """Do the next requests later."""
        return self.add(Fault(pattern, times, seconds=seconds))

    def cut(self, pattern: str, *, times: int = 1, after_effect: bool = False) -> Fault:
        """Cut off the next requests, before they have an effect or after it; aiohttp itself sends a GET once more."""
        return self.add(Fault(pattern, times, cut=True, after_effect=after_effect))

    def clear(self) -> None:
        """Let nothing more go wrong."""
        self._coming.clear()

    def next_for(self, line: str) -> Fault | None:
        """Return what happens to a request, "METHOD /path", and count it."""
        for fault in self._coming:
            if fault.times > 0 and re.search(fault.pattern, line):
                fault.times -= 1
                self.happened[line] += 1
                return fault
        return None

    @staticmethod
    async def before(fault: Fault, request: web.Request) -> web.StreamResponse | None:
        """Do what happens before a request has its effect; what it returns is answered in place of an answer."""
        await asyncio.sleep(fault.seconds)
        if fault.cut and not fault.after_effect:
            return cut_off(request)
        if fault.status == 429 and fault.retry_after is not None:
            return _too_many(fault, fault.retry_after)
        if fault.status is not None:
            return web.Response(status=fault.status, text="upstream error", content_type="text/plain")
        return None


def cut_off(request: web.Request) -> web.StreamResponse:
    """Close the connection of a request without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response(status=500)


def _too_many(fault: Fault, seconds: float) -> web.Response:
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": fault.everywhere}
    scope = "global" if fault.everywhere else "user"
    # Without the Via header discord.py takes a 429 for a ban of the address.
    headers = {"Via": "1.1 loopback", "Retry-After": str(seconds), "X-RateLimit-Scope": scope}
    if fault.everywhere:
        headers["X-RateLimit-Global"] = "true"
    return json_response(body, status=429, headers=headers)


def json_response(payload: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with JSON as Discord sends it: discord.py reads as JSON only what comes without a charset."""
    body = json.dumps(payload).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")
