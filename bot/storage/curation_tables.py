"""The tables of curation: answers of a server's supervisors, who did what with them, and questions put to supervisors.

Texts in them are redacted before they come here, and encrypted where DATA_KEY is set. Every row that a server's askers
can see hangs on `server_id`.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealed import SealedJson, SealedText
from bot.storage.tables import Instant, Table


class CurationRow(Table):
    """A server's rules for curation, and the number that grows with each change of its answers."""

    __tablename__ = "curation_servers"
    __table_args__ = (CheckConstraint("review_days BETWEEN 1 AND 3650", name="review_days"),)

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)
    own_approval: Mapped[bool]
    review_days: Mapped[int]


class AnswerRow(Table):
    """One curated answer: where it stands, which revision is live, and who approved that."""

    __tablename__ = "curated_answers"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'due', 'rejected', 'retired')",
            name="state",
        ),
        UniqueConstraint("server_id", "name", name="uq_curated_answers_server_id_name"),
        Index(None, "server_id", "published"),
    )

    answer_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    server_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(SealedText)
    title: Mapped[str] = mapped_column(SealedText)
    state: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int]
    live: Mapped[int | None]
    published: Mapped[int] = mapped_column(BigInteger)
    author_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    approver_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    approved_role: Mapped[str | None] = mapped_column(String(100))
    approved_licence: Mapped[str | None] = mapped_column(String(100))
    approved_jurisdiction: Mapped[str | None] = mapped_column(String(100))
    approved_on: Mapped[date | None] = mapped_column(Date)
    review_by: Mapped[date | None] = mapped_column(Date)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class RevisionRow(Table):
    """One text of an answer; never changed, save that its words are wiped and the row stays."""

    __tablename__ = "curated_revisions"

    answer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("curated_answers.answer_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    credit_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    base: Mapped[int | None]
    why: Mapped[str | None] = mapped_column(SealedText)
    content: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    digest: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    wiped_at: Mapped[datetime | None] = mapped_column(Instant)


class CurationEventRow(Table):
    """That somebody did something to an answer; kept when the answer's words are gone."""

    __tablename__ = "curation_events"
    __table_args__ = (Index(None, "server_id", "answer_id"),)

    event_id: Mapped[int] = mapped_column(primary_key=True)
    server_id: Mapped[int] = mapped_column(BigInteger)
    answer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    person_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    action: Mapped[str] = mapped_column(String(24))
    revision: Mapped[int | None]
    state: Mapped[str | None] = mapped_column(String(16))
    why: Mapped[str | None] = mapped_column(SealedText)
    happened_at: Mapped[datetime] = mapped_column(Instant)


class SecondViewRow(Table):
    """Another supervisor's view of an answer, or a caveat; shown with it once somebody else has approved it."""

    __tablename__ = "second_views"
    __table_args__ = (CheckConstraint("about IN ('view', 'culture', 'setting', 'modality')", name="about"),)

    view_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    answer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("curated_answers.answer_id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    about: Mapped[str] = mapped_column(String(16))
    text: Mapped[str | None] = mapped_column(SealedText)
    role: Mapped[str] = mapped_column(String(100))
    licence: Mapped[str] = mapped_column(String(100))
    jurisdiction: Mapped[str] = mapped_column(String(100))
    written_on: Mapped[date] = mapped_column(Date)
    approver_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)


class ReviewerRow(Table):
    """What a supervisor signs their reviews with, so that they type it once."""

    __tablename__ = "curation_reviewers"

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    role: Mapped[str] = mapped_column(String(100))
    licence: Mapped[str] = mapped_column(String(100))
    jurisdiction: Mapped[str] = mapped_column(String(100))


class CardMarkRow(Table):
    """What a server's supervisors say of a card of the core corpus: verified by them, or hidden for this server."""

    __tablename__ = "card_marks"
    __table_args__ = (CheckConstraint("mark IN ('verified', 'hidden')", name="mark"),)

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    card_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    mark: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    marked_at: Mapped[datetime] = mapped_column(Instant)
    role: Mapped[str | None] = mapped_column(String(100))
    licence: Mapped[str | None] = mapped_column(String(100))
    jurisdiction: Mapped[str | None] = mapped_column(String(100))


class TopicOwnerRow(Table):
    """Who is asked first about a topic."""

    __tablename__ = "topic_owners"

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, index=True)


class EscalationRow(Table):
    """A redacted question that its asker put to the supervisors, and what came of it."""

    __tablename__ = "escalations"
    __table_args__ = (
        CheckConstraint("tell IN ('here', 'direct')", name="tell"),
        Index(None, "server_id", "asked_at"),
    )

    escalation_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    server_id: Mapped[int] = mapped_column(BigInteger)
    asker_id: Mapped[int] = mapped_column(BigInteger, index=True)
    anonymous: Mapped[bool]
    tell: Mapped[str] = mapped_column(String(8))
    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    topic: Mapped[str | None] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(SealedText)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    reply: Mapped[str | None] = mapped_column(SealedText)
    answered_by: Mapped[int | None] = mapped_column(BigInteger, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
