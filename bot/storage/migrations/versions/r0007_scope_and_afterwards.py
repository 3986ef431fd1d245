"""A server's scope card."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0003"

_SCOPE = ("scope_setting", "scope_licences", "scope_jurisdiction", "scope_on_call", "scope_protocol")


def upgrade() -> None:
    """Add the columns."""
    for name in _SCOPE:
        op.add_column("server_settings", sa.Column(name, sa.String(200)))


def downgrade() -> None:
    """Take the columns away."""
    for name in _SCOPE:
        op.drop_column("server_settings", name)
