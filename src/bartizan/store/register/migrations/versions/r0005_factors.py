"""A second factor of people, and what was begun in a browser for a short time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0005"
down_revision = "0004"

_WORD = sa.Text().with_variant(TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.add_column("session", sa.Column("confirmed", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "factor",
        *(sa.Column(name, _WORD, nullable=False) for name in ("id", "person", "kind")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", _WORD, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("used", "secret")),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("credential", _WORD),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("public_key", "transports", "handle")),
        sa.Column("signed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_factor"),
        sa.UniqueConstraint("credential", name="uq_factor_credential"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_factor_person_person"),
    )
    op.create_index("ix_factor_person", "factor", ["person"])
    op.create_table(
        "recovery_code",
        *(sa.Column(name, _WORD, nullable=False) for name in ("digest", "person")),
        sa.PrimaryKeyConstraint("digest", name="pk_recovery_code"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_recovery_code_person_person"),
    )
    op.create_index("ix_recovery_code_person", "recovery_code", ["person"])
    op.create_table(
        "signin_state",
        *(sa.Column(name, _WORD, nullable=False) for name in ("browser", "purpose")),
        sa.Column("person", _WORD),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("ends", _WORD, nullable=False),
        sa.PrimaryKeyConstraint("browser", "purpose", name="pk_signin_state"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_signin_state_person_person"),
    )
    op.create_index("ix_signin_state_ends", "signin_state", ["ends"])
    op.create_index("ix_signin_state_person", "signin_state", ["person"])


def downgrade() -> None:
    """Take them out: whoever had a second factor signs in without one again."""
    for table in ("signin_state", "recovery_code", "factor"):
        op.drop_table(table)
    op.drop_column("session", "confirmed")
