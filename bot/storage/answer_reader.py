"""Reads curated answers, their revisions and their events; every method names the server, and sees no other's."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from bot.storage.curated import Answer, Content, Event, Revision, State
from bot.storage.curation_rows import answer_of, event_of, revision_of
from bot.storage.curation_tables import AnswerRow, CurationEventRow, RevisionRow
from bot.storage.engine import Database

_EVENTS_AT_MOST = 500


class AnswerReader:
    """The reading half of `Answers`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, server: int, answer: uuid.UUID) -> Answer | None:
        """Return an answer of a server, or None where that server has none of this id.

        Raises:
            AssistantError: the database cannot be used.
        """
        found = select(AnswerRow).where(AnswerRow.server_id == server, AnswerRow.answer_id == answer)
        async with self._database.reading() as session:
            row = await session.scalar(found)
            return answer_of(row) if row else None

    async def listed(
        self, server: int, states: Iterable[State] = tuple(State), *, due_by: date | None = None
    ) -> tuple[Answer, ...]:
        """Return a server's answers, those first that nothing was done to for longest.

        Args:
            server: whose.
            states: only those in these.
            due_by: only those whose live revision is to be looked at again by that day.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = select(AnswerRow).where(
            AnswerRow.server_id == server, AnswerRow.state.in_([state.value for state in states])
        )
        if due_by is not None:
            wanted = wanted.where(AnswerRow.live.is_not(None), AnswerRow.review_by <= due_by)
        async with self._database.reading() as session:
            rows = await session.scalars(wanted)
            return tuple(sorted(map(answer_of, rows), key=lambda one: (one.changed_at, one.name)))

    async def overdue(self, today: date) -> tuple[Answer, ...]:
        """Return the approved answers of every server whose day has come, for the daily turn.

        Raises:
            AssistantError: the database cannot be used.
        """
        passed = (AnswerRow.state == State.APPROVED.value, AnswerRow.review_by <= today)
        async with self._database.reading() as session:
            return tuple(answer_of(row) for row in await session.scalars(select(AnswerRow).where(*passed)))

    async def revisions(
        self, server: int, answer: uuid.UUID, numbers: Sequence[int] | None = None
    ) -> tuple[Revision, ...]:
        """Return the revisions of an answer, earliest first; only some where numbers are given.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = (
            select(RevisionRow)
            .join(AnswerRow, AnswerRow.answer_id == RevisionRow.answer_id)
            .where(AnswerRow.server_id == server, RevisionRow.answer_id == answer)
        )
        if numbers is not None:
            wanted = wanted.where(RevisionRow.number.in_(numbers))
        async with self._database.reading() as session:
            return tuple(revision_of(row) for row in await session.scalars(wanted.order_by(RevisionRow.number)))

    async def current(self, server: int) -> tuple[tuple[Answer, Content], ...]:
        """Return a server's answers with the words of their current revisions, by name; wiped ones are left out.

        Raises:
            AssistantError: the database cannot be used.
        """
        this = (RevisionRow.answer_id == AnswerRow.answer_id) & (RevisionRow.number == AnswerRow.revision)
        wanted = select(AnswerRow, RevisionRow).join(RevisionRow, this).where(AnswerRow.server_id == server)
        async with self._database.reading() as session:
            rows = (await session.execute(wanted)).all()
        found = [(answer_of(row), Content.from_json(text.content)) for row, text in rows if text.content]
        return tuple(sorted(found, key=lambda one: one[0].name))

    async def titles(self, server: int, answers: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
        """Return the titles of some answers of a server; those that it does not have are left out.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = select(AnswerRow.answer_id, AnswerRow.title).where(
            AnswerRow.server_id == server, AnswerRow.answer_id.in_(list(answers))
        )
        async with self._database.reading() as session:
            return {answer: title for answer, title in await session.execute(wanted)}  # noqa: C416  # rows are no pairs to mypy

    async def events(
        self,
        server: int,
        answer: uuid.UUID | None = None,
        *,
        person: int | None = None,
        before: int | None = None,
        limit: int = _EVENTS_AT_MOST,
    ) -> tuple[Event, ...]:
        """Return who did what in a server, or to one answer; the latest ones, earliest first.

        Args:
            server: where.
            answer: only what was done to this one.
            person: only what this one did.
            before: only events with a lower number.
            limit: how many at most.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = select(CurationEventRow).where(CurationEventRow.server_id == server)
        if answer is not None:
            wanted = wanted.where(CurationEventRow.answer_id == answer)
        if person is not None:
            wanted = wanted.where(CurationEventRow.person_id == person)
        if before is not None:
            wanted = wanted.where(CurationEventRow.event_id < before)
        async with self._database.reading() as session:
            rows = await session.scalars(wanted.order_by(CurationEventRow.event_id.desc()).limit(limit))
            return tuple(event_of(row) for row in reversed(rows.all()))
