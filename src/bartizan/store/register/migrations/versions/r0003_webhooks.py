"""Webhooks, and what happened that stands in no other table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0003"
down_revision = "0002"

_WORD = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhook",
        sa.Column("id", _WORD, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("unit", _WORD, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("trail_seq", sa.BigInteger, nullable=False),
        sa.Column("evidence_id", sa.BigInteger, nullable=False),
        sa.Column("notice_id", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.Text, nullable=False),
        sa.Column("next_try", sa.Text, nullable=False),
        sa.Column("last_at", sa.Text, nullable=False),
        sa.Column("last_result", sa.Text, nullable=False),
        sa.Column("lease", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_table(
        "webhook_notice",
        sa.Column("id", _COUNTER, nullable=False, autoincrement=True),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("about", _WORD, nullable=False),
        sa.Column("name", _WORD, nullable=False),
        sa.Column("unit", _WORD, nullable=False),
        sa.Column("mark", _WORD, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_notice"),
        sa.UniqueConstraint("kind", "about", "name", "mark", name="uq_webhook_notice_kind_about_name_mark"),
    )


def downgrade() -> None:
    """Take them out."""
    op.drop_table("webhook_notice")
    op.drop_table("webhook")
