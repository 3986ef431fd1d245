"""Curated answers with their revisions and events, second views, marks on cards, and questions for supervisors."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = (
    "curation_servers",
    "curated_answers",
    "curated_revisions",
    "curation_events",
    "second_views",
    "curation_reviewers",
    "card_marks",
    "topic_owners",
    "escalations",
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "curation_servers",
        sa.Column("server_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("own_approval", sa.Boolean, nullable=False),
        sa.Column("review_days", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("server_id", name="pk_curation_servers"),
        sa.CheckConstraint("review_days BETWEEN 1 AND 3650", name=op.f("ck_curation_servers_review_days")),
    )
    op.create_table(
        "curated_answers",
        sa.Column("answer_id", sa.Uuid, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("live", sa.Integer),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("approver_id", sa.BigInteger),
        sa.Column("approved_role", sa.String(100)),
        sa.Column("approved_licence", sa.String(100)),
        sa.Column("approved_jurisdiction", sa.String(100)),
        sa.Column("approved_on", sa.Date),
        sa.Column("review_by", sa.Date),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_curated_answers"),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'due', 'rejected', 'retired')",
            name=op.f("ck_curated_answers_state"),
        ),
        sa.UniqueConstraint("server_id", "name", name="uq_curated_answers_server_id_name"),
    )
    op.create_index("ix_curated_answers_approver_id", "curated_answers", ["approver_id"])
    op.create_index("ix_curated_answers_author_id", "curated_answers", ["author_id"])
    op.create_index("ix_curated_answers_server_id_published", "curated_answers", ["server_id", "published"])
    op.create_table(
        "curated_revisions",
        sa.Column("answer_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("credit_id", sa.BigInteger),
        sa.Column("base", sa.Integer),
        sa.Column("why", sa.String(400)),
        sa.Column("content", sa.JSON),
        sa.Column("digest", sa.String(64)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wiped_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("answer_id", "number", name="pk_curated_revisions"),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["curated_answers.answer_id"],
            name="fk_curated_revisions_answer_id_curated_answers",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_curated_revisions_author_id", "curated_revisions", ["author_id"])
    op.create_index("ix_curated_revisions_credit_id", "curated_revisions", ["credit_id"])
    op.create_table(
        "curation_events",
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("answer_id", sa.Uuid),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("action", sa.String(24), nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("state", sa.String(16)),
        sa.Column("why", sa.String(400)),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_curation_events"),
    )
    op.create_index("ix_curation_events_person_id", "curation_events", ["person_id"])
    op.create_index("ix_curation_events_server_id_answer_id", "curation_events", ["server_id", "answer_id"])
    op.create_table(
        "second_views",
        sa.Column("view_id", sa.Uuid, nullable=False),
        sa.Column("answer_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("about", sa.String(16), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("role", sa.String(100), nullable=False),
        sa.Column("licence", sa.String(100), nullable=False),
        sa.Column("jurisdiction", sa.String(100), nullable=False),
        sa.Column("written_on", sa.Date, nullable=False),
        sa.Column("approver_id", sa.BigInteger),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("view_id", name="pk_second_views"),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["curated_answers.answer_id"],
            name="fk_second_views_answer_id_curated_answers",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("about IN ('view', 'culture', 'setting', 'modality')", name=op.f("ck_second_views_about")),
    )
    op.create_index("ix_second_views_answer_id", "second_views", ["answer_id"])
    op.create_index("ix_second_views_approver_id", "second_views", ["approver_id"])
    op.create_index("ix_second_views_person_id", "second_views", ["person_id"])
    op.create_table(
        "curation_reviewers",
        sa.Column("server_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("person_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("role", sa.String(100), nullable=False),
        sa.Column("licence", sa.String(100), nullable=False),
        sa.Column("jurisdiction", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("server_id", "person_id", name="pk_curation_reviewers"),
    )
    op.create_index("ix_curation_reviewers_person_id", "curation_reviewers", ["person_id"])
    op.create_table(
        "card_marks",
        sa.Column("server_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("card_id", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(8), nullable=False),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("server_id", "card_id", name="pk_card_marks"),
        sa.CheckConstraint("mark IN ('verified', 'hidden')", name=op.f("ck_card_marks_mark")),
    )
    op.create_index("ix_card_marks_person_id", "card_marks", ["person_id"])
    op.create_table(
        "topic_owners",
        sa.Column("server_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "topic", name="pk_topic_owners"),
    )
    op.create_index("ix_topic_owners_person_id", "topic_owners", ["person_id"])
    op.create_table(
        "escalations",
        sa.Column("escalation_id", sa.Uuid, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("asker_id", sa.BigInteger, nullable=False),
        sa.Column("anonymous", sa.Boolean, nullable=False),
        sa.Column("tell", sa.String(8), nullable=False),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("topic", sa.String(64)),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text),
        sa.Column("answered_by", sa.BigInteger),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("answer_id", sa.Uuid),
        sa.PrimaryKeyConstraint("escalation_id", name="pk_escalations"),
        sa.CheckConstraint("tell IN ('here', 'direct')", name=op.f("ck_escalations_tell")),
    )
    op.create_index("ix_escalations_answered_by", "escalations", ["answered_by"])
    op.create_index("ix_escalations_asker_id", "escalations", ["asker_id"])
    op.create_index("ix_escalations_server_id_asked_at", "escalations", ["server_id", "asked_at"])


def downgrade() -> None:
    """Take the tables away, with what they hold."""
    for table in reversed(_TABLES):
        op.drop_table(table)
