"""Links with which accounts begin: the first administrator's, and those that an administrator hands to somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from bartizan.console.identity.service import Client, Identity, digest_of, new_secret, sql_register
from bartizan.console.services import Services
from bartizan.store.register.people import People
from bartizan.store.register.people_records import Note

__all__ = ["HOURS", "enrol_link", "link_for"]

HOURS = 24
"""How long a link is good."""


def enrol_link(services: Services) -> str:
    """Return a link that makes the first administrator, once and within a day; empty where there is one already.

    For `bartizan up` to print. A link that was printed before ends. Raises InputError for a register without accounts.
    """
    people = People(sql_register(services))
    if people.administrators():
        return ""
    secret = new_secret()
    note = Note(kind="link-made", at=services.now(), detail="first administrator")
    people.add_link(digest_of(secret), None, _ends(services.clock()), note)
    return _address(services, secret)


def link_for(identity: Identity, person: str, by: str, client: Client) -> str:
    """Return a link with which somebody sets a password, once and within a day; an earlier one ends."""
    secret = new_secret()
    note = identity.note("link-made", client, person=by, about=person)
    identity.people.add_link(digest_of(secret), person, _ends(identity.services.clock()), note)
    return _address(identity.services, secret)


def _ends(now: datetime) -> str:
    return (now + timedelta(hours=HOURS)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _address(services: Services, secret: str) -> str:
    return f"{services.address.rstrip('/')}/enrol/{secret}"
