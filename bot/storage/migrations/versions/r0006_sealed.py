"""Room for encrypted texts, which are longer than plain ones, and a table of what the database knows about itself."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_WIDENED = (
    ("curated_answers", "name", 60, False),
    ("curated_answers", "title", 200, False),
    ("curated_revisions", "why", 400, True),
    ("curation_events", "why", 400, True),
)
"""Table, column, how long it was, and whether it may be empty."""


def upgrade() -> None:
    """Let the columns hold texts of any length, and make the table."""
    for name, column, length, nullable in _WIDENED:
        with op.batch_alter_table(name) as table:
            table.alter_column(column, existing_type=sa.String(length), existing_nullable=nullable, type_=sa.Text)
    op.create_table(
        "facts",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"),
    )


def downgrade() -> None:
    """Take the table away, and make the columns as long as they were; `keys rotate --plain` comes before this."""
    op.drop_table("facts")
    for name, column, length, nullable in reversed(_WIDENED):
        with op.batch_alter_table(name) as table:
            table.alter_column(column, existing_type=sa.Text, existing_nullable=nullable, type_=sa.String(length))
