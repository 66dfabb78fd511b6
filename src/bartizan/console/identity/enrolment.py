"""Links with which accounts begin: the first administrator's, and those that an administrator hands to somebody."""

from __future__ import annotations

from datetime import timedelta

from bartizan.console.identity.service import Client, Identity, digest_of, new_secret
from bartizan.console.services import Services, sql_register
from bartizan.model import InputError
from bartizan.store.register.people import People
from bartizan.store.register.people_factors import Factors
from bartizan.store.register.people_records import Note

__all__ = ["HOURS", "enrol_link", "link_for", "rescue_link"]

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
    people.add_link(digest_of(secret), None, _ends(services), note)
    return _address(services, secret)


def link_for(identity: Identity, person: str, by: str, client: Client) -> str:
    """Return a link with which somebody sets a password, once and within a day; an earlier one ends."""
    secret = new_secret()
    note = identity.note("link-made", client, person=by, about=person)
    identity.people.add_link(digest_of(secret), person, _ends(identity.services), note)
    return _address(identity.services, secret)


def rescue_link(services: Services, who: str) -> str:
    """Return a link with which somebody gets in again who has lost a password or all second factors, for the operator.

    `who` is an address or the id of an account. Its second factors are taken out and its sessions end; the password
    stays until the link is used. Raises InputError for an account that there isn't, or that has no password.
    """
    register = sql_register(services)
    people, factors = People(register), Factors(register)
    record = people.by_login(who) or people.get(who)
    if record is None or not record.login or record.disabled:
        why = "there is no account" if record is None else "no password opens the account"
        raise InputError(f"{why} `{who}`", help="give the address with which it signs in; administration lists them")
    secret = new_secret()
    at = services.now()
    factors.clear(record.id, Note(kind="factors-cleared", at=at, about=record.id, detail="by the operator"))
    note = Note(kind="link-made", at=at, about=record.id, detail="by the operator")
    people.add_link(digest_of(secret), record.id, _ends(services), note)
    return _address(services, secret)


def _ends(services: Services) -> str:
    return services.later(timedelta(hours=HOURS))


def _address(services: Services, secret: str) -> str:
    return f"{services.address.rstrip('/')}/enrol/{secret}"
