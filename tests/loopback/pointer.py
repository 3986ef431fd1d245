"""Points the program at the loopback Discord; copied as `sitecustomize.py`, so that Python runs it before the program.

It changes two addresses in discord.py once that is imported, and nothing of the program. With `LOOPBACK_LAGS` naming a
file it also writes down how long the event loop was held up, while the bot is logged in.
"""

import asyncio
import importlib.machinery
import os
import sys
import time
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_STEP = 0.01
_WORTH_A_LINE = 0.03
"""Seconds of a nap, and of being late from it that are written down."""


class Pointer:
    """Finds the modules of discord.py as always, and sets addresses in them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module; None for all that are none of our business."""
        if name not in _AFTER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            run(module)
            _AFTER[name](module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # this one loader's
        return spec


def _set_rest(module: Any) -> None:  # noqa: ANN401  # a module
    module.Route.BASE = os.environ["LOOPBACK_REST"]


def _set_gateway(module: Any) -> None:  # noqa: ANN401  # a module
    module.DiscordWebSocket.DEFAULT_GATEWAY = module.yarl.URL(os.environ["LOOPBACK_GATEWAY"])


def _watch_loop(module: Any) -> None:  # noqa: ANN401  # a module
    if "LOOPBACK_LAGS" not in os.environ:
        return
    log_in = module.Client.login

    async def login(client: Any, token: str) -> None:  # noqa: ANN401  # whatever client it is
        client.loopback_watch = asyncio.create_task(_write_lags(os.environ["LOOPBACK_LAGS"]))
        await log_in(client, token)

    module.Client.login = login


async def _write_lags(path: str) -> None:
    """Write, each time the loop was late: when, by how many seconds, and how many of them it worked itself."""
    while True:
        wall, own = time.monotonic(), time.thread_time()
        await asyncio.sleep(_STEP)
        late = time.monotonic() - wall - _STEP
        if late > _WORTH_A_LINE:
            with open(path, "a", encoding="utf-8") as lags:  # noqa: ASYNC230, PTH123  # a line, and rarely
                lags.write(f"{wall:.3f} {late:.3f} {time.thread_time() - own:.3f}\n")


_AFTER = {"discord.http": _set_rest, "discord.gateway": _set_gateway, "discord.client": _watch_loop}

if __name__ == "sitecustomize":
    sys.meta_path.insert(0, Pointer())
