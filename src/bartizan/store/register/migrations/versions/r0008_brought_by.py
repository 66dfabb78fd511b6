"""Who has brought a piece of evidence in; not known of those that are there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.add_column("evidence", sa.Column("brought_by", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Take it out."""
    op.drop_column("evidence", "brought_by")
