"""People, what they sign in with, what happened about it, and what they accepted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0002"
down_revision = "0001"

_WORD = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_EVER = "what happened is only added to"


def upgrade() -> None:
    """Make the tables. What happened can't be changed or taken out, the database itself sees to it."""
    _people()
    _signing_in()
    _events()
    _acceptances()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION auth_event_stays() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_EVER}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER auth_event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON auth_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION auth_event_stays()"
        )
    else:
        for done in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER auth_event_no_{done.lower()} BEFORE {done} ON auth_event "
                f"BEGIN SELECT RAISE(ABORT, '{_EVER}'); END"
            )


def downgrade() -> None:
    """Take them out."""
    for table in (
        "acceptance",
        "auth_event",
        "signin_attempt",
        "enrolment",
        "api_token",
        "session",
        "person_role",
        "person",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION auth_event_stays()")


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", _WORD, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "email")),
        sa.Column("login", _WORD),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("password", "password_at")),
        sa.Column("issuer", _WORD),
        sa.Column("subject", _WORD),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("language", "created", "disabled", "last_sign_in")),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("login", name="uq_person_login"),
        sa.UniqueConstraint("issuer", "subject", name="uq_person_issuer_subject"),
    )
    op.create_table(
        "person_role",
        *(sa.Column(name, _WORD, nullable=False) for name in ("person", "unit", "role", "source")),
        sa.PrimaryKeyConstraint("person", "unit", "role", "source", name="pk_person_role"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_person_role_person_person"),
    )


def _signing_in() -> None:
    op.create_table(
        "session",
        *(sa.Column(name, _WORD, nullable=False) for name in ("id", "person")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("created", "seen")),
        sa.Column("ends", _WORD, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("method", "address", "agent", "id_token")),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_session_person_person"),
    )
    op.create_index("ix_session_person", "session", ["person"])
    op.create_index("ix_session_ends", "session", ["ends"])
    op.create_table(
        "api_token",
        *(sa.Column(name, _WORD, nullable=False) for name in ("id", "digest", "person")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "actions")),
        sa.Column("units", sa.Text),
        sa.Column("created", _WORD, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("ends", "used", "revoked")),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("digest", name="uq_api_token_digest"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_api_token_person_person"),
    )
    op.create_index("ix_api_token_person", "api_token", ["person"])
    op.create_table(
        "enrolment",
        sa.Column("digest", _WORD, nullable=False),
        sa.Column("person", _WORD),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("created", "ends")),
        sa.PrimaryKeyConstraint("digest", name="pk_enrolment"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_enrolment_person_person"),
    )
    op.create_table(
        "signin_attempt",
        sa.Column("key", _WORD, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("at", _WORD, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_signin_attempt"),
    )


def _events() -> None:
    op.create_table(
        "auth_event",
        sa.Column("seq", _COUNTER, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        *(sa.Column(name, _WORD, nullable=False) for name in ("kind", "person", "about", "unit")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("detail", "address")),
        sa.PrimaryKeyConstraint("seq", name="pk_auth_event"),
    )
    op.create_index("ix_auth_event_about", "auth_event", ["about"])
    op.create_index("ix_auth_event_person", "auth_event", ["person"])


def _acceptances() -> None:
    op.create_table(
        "acceptance",
        sa.Column("id", _COUNTER, nullable=False),
        *(sa.Column(name, _WORD, nullable=False) for name in ("system", "threat")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("verdict", "why")),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("asked_by", _WORD, nullable=False),
        sa.Column("asked_at", sa.Text, nullable=False),
        *(sa.Column(name, _WORD, nullable=False) for name in ("state", "decided_by")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("decided_at", "note")),
        sa.PrimaryKeyConstraint("id", name="pk_acceptance"),
    )
    op.create_index("ix_acceptance_system_state", "acceptance", ["system", "state"])
