"""Second views and caveats on curated answers; shown once a supervisor other than their writer has approved them."""

import uuid
from datetime import datetime

from sqlalchemy import Select, select

from bot.errors import FixInput
from bot.storage.clock import Clock, utc_now
from bot.storage.curated import SecondView, Signature
from bot.storage.curation_rows import next_version, view_of
from bot.storage.curation_tables import AnswerRow, CurationEventRow, CurationRow, SecondViewRow
from bot.storage.engine import Database


class SecondViews:
    """Reads and writes second views."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, server: int, answer: uuid.UUID, person: int, *, about: str, text: str, signature: Signature
    ) -> SecondView:
        """Keep a view; it is shown once it is approved.

        Raises:
            FixInput: the server has no such answer, or none of its revisions is live.
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        row = SecondViewRow(
            view_id=uuid.uuid4(),
            answer_id=answer,
            person_id=person,
            about=about,
            text=text,
            role=signature.role,
            licence=signature.licence,
            jurisdiction=signature.jurisdiction,
            written_on=signature.on,
        )
        there = select(AnswerRow).where(AnswerRow.server_id == server, AnswerRow.answer_id == answer)
        async with self._database.writing() as session:
            await next_version(session, server, now)
            found = await session.scalar(there)
            if found is None:
                raise FixInput("this server has no such answer", "look at the list of its answers")
            if found.live is None:
                raise FixInput("nobody gets this answer yet", "edit it; a second view stands beside an approved one")
            session.add_all([row, _event(server, row, person, "second view", now=now)])
            return view_of(row)

    async def approve(self, server: int, view: uuid.UUID, person: int) -> SecondView:
        """Let a view be shown.

        Raises:
            FixInput: the server has no such view, or the person wrote it and the server does not allow that.
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        async with self._database.writing() as session:
            await next_version(session, server, now)
            row = await session.scalar(_of(server, view))
            if row is None or row.text is None:
                raise FixInput("this server has no such second view", "look at the answer's history")
            own = await session.scalar(select(CurationRow.own_approval).where(CurationRow.server_id == server))
            if row.person_id == person and not own:
                raise FixInput("nobody approves their own text here", "ask another supervisor")
            row.approved_at, row.approver_id = row.approved_at or now, person
            session.add(_event(server, row, person, "approve view", now=now))
            return view_of(row)

    async def wipe(self, server: int, view: uuid.UUID, person: int) -> None:
        """Take the words of a view away for good; that there was one stays.

        Raises:
            FixInput: the server has no such view.
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        async with self._database.writing() as session:
            await next_version(session, server, now)
            row = await session.scalar(_of(server, view))
            if row is None:
                raise FixInput("this server has no such second view", "look at the answer's history")
            row.text = None
            session.add(_event(server, row, person, "redact view", now=now))

    async def waiting(self, server: int) -> tuple[SecondView, ...]:
        """Return a server's views that nobody has approved, earliest first.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = (
            select(SecondViewRow)
            .join(AnswerRow, AnswerRow.answer_id == SecondViewRow.answer_id)
            .where(AnswerRow.server_id == server, SecondViewRow.approved_at.is_(None), SecondViewRow.text.is_not(None))
        )
        async with self._database.reading() as session:
            rows = await session.scalars(wanted.order_by(SecondViewRow.written_on, SecondViewRow.view_id))
            return tuple(view_of(row) for row in rows)

    async def find(self, server: int, view: uuid.UUID) -> SecondView | None:
        """Return a view of a server, or None where it has none of this id.

        Raises:
            AssistantError: the database cannot be used.
        """
        async with self._database.reading() as session:
            row = await session.scalar(_of(server, view))
            return view_of(row) if row else None

    async def of(self, server: int, answer: uuid.UUID) -> tuple[SecondView, ...]:
        """Return the views on an answer, approved or not.

        Raises:
            AssistantError: the database cannot be used.
        """
        wanted = (
            select(SecondViewRow)
            .join(AnswerRow, AnswerRow.answer_id == SecondViewRow.answer_id)
            .where(AnswerRow.server_id == server, SecondViewRow.answer_id == answer)
        )
        async with self._database.reading() as session:
            rows = await session.scalars(wanted.order_by(SecondViewRow.written_on, SecondViewRow.view_id))
            return tuple(view_of(row) for row in rows)


def _of(server: int, view: uuid.UUID) -> Select[tuple[SecondViewRow]]:
    joined = select(SecondViewRow).join(AnswerRow, AnswerRow.answer_id == SecondViewRow.answer_id)
    return joined.where(AnswerRow.server_id == server, SecondViewRow.view_id == view)


def _event(server: int, row: SecondViewRow, person: int, action: str, *, now: datetime) -> CurationEventRow:
    return CurationEventRow(server_id=server, answer_id=row.answer_id, person_id=person, action=action, happened_at=now)
