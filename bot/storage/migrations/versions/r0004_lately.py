"""Calls of the on-call role, and threads in which a supervisor has the floor, so that a restart forgets neither."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "on_call_calls",
        sa.Column("consultation_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("consultation_id", "person_id", name="pk_on_call_calls"),
    )
    op.create_index("ix_on_call_calls_person_id", "on_call_calls", ["person_id"])
    op.create_table(
        "floors",
        sa.Column("thread_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name="pk_floors"),
    )


def downgrade() -> None:
    """Take the tables away, with what they hold."""
    op.drop_table("floors")
    op.drop_table("on_call_calls")
