"""The tables of people, of what they sign in with, and of what they accepted."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from bartizan.store.register.tables import COUNTER, METADATA, WORD

__all__ = ["ACCEPTANCE", "API_TOKEN", "AUTH_EVENT", "ENROLMENT", "PERSON", "PERSON_ROLE", "SESSION", "SIGNIN_ATTEMPT"]

PERSON = Table(
    "person",
    METADATA,
    Column("id", WORD, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    # The folded address of those who sign in with a password; None for those who come from a provider.
    Column("login", WORD),
    Column("password", Text, nullable=False),
    Column("password_at", Text, nullable=False),
    Column("issuer", WORD),
    Column("subject", WORD),
    Column("language", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("disabled", Text, nullable=False),
    Column("last_sign_in", Text, nullable=False),
    UniqueConstraint("login"),
    UniqueConstraint("issuer", "subject"),
)

PERSON_ROLE = Table(
    "person_role",
    METADATA,
    Column("person", WORD, ForeignKey("person.id"), primary_key=True),
    Column("unit", WORD, primary_key=True),
    Column("role", WORD, primary_key=True),
    # `given` by an administrator, or `groups` of a provider, which are replaced at every sign-in.
    Column("source", WORD, primary_key=True),
)

SESSION = Table(
    "session",
    METADATA,
    Column("id", WORD, primary_key=True),  # the SHA-256 of what the browser holds
    Column("person", WORD, ForeignKey("person.id"), nullable=False),
    Column("created", Text, nullable=False),
    Column("seen", Text, nullable=False),
    Column("ends", WORD, nullable=False),
    Column("method", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("id_token", Text, nullable=False),
    Index(None, "person"),
    Index(None, "ends"),
)

API_TOKEN = Table(
    "api_token",
    METADATA,
    Column("id", WORD, primary_key=True),
    Column("digest", WORD, nullable=False),
    Column("person", WORD, ForeignKey("person.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("actions", Text, nullable=False),
    Column("units", Text),  # separated by spaces; None is all of the person's
    Column("created", WORD, nullable=False),
    Column("ends", Text, nullable=False),
    Column("used", Text, nullable=False),
    Column("revoked", Text, nullable=False),
    UniqueConstraint("digest"),
    Index(None, "person"),
)

ENROLMENT = Table(
    "enrolment",
    METADATA,
    Column("digest", WORD, primary_key=True),
    Column("person", WORD, ForeignKey("person.id")),  # None makes the first administrator
    Column("created", Text, nullable=False),
    Column("ends", Text, nullable=False),
)

SIGNIN_ATTEMPT = Table(
    "signin_attempt",
    METADATA,
    Column("key", WORD, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("at", WORD, nullable=False),
    Column("until", Text, nullable=False),
)

AUTH_EVENT = Table(
    "auth_event",
    METADATA,
    Column("seq", COUNTER, primary_key=True),
    Column("at", Text, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("person", WORD, nullable=False),  # who did it, empty where nobody was known
    Column("about", WORD, nullable=False),
    Column("unit", WORD, nullable=False),
    Column("detail", Text, nullable=False),
    Column("address", Text, nullable=False),
    Index(None, "about"),
    Index(None, "person"),
)

ACCEPTANCE = Table(
    "acceptance",
    METADATA,
    Column("id", COUNTER, primary_key=True),
    Column("system", WORD, nullable=False),
    Column("threat", WORD, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("until", Date, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("asked_by", WORD, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("state", WORD, nullable=False),
    Column("decided_by", WORD, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "system", "state"),
)
