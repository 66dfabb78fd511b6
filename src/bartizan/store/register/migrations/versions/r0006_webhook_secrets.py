"""The secret that a webhook had before, while both are valid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COLUMNS = ("secret_before", "secret_until")


def upgrade() -> None:
    """Add the columns."""
    for name in _COLUMNS:
        op.add_column("webhook", sa.Column(name, sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Take them out: only the newest secret of each webhook is left."""
    for name in _COLUMNS:
        op.drop_column("webhook", name)
