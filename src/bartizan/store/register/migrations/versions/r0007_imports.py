"""Imports that are worked off beside the pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0007"
down_revision = "0006"

_WORD = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "import_run",
        sa.Column("id", _COUNTER, nullable=False, autoincrement=True),
        sa.Column("person", _WORD, nullable=False),
        sa.Column("what", _WORD, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("beat", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_run"),
    )
    op.create_index("ix_import_run_person", "import_run", ["person", "id"])
    op.create_index("ix_import_run_state", "import_run", ["state"])


def downgrade() -> None:
    """Take it out."""
    op.drop_table("import_run")
