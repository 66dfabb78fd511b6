"""Documents, their versions and trail, evidence, assessments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0001"
down_revision = None

_WORD = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


_ONLY_ADDED_TO = ("document_version", "trail", "evidence")
_EVER = "what was kept stays as it is"


def upgrade() -> None:
    """Make the tables. What was kept can't be changed or taken out: the database itself refuses."""
    _documents()
    _trail()
    _evidence()
    _assessments()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION bartizan_stays() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_EVER}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in _ONLY_ADDED_TO:
        _only_add(table)


def downgrade() -> None:
    """Take them out."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION bartizan_stays CASCADE")
    for table in (
        "due_mark",
        "review",
        "assessment",
        "evidence_count",
        "evidence",
        "trail_head",
        "trail",
        "document_version",
        "document",
    ):
        op.drop_table(table)


def _only_add(table: str) -> None:
    """Let the database refuse changes of rows: against our own mistakes, not against who administers it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION bartizan_stays()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_stays_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_EVER}'); END"
        )


def _documents() -> None:
    op.create_table(
        "document",
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("name", _WORD, nullable=False),
        sa.Column("unit", _WORD, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("title_key", _WORD, nullable=False),
        sa.Column("owner_key", _WORD, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("ends", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_document"),
    )
    op.create_index("ix_document_kind_unit", "document", ["kind", "unit"])
    op.create_table(
        "document_version",
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("name", _WORD, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("unit", _WORD, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "version", name="pk_document_version"),
    )


def _trail() -> None:
    op.create_table(
        "trail",
        sa.Column("seq", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("name", _WORD, nullable=False),
        sa.Column("unit", _WORD, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_trail"),
    )
    op.create_index("ix_trail_kind_name_seq", "trail", ["kind", "name", "seq"])
    op.create_index("ix_trail_unit_seq", "trail", ["unit", "seq"])
    head = op.create_table(
        "trail_head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trail_head"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": ""}])


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", _COUNTER, nullable=False, autoincrement=True),
        sa.Column("system", _WORD, nullable=False),
        sa.Column("control", _WORD, nullable=False),
        sa.Column("place", _WORD, nullable=False),
        sa.Column("source", _WORD, nullable=False),
        sa.Column("outcome", _WORD, nullable=False),
        sa.Column("observed_at", sa.Date, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.UniqueConstraint("digest", name="uq_evidence_digest"),
    )
    op.create_index("ix_evidence_system_id", "evidence", ["system", "id"])
    op.create_index("ix_evidence_source_id", "evidence", ["source", "id"])
    op.create_index("ix_evidence_outcome_id", "evidence", ["outcome", "id"])
    op.create_table(
        "evidence_count",
        sa.Column("system", _WORD, nullable=False),
        sa.Column("source", _WORD, nullable=False),
        sa.Column("outcome", _WORD, nullable=False),
        sa.Column("pieces", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("system", "source", "outcome", name="pk_evidence_count"),
    )


def _assessments() -> None:
    op.create_table(
        "assessment",
        sa.Column("system", _WORD, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("tier", _WORD, nullable=False),
        sa.Column("tier_rank", sa.Integer),
        sa.Column("above", sa.Boolean),
        sa.Column("risk", sa.Double),
        sa.Column("worst", _WORD, nullable=False),
        sa.Column("worst_rank", sa.Integer),
        sa.Column("controls", sa.Text),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("system", name="pk_assessment"),
    )
    op.create_table(
        "review",
        sa.Column("system", _WORD, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("system", name="pk_review"),
    )
    mark = op.create_table(
        "due_mark",
        sa.Column("system", _WORD, nullable=False),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("system", name="pk_due_mark"),
    )
    op.bulk_insert(mark, [{"system": "", "mark": 0}])
