"""The tables of people, of what they sign in with, and of what they accepted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from bartizan.store.register.tables import COUNTER, METADATA, WORD

__all__ = [
    "ACCEPTANCE",
    "API_TOKEN",
    "AUTH_EVENT",
    "ENROLMENT",
    "FACTOR",
    "PERSON",
    "PERSON_ROLE",
    "RECOVERY_CODE",
    "SESSION",
    "SIGNIN_ATTEMPT",
    "SIGNIN_STATE",
]

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
    # When whoever sits there last showed who they are; empty where it is not known.
    Column("confirmed", Text, nullable=False, server_default=""),
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

FACTOR = Table(
    "factor",
    METADATA,
    Column("id", WORD, primary_key=True),
    Column("person", WORD, ForeignKey("person.id"), nullable=False),
    Column("kind", WORD, nullable=False),  # `codes` of an application, or `passkey`
    Column("name", Text, nullable=False),
    Column("created", WORD, nullable=False),
    Column("used", Text, nullable=False),
    # Codes: the secret that the application has too, and the step of time of the last code, which is not taken again.
    Column("secret", Text, nullable=False),
    Column("step", BigInteger, nullable=False),
    # Passkeys: its id (None for codes), its public key with what the browser has to be told, and how often it signed.
    Column("credential", WORD),
    Column("public_key", Text, nullable=False),
    Column("transports", Text, nullable=False),
    Column("handle", Text, nullable=False),
    Column("signed", BigInteger, nullable=False),
    UniqueConstraint("credential"),
    Index(None, "person"),
)

RECOVERY_CODE = Table(
    "recovery_code",
    METADATA,
    Column("digest", WORD, primary_key=True),
    Column("person", WORD, ForeignKey("person.id"), nullable=False),
    Index(None, "person"),
)

SIGNIN_STATE = Table(
    "signin_state",
    METADATA,
    Column("browser", WORD, primary_key=True),  # the SHA-256 of what the browser holds
    Column("purpose", WORD, primary_key=True),
    Column("person", WORD, ForeignKey("person.id")),  # None where nobody is known yet
    Column("data", Text, nullable=False),
    Column("ends", WORD, nullable=False),
    Index(None, "ends"),
    Index(None, "person"),
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
