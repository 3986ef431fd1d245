"""As what somebody marked a card, so that a mark says so after they have left."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_PARTS = ("role", "licence", "jurisdiction")


def upgrade() -> None:
    """Add the columns; marks of before have none of it."""
    with op.batch_alter_table("card_marks") as table:
        for part in _PARTS:
            table.add_column(sa.Column(part, sa.String(100)))


def downgrade() -> None:
    """Take the columns away."""
    with op.batch_alter_table("card_marks") as table:
        for part in _PARTS:
            table.drop_column(part)
