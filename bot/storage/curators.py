"""A person's and a server's part in curation: what is kept of them, and its erasure inside the caller's transaction."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.curation_tables import (
    AnswerRow,
    CardMarkRow,
    CurationEventRow,
    CurationRow,
    EscalationRow,
    ReviewerRow,
    RevisionRow,
    SecondViewRow,
    TopicOwnerRow,
)
from bot.storage.tables import Table


@dataclass(frozen=True, slots=True)
class CuratorErased:
    """How much of a person's part in curation was erased.

    Attributes:
        drafts: answers of theirs that were never approved, gone.
        kept: answers that stay, under "a former member".
        questions: questions that they put to supervisors, gone.
    """

    drafts: int = 0
    kept: int = 0
    questions: int = 0


@dataclass(frozen=True, slots=True)
class CuratorKept:
    """What is kept of a person's part in curation.

    Attributes:
        revisions: texts they wrote, as answer, number, title, and when.
        views: second views they wrote.
        events: what they did, and when.
        questions: what they put to supervisors, redacted, and when.
        signatures: server, role, licence and jurisdiction.
        topics: server and topic that they own.
    """

    revisions: tuple[dict[str, Any], ...] = ()
    views: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    questions: tuple[dict[str, Any], ...] = ()
    signatures: tuple[dict[str, Any], ...] = ()
    topics: tuple[dict[str, Any], ...] = ()


async def kept_of(session: AsyncSession, person: int) -> CuratorKept:
    """Return everything that is kept of a person's part in curation."""
    written = select(RevisionRow).where((RevisionRow.author_id == person) | (RevisionRow.credit_id == person))
    views = select(SecondViewRow).where(SecondViewRow.person_id == person)
    did = select(CurationEventRow).where(CurationEventRow.person_id == person)
    asked = select(EscalationRow).where(EscalationRow.asker_id == person)
    signs = select(ReviewerRow).where(ReviewerRow.person_id == person)
    owns = select(TopicOwnerRow).where(TopicOwnerRow.person_id == person)
    return CuratorKept(
        revisions=tuple(
            {"answer": str(row.answer_id), "number": row.number, "made_at": row.made_at, "content": row.content}
            for row in await session.scalars(written.order_by(RevisionRow.made_at))
        ),
        views=tuple(
            {"answer": str(row.answer_id), "about": row.about, "text": row.text} for row in await session.scalars(views)
        ),
        events=tuple(
            {"answer": str(row.answer_id), "action": row.action, "at": row.happened_at}
            for row in await session.scalars(did.order_by(CurationEventRow.event_id))
        ),
        questions=tuple(
            {"server": row.server_id, "question": row.question, "asked_at": row.asked_at, "reply": row.reply}
            for row in await session.scalars(asked.order_by(EscalationRow.asked_at))
        ),
        signatures=tuple(
            {"server": row.server_id, "role": row.role, "licence": row.licence, "jurisdiction": row.jurisdiction}
            for row in await session.scalars(signs)
        ),
        topics=tuple({"server": row.server_id, "topic": row.topic} for row in await session.scalars(owns)),
    )


async def forget_curator(session: AsyncSession, person: int) -> CuratorErased:
    """Erase a person's part in curation.

    What was approved once stays, and so does any text on the way to a newer revision of it, under "a former member".
    What was never approved goes, unless a colleague has written in it.
    """
    approved = AnswerRow.approved_on.is_not(None)
    colleagues = select(RevisionRow.answer_id).where(
        RevisionRow.author_id.is_distinct_from(person), RevisionRow.answer_id == AnswerRow.answer_id
    )
    drafts = await session.execute(
        delete(AnswerRow)
        .where(AnswerRow.author_id == person, ~approved, ~colleagues.exists())
        .returning(AnswerRow.answer_id)
        .execution_options(synchronize_session=False)
    )
    theirs = select(func.count(RevisionRow.answer_id.distinct())).where(
        (RevisionRow.author_id == person) | (RevisionRow.credit_id == person)
    )
    kept = await session.scalar(theirs)
    questions = await session.execute(
        delete(EscalationRow).where(EscalationRow.asker_id == person).returning(EscalationRow.escalation_id)
    )
    gone = len(drafts.all())
    await session.execute(
        delete(SecondViewRow).where(SecondViewRow.person_id == person, SecondViewRow.approved_at.is_(None))
    )
    for table in (ReviewerRow, TopicOwnerRow):
        await session.execute(delete(table).where(table.person_id == person))
    for column in (
        AnswerRow.author_id,
        AnswerRow.approver_id,
        RevisionRow.author_id,
        RevisionRow.credit_id,
        CurationEventRow.person_id,
        SecondViewRow.person_id,
        SecondViewRow.approver_id,
        CardMarkRow.person_id,
        EscalationRow.answered_by,
    ):
        await session.execute(update(column.class_).where(column == person).values({column.key: None}))
    return CuratorErased(drafts=gone, kept=kept or 0, questions=len(questions.all()))


async def forget_curation(session: AsyncSession, server: int) -> None:
    """Erase what a server has curated."""
    tables: tuple[type[Table], ...] = (
        AnswerRow,
        CurationEventRow,
        CardMarkRow,
        TopicOwnerRow,
        EscalationRow,
        ReviewerRow,
        CurationRow,
    )
    for table in tables:
        await session.execute(delete(table).where(table.__table__.c.server_id == server))
