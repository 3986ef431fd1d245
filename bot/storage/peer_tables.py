"""The tables of peer consultations that go on at present: ids, steps and times; no text."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables import Instant, Table


class PeerRow(Table):
    """A peer consultation in a thread; deleted when it ends."""

    __tablename__ = "peer_consultations"

    thread_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    server_id: Mapped[int] = mapped_column(BigInteger, index=True)
    starter_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    protocol: Mapped[str] = mapped_column(String(24))
    step: Mapped[int]
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    seconds_left: Mapped[int | None]
    poll_id: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(Instant)


class PeerRoleRow(Table):
    """Who takes part in it, as what."""

    __tablename__ = "peer_roles"
    __table_args__ = (CheckConstraint("role IN ('presenter', 'consultant', 'observer')", name="role"),)

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("peer_consultations.thread_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    role: Mapped[str] = mapped_column(String(10))
