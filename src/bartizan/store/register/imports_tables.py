"""The table of imports that are worked off beside the pages: any process of a console shows how far one is."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from bartizan.store.register.tables import COUNTER, METADATA, WORD

__all__ = ["IMPORT_RUN"]

IMPORT_RUN = Table(
    "import_run",
    METADATA,
    Column("id", COUNTER, primary_key=True),
    Column("person", WORD, nullable=False),
    Column("what", WORD, nullable=False),
    Column("file", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("state", WORD, nullable=False),
    # When whoever works at it was last heard of, empty while nobody does.
    Column("beat", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    # What came of it, as JSON.
    Column("result", Text, nullable=False),
    # The file as it came, deflated; empty when nothing is left to do with it.
    Column("body", LargeBinary, nullable=False),
    Index("ix_import_run_person", "person", "id"),
    Index("ix_import_run_state", "state"),
)
