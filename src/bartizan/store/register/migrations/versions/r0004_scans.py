"""Results of scans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0004"
down_revision = "0003"

_WORD = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "scan",
        sa.Column("id", _COUNTER, nullable=False, autoincrement=True),
        sa.Column("system", _WORD, nullable=False),
        sa.Column("component", _WORD, nullable=False),
        sa.Column("verdict", _WORD, nullable=False),
        sa.Column("observed_at", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("artefacts", sa.Integer, nullable=False),
        sa.Column("findings", sa.Integer, nullable=False),
        sa.Column("digest", _WORD, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scan"),
        sa.UniqueConstraint("system", "component", "digest", name="uq_scan_system_component_digest"),
    )
    op.create_index("ix_scan_system", "scan", ["system"])


def downgrade() -> None:
    """Take it out."""
    op.drop_table("scan")
