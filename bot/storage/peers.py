"""Peer consultations that go on at present: each change is decided on the row as it stands, so that two count once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.clock import Clock, utc_now
from bot.storage.engine import Database
from bot.storage.peer_tables import PeerRoleRow, PeerRow
from bot.storage.statements import insert_or_update

PeerRole = Literal["presenter", "consultant", "observer"]

MOST_CONSULTANTS = 8
_STALE = timedelta(days=1)
"""After so long a consultation that nobody ended is over."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer consultation.

    Attributes:
        thread: where it goes on.
        server: whose thread that is.
        starter: who started it; None once they were forgotten.
        protocol: by which protocol.
        step: which step, from 0 up; -1 until it begins.
        ends_at: when the step is over; None until it begins, and while it is paused.
        seconds_left: what is left of the step while it is paused.
        poll: the message with the poll of this step.
        people: who takes part, as what.
    """

    thread: int
    server: int
    starter: int | None
    protocol: str
    step: int
    ends_at: datetime | None
    seconds_left: int | None
    poll: int | None
    people: dict[int, PeerRole]

    @property
    def paused(self) -> bool:
        """Whether it is paused."""
        return self.seconds_left is not None

    @property
    def presenter(self) -> int | None:
        """Who presents."""
        return next((person for person, role in self.people.items() if role == "presenter"), None)

    def led_by(self, person: int) -> bool:
        """Tell whether a person may lead on, pause and end."""
        return person in {self.starter, self.presenter}


class Peers:
    """Reads and writes peer consultations."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def start(self, thread: int, server: int, starter: int, protocol: str) -> None:
        """Keep that one was started.

        Raises:
            AssistantError: the database cannot be used.
        """
        row = {
            "thread_id": thread,
            "server_id": server,
            "starter_id": starter,
            "protocol": protocol,
            "step": -1,
            "ends_at": None,
            "seconds_left": None,
            "poll_id": None,
            "started_at": self._clock(),
        }
        async with self._database.writing() as session:
            await insert_or_update(session, PeerRow, row, keys=("thread_id",), update=())

    async def find(self, thread: int) -> Peer | None:
        """Return the consultation of a thread; None where there is none, or it is over.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.get(PeerRow, thread)
            return await _peer(session, row) if row else None

    async def join(self, thread: int, person: int, role: PeerRole) -> bool:
        """Keep as what a person takes part, in place of what they were; False where that role is taken by others.

        Raises:
            AssistantError: the database cannot be used.
        """
        most = MOST_CONSULTANTS if role == "consultant" else 1
        others = select(func.count()).where(
            PeerRoleRow.thread_id == thread, PeerRoleRow.role == role, PeerRoleRow.person_id != person
        )
        row = {"thread_id": thread, "person_id": person, "role": role}
        async with self._database.writing() as session:
            there = await session.scalar(select(PeerRow).where(PeerRow.thread_id == thread).with_for_update())
            if there is None or (await session.scalar(others) or 0) >= most:
                return False
            await insert_or_update(session, PeerRoleRow, row, keys=("thread_id", "person_id"), update=("role",))
            return True

    async def go_on(self, thread: int, step: int, *, minutes: int) -> Peer | None:
        """Go from a step to the one behind it; None where somebody has done so, or it is paused or over.

        Returns:
            It, as it is now; its poll is the one of the step before.

        Raises:
            AssistantError: the database cannot be used.
        """
        ends_at = self._clock() + timedelta(minutes=minutes)
        async with self._database.writing() as session:
            at_step = (PeerRow.step == step, PeerRow.seconds_left.is_(None))
            found = await _changed(session, thread, *at_step, step=step + 1, ends_at=ends_at)
            before = await _peer(session, found) if found else None
            if before is not None:
                await session.execute(update(PeerRow).where(PeerRow.thread_id == thread).values(poll_id=None))
            return before

    async def show_poll(self, thread: int, step: int, poll: int) -> None:
        """Keep which message carries the poll of a step.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            await _changed(session, thread, PeerRow.step == step, poll_id=poll)

    async def pause(self, thread: int) -> Peer | None:
        """Stop the clock; None where it does not run.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            row = await session.scalar(select(PeerRow).where(PeerRow.thread_id == thread).with_for_update())
            if row is None or row.ends_at is None:
                return None
            left = max(0, int((row.ends_at - self._clock()).total_seconds()))
            row.ends_at, row.seconds_left = None, left
            return await _peer(session, row)

    async def resume(self, thread: int) -> Peer | None:
        """Let the clock run on; None where it was not stopped.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            row = await session.scalar(select(PeerRow).where(PeerRow.thread_id == thread).with_for_update())
            if row is None or row.seconds_left is None:
                return None
            row.ends_at, row.seconds_left = self._clock() + timedelta(seconds=row.seconds_left), None
            return await _peer(session, row)

    async def end(self, thread: int) -> Peer | None:
        """Delete a consultation and who took part, and return it as it was; None where it was over.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.writing() as session:
            row = await session.scalar(select(PeerRow).where(PeerRow.thread_id == thread).with_for_update())
            if row is None:
                return None
            found = await _peer(session, row)
            await session.execute(delete(PeerRow).where(PeerRow.thread_id == thread))
            return found

    async def running(self) -> tuple[Peer, ...]:
        """Return those whose clock runs, the next to end first.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = select(PeerRow).where(PeerRow.ends_at.is_not(None)).order_by(PeerRow.ends_at)
        async with self._database.reading() as session:
            return tuple([await _peer(session, row) for row in (await session.scalars(wanted)).all()])

    async def expire(self) -> int:
        """Delete those that nobody has ended; safe to repeat.

        Raises:
            AssistantError: the database cannot be used.
        """
        stale = delete(PeerRow).where(PeerRow.started_at < self._clock() - _STALE)
        async with self._database.writing() as session:
            return len((await session.execute(stale.returning(PeerRow.thread_id))).all())


async def _changed(session: AsyncSession, thread: int, *conditions: Any, **values: object) -> PeerRow | None:  # noqa: ANN401  # SQL conditions
    row = await session.scalar(select(PeerRow).where(PeerRow.thread_id == thread, *conditions).with_for_update())
    if row is not None:
        for name, value in values.items():
            setattr(row, name, value)
    return row


async def _peer(session: AsyncSession, row: PeerRow) -> Peer:
    people = await session.scalars(
        select(PeerRoleRow).where(PeerRoleRow.thread_id == row.thread_id).order_by(PeerRoleRow.person_id)
    )
    return Peer(
        thread=row.thread_id,
        server=row.server_id,
        starter=row.starter_id,
        protocol=row.protocol,
        step=row.step,
        ends_at=row.ends_at,
        seconds_left=row.seconds_left,
        poll=row.poll_id,
        people={one.person_id: cast("PeerRole", one.role) for one in people},  # the table lets no other in
    )


async def peers_of(session: AsyncSession, person: int) -> tuple[dict[str, Any], ...]:
    """Return in which threads a person takes part, as what."""
    theirs = select(PeerRoleRow).where(PeerRoleRow.person_id == person).order_by(PeerRoleRow.thread_id)
    return tuple({"thread": row.thread_id, "role": row.role} for row in await session.scalars(theirs))


async def forget_peer(session: AsyncSession, person: int) -> None:
    """Erase a person's part in peer consultations, which go on without them."""
    await session.execute(delete(PeerRoleRow).where(PeerRoleRow.person_id == person))
    await session.execute(update(PeerRow).where(PeerRow.starter_id == person).values(starter_id=None))
