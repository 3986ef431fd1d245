"""The tables of questions some days after an answer: who is still to be asked, and what people reported, unnamed."""

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables import Instant, Table


class AfterwardsRow(Table):
    """That somebody wants to be asked what became of an answer; whose it was is dropped once they are asked."""

    __tablename__ = "afterwards"
    __table_args__ = (UniqueConstraint("consultation_id", name="uq_afterwards_consultation_id"),)

    question_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    server_id: Mapped[int] = mapped_column(BigInteger, index=True)
    consultation_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    person_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    cards: Mapped[list[str]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


class ReportRow(Table):
    """What one asker reported of one card; `asker` is a check value that differs from card to card."""

    __tablename__ = "afterwards_reports"
    __table_args__ = (
        CheckConstraint("tried IN ('yes', 'part', 'no')", name="tried"),
        CheckConstraint("bond IN ('better', 'same', 'worse')", name="bond"),
        CheckConstraint("supervision IN ('yes', 'not_yet', 'no')", name="supervision"),
    )

    server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    card_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    asker: Mapped[str] = mapped_column(String(32), primary_key=True)
    tried: Mapped[str] = mapped_column(String(8))
    bond: Mapped[str] = mapped_column(String(8))
    supervision: Mapped[str] = mapped_column(String(8))
    reported_on: Mapped[date] = mapped_column(Date)
