"""A server's scope card; questions some days after an answer; peer consultations that go on."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

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
    op.create_table(
        "peer_consultations",
        sa.Column("thread_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("starter_id", sa.BigInteger),
        sa.Column("protocol", sa.String(24), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("seconds_left", sa.Integer),
        sa.Column("poll_id", sa.BigInteger),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name="pk_peer_consultations"),
    )
    op.create_index("ix_peer_consultations_server_id", "peer_consultations", ["server_id"])
    op.create_index("ix_peer_consultations_starter_id", "peer_consultations", ["starter_id"])
    op.create_table(
        "peer_roles",
        sa.Column("thread_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("person_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name="pk_peer_roles"),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["peer_consultations.thread_id"],
            name="fk_peer_roles_thread_id_peer_consultations",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("role IN ('presenter', 'consultant', 'observer')", name=op.f("ck_peer_roles_role")),
    )
    op.create_index("ix_peer_roles_person_id", "peer_roles", ["person_id"])


def downgrade() -> None:
    """Take the tables and the columns away."""
    for table in ("peer_roles", "peer_consultations"):
        op.drop_table(table)
    op.drop_table("afterwards_reports")
    op.drop_table("afterwards")
    for name in _SCOPE:
        op.drop_column("server_settings", name)
