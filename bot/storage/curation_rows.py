"""Turns rows of curation into what leaves the storage, and keeps the number that grows with each change."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.curated import Answer, Content, Event, Origin, Revision, SecondView, Signature, State
from bot.storage.curation_tables import AnswerRow, CurationEventRow, CurationRow, RevisionRow, SecondViewRow
from bot.storage.statements import insert_or_update

REVIEW_DAYS = 180
"""Days after which an approved answer is due, where its server has set none."""


async def next_version(session: AsyncSession, server: int, now: datetime) -> int:
    """Count a server's number up and return it; who changes its answers at the same time waits here.

    A server's first number is the time, so that one which comes back after it was erased never repeats a number.
    """
    first = {
        "server_id": server,
        "version": int(now.timestamp() * 1000),
        "own_approval": False,
        "review_days": REVIEW_DAYS,
    }
    await insert_or_update(session, CurationRow, first, keys=("server_id",), update=())
    counted = update(CurationRow).where(CurationRow.server_id == server).values(version=CurationRow.version + 1)
    return (await session.execute(counted.returning(CurationRow.version))).scalar_one()


def answer_of(row: AnswerRow) -> Answer:
    """Return a row as an answer."""
    signature = None
    if row.approved_on is not None:
        signature = Signature(
            row.approved_role or "", row.approved_licence or "", row.approved_jurisdiction or "", row.approved_on
        )
    return Answer(
        id=row.answer_id,
        server=row.server_id,
        name=row.name,
        title=row.title,
        state=State(row.state),
        origin=Origin(row.origin),
        revision=row.revision,
        live=row.live,
        author=row.author_id,
        approver=row.approver_id,
        signature=signature,
        review_by=row.review_by,
        changed_at=row.changed_at,
    )


def revision_of(row: RevisionRow) -> Revision:
    """Return a row as a revision."""
    return Revision(
        answer=row.answer_id,
        number=row.number,
        author=row.author_id,
        credit=row.credit_id,
        base=row.base,
        why=row.why,
        content=None if row.content is None else Content.from_json(row.content),
        made_at=row.made_at,
        wiped_at=row.wiped_at,
    )


def event_of(row: CurationEventRow) -> Event:
    """Return a row as an event."""
    return Event(
        number=row.event_id,
        answer=row.answer_id,
        person=row.person_id,
        action=row.action,
        revision=row.revision,
        state=State(row.state) if row.state else None,
        why=row.why,
        at=row.happened_at,
    )


def view_of(row: SecondViewRow) -> SecondView:
    """Return a row as a second view."""
    signature = Signature(row.role, row.licence, row.jurisdiction, row.written_on)
    return SecondView(row.view_id, row.answer_id, row.person_id, row.about, row.text, signature, row.approved_at)
