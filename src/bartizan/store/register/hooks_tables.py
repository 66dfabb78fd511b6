"""The tables of webhooks: who wants to be told what, and what happened that stands in no other table."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text, UniqueConstraint

from bartizan.store.register.tables import COUNTER, METADATA, WORD

__all__ = ["NOTICE", "WEBHOOK"]

WEBHOOK = Table(
    "webhook",
    METADATA,
    Column("id", WORD, primary_key=True),
    Column("url", Text, nullable=False),
    # Kinds of events, between spaces.
    Column("kinds", Text, nullable=False),
    Column("unit", WORD, nullable=False),
    # As it is given to the receiver: to sign, it has to be there.
    Column("secret", Text, nullable=False),
    # The one before, and until when messages are signed with it too.
    Column("secret_before", Text, nullable=False, server_default=""),
    Column("secret_until", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False),
    Column("made", Text, nullable=False),
    Column("author", Text, nullable=False),
    # Up to where it was told, in the trail, the evidence and the notices: so nothing is lost, and nothing kept twice.
    Column("trail_seq", BigInteger, nullable=False),
    Column("evidence_id", BigInteger, nullable=False),
    Column("notice_id", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Text, nullable=False),
    Column("next_try", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Column("last_result", Text, nullable=False),
    # Until when one process has it in hand.
    Column("lease", Text, nullable=False),
)

NOTICE = Table(
    "webhook_notice",
    METADATA,
    Column("id", COUNTER, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("about", WORD, nullable=False),
    Column("name", WORD, nullable=False),
    Column("unit", WORD, nullable=False),
    # What tells this notice from the next one of its kind about the same thing.
    Column("mark", WORD, nullable=False),
    Column("at", Text, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("kind", "about", "name", "mark"),
)
