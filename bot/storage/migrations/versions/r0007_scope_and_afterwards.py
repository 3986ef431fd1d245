"""A server's scope card; questions some days after an answer, and what was reported."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0003"

_SCOPE = ("scope_setting", "scope_licences", "scope_jurisdiction", "scope_on_call", "scope_protocol")


def upgrade() -> None:
    """Add the columns and make the tables."""
    for name in _SCOPE:
        op.add_column("server_settings", sa.Column(name, sa.String(200)))
    op.create_table(
        "afterwards",
        sa.Column("question_id", sa.Uuid, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("consultation_id", sa.Uuid),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("cards", sa.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("question_id", name="pk_afterwards"),
        sa.UniqueConstraint("consultation_id", name="uq_afterwards_consultation_id"),
    )
    op.create_index("ix_afterwards_server_id", "afterwards", ["server_id"])
    op.create_index("ix_afterwards_person_id", "afterwards", ["person_id"])
    op.create_index("ix_afterwards_due_at", "afterwards", ["due_at"])
    op.create_table(
        "afterwards_reports",
        sa.Column("server_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("card_id", sa.String(64), nullable=False),
        sa.Column("asker", sa.String(32), nullable=False),
        sa.Column("tried", sa.String(8), nullable=False),
        sa.Column("bond", sa.String(8), nullable=False),
        sa.Column("supervision", sa.String(8), nullable=False),
        sa.Column("reported_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "card_id", "asker", name="pk_afterwards_reports"),
        sa.CheckConstraint("tried IN ('yes', 'part', 'no')", name=op.f("ck_afterwards_reports_tried")),
        sa.CheckConstraint("bond IN ('better', 'same', 'worse')", name=op.f("ck_afterwards_reports_bond")),
        sa.CheckConstraint("supervision IN ('yes', 'not_yet', 'no')", name=op.f("ck_afterwards_reports_supervision")),
    )


def downgrade() -> None:
    """Take the tables and the columns away."""
    op.drop_table("afterwards_reports")
    op.drop_table("afterwards")
    for name in _SCOPE:
        op.drop_column("server_settings", name)
