"""The tables. Discord's ids are 64-bit numbers; times are in UTC; no column holds what a person wrote in a question."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    Uuid,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DIRECT = 0
"""Stands for the server where there is none: direct messages, and servers that the bot was not added to."""

REVISION_TABLE = "supervision_revision"
"""Where Alembic keeps the revision; not its usual name, which another program in the same PostgreSQL may use."""

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A point in time; it goes in and comes out with its zone, on SQLite too, which keeps none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the value in UTC."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without its zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401  # as the base
        """Return the value in UTC."""
        del dialect
        if value is None:
            return None
        stored: datetime = value
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


class Table(DeclarativeBase):
    """Base of the tables; never leaves `bot.storage`."""

    metadata = MetaData(naming_convention=_NAMES)


class ServerRow(Table):
    """What a server's managers have set."""

    __tablename__ = "server_settings"
    __table_args__ = (
        CheckConstraint("threads IN ('private', 'public')", name="threads"),
        CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_days"),
    )

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    supervisor_role_id: Mapped[int | None] = mapped_column(BigInteger)
    on_call_role_id: Mapped[int | None] = mapped_column(BigInteger)
    review_channel_id: Mapped[int | None] = mapped_column(BigInteger)
    region: Mapped[str | None] = mapped_column(String(32))
    threads: Mapped[str] = mapped_column(String(8))
    retention_days: Mapped[int]
    features: Mapped[list[str]] = mapped_column(JSON)
    open_channels: Mapped[list[int]] = mapped_column(JSON)
    review_region: Mapped[str | None] = mapped_column(String(32))
    review_role: Mapped[str | None] = mapped_column(String(100))
    review_licence: Mapped[str | None] = mapped_column(String(100))
    review_jurisdiction: Mapped[str | None] = mapped_column(String(100))
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    scope_setting: Mapped[str | None] = mapped_column(String(200))
    scope_licences: Mapped[str | None] = mapped_column(String(200))
    scope_jurisdiction: Mapped[str | None] = mapped_column(String(200))
    scope_on_call: Mapped[str | None] = mapped_column(String(200))
    scope_protocol: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(Instant)


class ConsentRow(Table):
    """That a person has seen the notice in a server, and which writer they allow."""

    __tablename__ = "consents"
    __table_args__ = (CheckConstraint("writer IN ('any', 'built_in')", name="writer"),)

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    notice: Mapped[str] = mapped_column(String(32))
    writer: Mapped[str] = mapped_column(String(8))
    given_at: Mapped[datetime] = mapped_column(Instant)


class PersonRow(Table):
    """What a person has chosen for themselves, wherever they ask."""

    __tablename__ = "people"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    region: Mapped[str | None] = mapped_column(String(32))
    plain: Mapped[bool] = mapped_column(server_default=false())
    reflect: Mapped[bool] = mapped_column(server_default=false())


class ConsultationRow(Table):
    """That a question was asked, and what it came to; not the question, nor the answer."""

    __tablename__ = "consultations"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('answered', 'abstained', 'out_of_scope', 'crisis', 'withheld', 'unavailable')", name="outcome"
        ),
        Index(None, "server_id", "asked_at"),
    )

    consultation_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    server_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger, index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    cards: Mapped[list[str]] = mapped_column(JSON)
    units: Mapped[list[str] | None] = mapped_column(JSON)
    topic: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    milliseconds: Mapped[int]
    writer: Mapped[str | None] = mapped_column(String(120))


class FeedbackRow(Table):
    """Whether one person found one answer helpful."""

    __tablename__ = "feedback"

    consultation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("consultations.consultation_id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    helpful: Mapped[bool]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    given_at: Mapped[datetime] = mapped_column(Instant)


class CallRow(Table):
    """That a person called the on-call role about one danger; nothing of the danger."""

    __tablename__ = "on_call_calls"

    consultation_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    server_id: Mapped[int] = mapped_column(BigInteger)
    begun_at: Mapped[datetime] = mapped_column(Instant)
    posted: Mapped[bool]


class FloorRow(Table):
    """That a supervisor has the floor in a thread; not who."""

    __tablename__ = "floors"

    thread_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    server_id: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime] = mapped_column(Instant)
    told: Mapped[bool]


class FactRow(Table):
    """What the database knows about itself: which keys sealed texts in it, and its own name."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
