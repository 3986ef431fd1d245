"""Whether a person wants to reflect before each answer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; nobody has chosen it."""
    op.add_column("people", sa.Column("reflect", sa.Boolean, server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("people", "reflect")
