"""The tables of a register, the same on SQLite and PostgreSQL.

Other parts that keep tables of their own in the register (people, webhooks) define them on METADATA too.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TEXT

__all__ = [
    "ASSESSMENT",
    "COUNTER",
    "DOCUMENT",
    "DUE_MARK",
    "EVIDENCE",
    "EVIDENCE_COUNT",
    "HEAD",
    "METADATA",
    "REVIEW",
    "TRAIL",
    "VERSION",
    "WORD",
]

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

WORD = Text().with_variant(TEXT(collation="C"), "postgresql")
"""Text that is ordered by its bytes on both databases, whatever the locale of PostgreSQL: pages of lists rely on it."""

COUNTER = BigInteger().with_variant(Integer, "sqlite")
"""A key that the database counts up."""

DOCUMENT = Table(
    "document",
    METADATA,
    Column("kind", WORD, primary_key=True),
    Column("name", WORD, primary_key=True),
    Column("unit", WORD, nullable=False),
    Column("title", Text, nullable=False),
    Column("owner", Text, nullable=False),
    # Folded, so that order and search treat capitals alike on both databases, and beyond ASCII.
    Column("title_key", WORD, nullable=False),
    Column("owner_key", WORD, nullable=False),
    Column("state", WORD, nullable=False),
    Column("ends", Date),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Index(None, "kind", "unit"),
)

VERSION = Table(
    "document_version",
    METADATA,
    Column("kind", WORD, primary_key=True),
    Column("name", WORD, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("unit", WORD, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("body", Text, nullable=False),
)

TRAIL = Table(
    "trail",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", WORD, nullable=False),
    Column("name", WORD, nullable=False),
    Column("unit", WORD, nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "kind", "name", "seq"),
    Index(None, "unit", "seq"),
)

HEAD = Table(
    "trail_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)
"""One row, the end of the trail. Who writes documents locks it, so the trail has one writer at a time."""

# What a piece of evidence and an assessment say is in their bodies; the columns are what lists pick and order by.
EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("id", COUNTER, primary_key=True),
    Column("system", WORD, nullable=False),
    Column("control", WORD, nullable=False),
    Column("place", WORD, nullable=False),
    Column("source", WORD, nullable=False),
    Column("outcome", WORD, nullable=False),
    Column("observed_at", Date, nullable=False),
    Column("at", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("brought_by", Text, nullable=False, server_default=""),
    UniqueConstraint("digest"),
    Index(None, "system", "id"),
    Index(None, "source", "id"),
    Index(None, "outcome", "id"),
)

EVIDENCE_COUNT = Table(
    "evidence_count",
    METADATA,
    Column("system", WORD, primary_key=True),
    Column("source", WORD, primary_key=True),
    Column("outcome", WORD, primary_key=True),
    Column("pieces", BigInteger, nullable=False),
)
"""How many pieces there are, kept as they come in: to count 200,000 for every page of a list would take too long."""

ASSESSMENT = Table(
    "assessment",
    METADATA,
    Column("system", WORD, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("until", Date),
    Column("tier", WORD, nullable=False),
    Column("tier_rank", Integer),
    Column("above", Boolean),
    Column("risk", Double),
    Column("worst", WORD, nullable=False),
    Column("worst_rank", Integer),
    Column("controls", Text),
    Column("mark", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

REVIEW = Table(
    "review",
    METADATA,
    Column("system", WORD, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""Whole reviews as compressed JSON, apart from the assessments so that lists don't read past them."""

DUE_MARK = Table(
    "due_mark",
    METADATA,
    Column("system", WORD, primary_key=True),
    Column("mark", BigInteger, nullable=False),
)
"""Counts what came in about a system since the beginning; the row with the empty name is about all systems."""
