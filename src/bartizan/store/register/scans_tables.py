"""The table of scan results, which are kept whole so that what evidence rests on can be looked at."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from bartizan.store.register.tables import COUNTER, METADATA, WORD

__all__ = ["SCAN"]

SCAN = Table(
    "scan",
    METADATA,
    Column("id", COUNTER, primary_key=True),
    Column("system", WORD, nullable=False),
    Column("component", WORD, nullable=False),
    Column("verdict", WORD, nullable=False),
    Column("observed_at", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("artefacts", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("digest", WORD, nullable=False),
    # The result as it came, deflated.
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("system", "component", "digest"),
    Index("ix_scan_system", "system"),
)
