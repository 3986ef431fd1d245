"""The units of an answer, so that its sources can be shown again; people who want plain text."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; a person may now choose plain text without a region."""
    with op.batch_alter_table("consultations") as table:
        table.add_column(sa.Column("units", sa.JSON))
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("plain", sa.Boolean, nullable=False, server_default=sa.false()))
        table.alter_column("region", existing_type=sa.String(32), nullable=True)


def downgrade() -> None:
    """Take the columns away; who chose no region has chosen nothing then."""
    op.execute(sa.text("DELETE FROM people WHERE region IS NULL"))
    with op.batch_alter_table("people") as table:
        table.alter_column("region", existing_type=sa.String(32), nullable=False)
        table.drop_column("plain")
    with op.batch_alter_table("consultations") as table:
        table.drop_column("units")
