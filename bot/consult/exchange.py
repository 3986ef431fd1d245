"""One question and its reply, and the exchanges of the last half hour, in memory only."""

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.consult.outcome import Abstained, Answered, Consultation, Outcome, Screened
from bot.consult.reply import Reply, draft_cites
from bot.consult.thread import LONGEST_SECONDS, Thread
from knowledge.entry import Card

if TYPE_CHECKING:
    from bot.storage.servers import ServerSettings  # the records take a while to import, and `ask` keeps none

_MOST = 20_000
"""Conversations and exchanges that are held at one time; the oldest make room."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where; ids of Discord.

    Attributes:
        person: who.
        server: in which server; None in direct messages and where the bot was not added to the server.
        place: in which channel or thread; a person's turns in one place are one conversation.
    """

    person: int
    server: int | None
    place: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its reply.

    Attributes:
        id: of the consultation's row.
        asker: who asked, and where.
        consultation: what it came to; the question in it is redacted.
        reply: as composed for the asker.
        region: whose lines the reply prints.
        server: what the asker's server has set; None where there is none, or where it could not be looked up.
        plain: whether the asker wants plain text.
    """

    id: uuid.UUID
    asker: Asker
    consultation: Consultation
    reply: Reply
    region: str
    server: "ServerSettings | None" = None
    plain: bool = False

    @property
    def outcome(self) -> Outcome:
        """What it came to."""
        return self.consultation.outcome

    @property
    def question(self) -> str:
        """The question as redacted; empty where it was not."""
        return self.outcome.question.text if isinstance(self.outcome, Screened) else ""

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards that were found, best first; none where nothing was looked for."""
        outcome = self.outcome
        return tuple(found.card for found in outcome.passages) if isinstance(outcome, Answered | Abstained) else ()

    @property
    def units(self) -> tuple[str, ...]:
        """The ids of the units that the answer cites, in order; none unless it was answered."""
        return draft_cites(self.outcome) if isinstance(self.outcome, Answered) else ()


class ShortMemory(Generic[_Key, _Value]):
    """Holds values for a time, and a number of them at most; nothing of it is ever written."""

    def __init__(
        self, seconds: float = LONGEST_SECONDS, most: int = _MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start empty.

        Args:
            seconds: how long a value is held after it was last put.
            most: how many are held; the oldest makes room.
            clock: seconds, rising.
        """
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._held: OrderedDict[_Key, tuple[float, _Value]] = OrderedDict()

    def __len__(self) -> int:
        self._let_go()
        return len(self._held)

    def put(self, key: _Key, value: _Value) -> None:
        """Hold a value from now on, in place of an earlier one."""
        self._held[key] = (self._clock(), value)
        self._held.move_to_end(key)
        self._let_go()

    def amend(self, key: _Key, value: _Value) -> None:
        """Change a value that is still held, without holding it any longer than before."""
        self._let_go()
        if key in self._held:
            self._held[key] = (self._held[key][0], value)

    def find(self, key: _Key) -> _Value | None:
        """Return a value that is still held, or None."""
        self._let_go()
        held = self._held.get(key)
        return held[1] if held else None

    def take(self, key: _Key) -> _Value | None:
        """Return a value and hold it no longer."""
        self._let_go()
        held = self._held.pop(key, None)
        return held[1] if held else None

    def drop(self, which: Callable[[_Key, _Value], bool]) -> None:
        """Hold no longer what a rule picks."""
        for key in [key for key, (_, value) in self._held.items() if which(key, value)]:
            del self._held[key]

    def _let_go(self) -> None:
        since = self._clock() - self._seconds
        while self._held:
            key, (put, _) = next(iter(self._held.items()))
            if put >= since and len(self._held) <= self._most:
                return
            del self._held[key]


class Conversations:
    """What askers said in the last half hour, each in each place, so that follow-ups are read with it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without any; the clock gives seconds, rising."""
        self._clock = clock
        self._threads: ShortMemory[tuple[int, int], Thread] = ShortMemory(clock=clock)
        self._exchanges: ShortMemory[uuid.UUID, Exchange] = ShortMemory(clock=clock)
        self._last: ShortMemory[tuple[int, int], Exchange] = ShortMemory(clock=clock)

    def turns(self, asker: Asker) -> tuple[str, ...]:
        """Return the asker's earlier turns in this place, oldest first."""
        thread = self._threads.find((asker.person, asker.place))
        return thread.turns if thread else ()

    def add(self, question: str, exchange: Exchange) -> None:
        """Keep a turn and its exchange."""
        key = (exchange.asker.person, exchange.asker.place)
        thread = self._threads.find(key) or Thread(self._clock)
        thread.add(question, exchange.outcome)
        self._threads.put(key, thread)
        self._exchanges.put(exchange.id, exchange)
        self._last.put(key, exchange)

    def say(self, asker: Asker, turn: str) -> None:
        """Keep a turn of our own wording, such as that a person has taken over."""
        thread = self._threads.find((asker.person, asker.place)) or Thread(self._clock)
        thread.say(turn)
        self._threads.put((asker.person, asker.place), thread)

    def find(self, exchange: uuid.UUID) -> Exchange | None:
        """Return an exchange of the last half hour."""
        return self._exchanges.find(exchange)

    def last(self, asker: Asker) -> Exchange | None:
        """Return the asker's last exchange in this place."""
        return self._last.find((asker.person, asker.place))

    def forget(self, person: int) -> None:
        """Drop everything that a person said."""
        self._threads.drop(lambda key, _: key[0] == person)
        self._exchanges.drop(lambda _, exchange: exchange.asker.person == person)
        self._last.drop(lambda key, _: key[0] == person)
