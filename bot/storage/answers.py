"""Curated answers: taken in, changed and wiped; each method is one transaction, and nothing is ever overwritten."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import FixInput
from bot.storage.answer_reader import AnswerReader
from bot.storage.clock import Clock, utc_now
from bot.storage.curated import Answer, Change, Content, Origin, State
from bot.storage.curation_rows import answer_of, next_version
from bot.storage.curation_tables import AnswerRow, CurationEventRow, RevisionRow
from bot.storage.engine import Database

WIPED_TITLE = "(wiped)"

Decide = Callable[[Answer], Change]
"""Says what becomes of an answer as it stands in the transaction; raises where it may not become that."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer to take in.

    Attributes:
        name: its short name; one that is there gets a new revision.
        content: its words.
        credit: whose message it was made from.
        remark: what whoever approves it has to know.
    """

    name: str
    content: Content
    credit: int | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking an answer in came to, and the remark that it was taken in with."""

    answer: Answer
    how: Literal["new", "changed", "unchanged"]
    remark: str | None = None


class Answers(AnswerReader):
    """Reads and changes curated answers; every method names the server, and sees no other's."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        super().__init__(database)
        self._clock = clock

    async def take_in(
        self,
        server: int,
        person: int | None,
        entries: Iterable[Entry],
        *,
        origin: Origin,
        revise: Callable[[Answer, Content], Change] | None = None,
    ) -> tuple[Taken, ...]:
        """Keep answers as drafts, all of them or none.

        Args:
            server: whose they are.
            person: who brings them in; None for the operator of the program.
            entries: the answers; a name twice is the caller's fault.
            origin: where they come from.
            revise: says what becomes of one whose name is there with other words; without it that is refused.

        Raises:
            FixInput: a name is taken already, or the words may not be changed now.
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        taken = []
        async with self._database.writing() as session:
            version = await next_version(session, server, now)
            # Names may be sealed, so the database cannot look one up; `next_version` keeps others from adding any.
            names = select(AnswerRow.name, AnswerRow.answer_id).where(AnswerRow.server_id == server)
            ids = {name: answer for name, answer in await session.execute(names)}  # noqa: C416  # rows are no pairs to mypy
            for entry in entries:
                row = await session.get(AnswerRow, ids[entry.name]) if entry.name in ids else None
                if row is None:
                    row = _begin(session, server, person, entry, origin, now)
                    ids[entry.name] = row.answer_id
                    taken.append(Taken(answer_of(row), "new", entry.remark))
                elif revise is None:
                    raise FixInput(f"there is an answer named {entry.name} already", "choose another name, or edit it")
                elif await _digest(session, row) == entry.content.digest:
                    taken.append(Taken(answer_of(row), "unchanged", entry.remark))
                else:
                    change = revise(answer_of(row), entry.content)
                    why, credit = entry.remark, entry.credit
                    await _apply(session, row, change, person, why=why, credit=credit, at=(now, version))
                    taken.append(Taken(answer_of(row), "changed", entry.remark))
        return tuple(taken)

    async def change(
        self, server: int, answer: uuid.UUID, person: int | None, decide: Decide, *, why: str | None = None
    ) -> Answer:
        """Change an answer as `decide` says, on the row as it stands while nobody else can change it.

        Raises:
            FixInput: the server has no such answer, or `decide` refuses.
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        async with self._database.writing() as session:
            version = await next_version(session, server, now)
            row = await _row(session, server, answer)
            await _apply(session, row, decide(answer_of(row)), person, why=why, credit=None, at=(now, version))
            return answer_of(row)

    async def change_all(self, server: int, answers: Iterable[uuid.UUID], person: int | None, decide: Decide) -> int:
        """Change many answers in one transaction; those that are gone, or that `decide` refuses, stay as they are.

        Returns:
            How many were changed.

        Raises:
            AssistantError: the database cannot be used.
        """
        now, changed = self._clock(), 0
        async with self._database.writing() as session:
            version = await next_version(session, server, now)
            for answer in answers:
                try:
                    row = await _row(session, server, answer)
                    change = decide(answer_of(row))
                except FixInput:
                    continue
                await _apply(session, row, change, person, why=None, credit=None, at=(now, version))
                changed += 1
        return changed

    async def wipe(self, server: int, answer: uuid.UUID, number: int, person: int | None, *, why: str) -> Answer:
        """Take the words of a revision away for good; that there was one stays.

        An answer whose live words are wiped is live no more. One whose current words are wiped goes back to its live
        ones, or is retired where it has none.

        Raises:
            FixInput: the server has no such answer or revision.
            AssistantError: the database cannot be used.
        """
        now = self._clock()
        async with self._database.writing() as session:
            version = await next_version(session, server, now)
            row = await _row(session, server, answer)
            revision = await session.get(RevisionRow, (answer, number))
            if revision is None:
                raise FixInput(f"the answer has no revision {number}", "look at its history")
            revision.content, revision.digest, revision.why = None, None, None
            revision.wiped_at = revision.wiped_at or now
            if row.live == number:
                row.live, row.published = None, version
            if row.revision == number:
                row.state = (State.RETIRED if row.live is None else State.APPROVED).value
                row.revision = row.live or number
                row.title = await _title(session, row)
            row.changed_at = now
            _log(session, row, person, "redact", why=why, now=now, revision=number)
            return answer_of(row)


def _begin(
    session: AsyncSession, server: int, person: int | None, entry: Entry, origin: Origin, now: datetime
) -> AnswerRow:
    row = AnswerRow(
        answer_id=uuid.uuid4(),
        server_id=server,
        name=entry.name,
        title=entry.content.title,
        state=State.DRAFT.value,
        origin=origin.value,
        revision=1,
        live=None,
        published=0,
        author_id=person,
        changed_at=now,
    )
    session.add(row)
    why, credit = entry.remark, entry.credit
    _add_revision(session, row, 1, entry.content, person=person, base=None, why=why, credit=credit, now=now)
    _log(session, row, person, "begin", why=why, now=now)
    return row


async def _apply(
    session: AsyncSession,
    row: AnswerRow,
    change: Change,
    person: int | None,
    *,
    why: str | None,
    credit: int | None,
    at: tuple[datetime, int],
) -> None:
    now, version = at
    about = row.revision
    if change.content is not None:
        latest = select(func.max(RevisionRow.number)).where(RevisionRow.answer_id == row.answer_id)
        about = (await session.scalar(latest) or 0) + 1
        base = change.aside_from or row.revision
        parts = {"person": person, "base": base, "why": why, "credit": credit, "now": now}
        _add_revision(session, row, about, change.content, **parts)  # type: ignore[arg-type]  # each by its name
        if change.aside_from is None:
            row.revision, row.title = about, change.content.title
    if change.signature is not None:
        row.approved_role, row.approved_licence = change.signature.role, change.signature.licence
        row.approved_jurisdiction, row.approved_on = change.signature.jurisdiction, change.signature.on
        row.approver_id, row.review_by = change.approver, change.review_by
    if row.live != change.live or change.signature is not None:
        row.published = version
    row.live, row.state, row.changed_at = change.live, change.state.value, now
    _log(session, row, person, change.action, why=why, now=now, revision=about)


def _add_revision(  # noqa: PLR0913  # a revision's parts, each by its name
    session: AsyncSession,
    row: AnswerRow,
    number: int,
    content: Content,
    *,
    person: int | None,
    base: int | None,
    why: str | None,
    credit: int | None,
    now: datetime,
) -> None:
    session.add(
        RevisionRow(
            answer_id=row.answer_id,
            number=number,
            author_id=person,
            credit_id=credit,
            base=base,
            why=why,
            content=content.as_json(),
            digest=content.digest,
            made_at=now,
        )
    )


def _log(
    session: AsyncSession,
    row: AnswerRow,
    person: int | None,
    action: str,
    *,
    why: str | None,
    now: datetime,
    revision: int | None = None,
) -> None:
    session.add(
        CurationEventRow(
            server_id=row.server_id,
            answer_id=row.answer_id,
            person_id=person,
            action=action,
            revision=revision or row.revision,
            state=row.state,
            why=why,
            happened_at=now,
        )
    )


async def _row(session: AsyncSession, server: int, answer: uuid.UUID) -> AnswerRow:
    row = await session.scalar(
        select(AnswerRow).where(AnswerRow.server_id == server, AnswerRow.answer_id == answer).with_for_update()
    )
    if row is None:
        raise FixInput("this server has no such answer", "look at the list of its answers")
    return row


async def _digest(session: AsyncSession, row: AnswerRow) -> str | None:
    this = (RevisionRow.answer_id == row.answer_id, RevisionRow.number == row.revision)
    found: str | None = await session.scalar(select(RevisionRow.digest).where(*this))
    return found


async def _title(session: AsyncSession, row: AnswerRow) -> str:
    revision = await session.get(RevisionRow, (row.answer_id, row.revision))
    content = revision.content if revision else None
    return str(content["title"]) if content else WIPED_TITLE
