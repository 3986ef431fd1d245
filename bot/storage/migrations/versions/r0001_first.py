"""Server settings, consents, people's own region, consultation rows and feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "server_settings",
        sa.Column("server_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("supervisor_role_id", sa.BigInteger),
        sa.Column("on_call_role_id", sa.BigInteger),
        sa.Column("review_channel_id", sa.BigInteger),
        sa.Column("region", sa.String(32)),
        sa.Column("threads", sa.String(8), nullable=False),
        sa.Column("retention_days", sa.Integer, nullable=False),
        sa.Column("features", sa.JSON, nullable=False),
        sa.Column("open_channels", sa.JSON, nullable=False),
        sa.Column("review_region", sa.String(32)),
        sa.Column("review_role", sa.String(100)),
        sa.Column("review_licence", sa.String(100)),
        sa.Column("review_jurisdiction", sa.String(100)),
        sa.Column("reviewed_on", sa.Date),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("server_id", name="pk_server_settings"),
        sa.CheckConstraint("threads IN ('private', 'public')", name=op.f("ck_server_settings_threads")),
        sa.CheckConstraint("retention_days BETWEEN 1 AND 3650", name=op.f("ck_server_settings_retention_days")),
    )
    op.create_table(
        "consents",
        sa.Column("person_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("server_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("notice", sa.String(32), nullable=False),
        sa.Column("writer", sa.String(8), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "server_id", name="pk_consents"),
        sa.CheckConstraint("writer IN ('any', 'built_in')", name=op.f("ck_consents_writer")),
    )
    op.create_index("ix_consents_server_id", "consents", ["server_id"])
    op.create_table(
        "people",
        sa.Column("person_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_people"),
    )
    op.create_table(
        "consultations",
        sa.Column("consultation_id", sa.Uuid, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("cards", sa.JSON, nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("writer", sa.String(120)),
        sa.PrimaryKeyConstraint("consultation_id", name="pk_consultations"),
        sa.CheckConstraint(
            "outcome IN ('answered', 'abstained', 'out_of_scope', 'crisis', 'withheld', 'unavailable')",
            name=op.f("ck_consultations_outcome"),
        ),
    )
    op.create_index("ix_consultations_server_id_asked_at", "consultations", ["server_id", "asked_at"])
    op.create_index("ix_consultations_person_id", "consultations", ["person_id"])
    op.create_index("ix_consultations_asked_at", "consultations", ["asked_at"])
    op.create_table(
        "feedback",
        sa.Column("consultation_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consultation_id", "person_id", name="pk_feedback"),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name="fk_feedback_consultation_id_consultations",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_feedback_person_id", "feedback", ["person_id"])


def downgrade() -> None:
    """Take the tables away, with what they hold."""
    for table in ("feedback", "consultations", "people", "consents", "server_settings"):
        op.drop_table(table)
