"""A small Discord on 127.0.0.1: as much REST and gateway as this bot uses, with Discord's own refusals.

What each part holds:

- `state`: people, servers, channels, messages, interactions, and every request of the bot.
- `rest`, `channels`, `answers`: the routes; `gateway`: the events.
- `limits`, `components`: what Discord refuses; `description`: its own API description, where that file is at hand.
- `faults`: rate limits, errors, slowness and cut connections on demand.
- `people`: who types, presses, chooses and says; `reading`: what they get to read; `deeds`: what the bot gets to know.
- `process`: the unmodified program as a process of its own, pointed here.
- `server`: all of it together.
"""

from tests.loopback.people import Answer, Modal, Person
from tests.loopback.server import TOKEN, LoopbackDiscord, nothing_listens

__all__ = ["TOKEN", "Answer", "LoopbackDiscord", "Modal", "Person", "nothing_listens"]
