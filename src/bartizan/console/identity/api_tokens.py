"""Tokens with which programs use the API in somebody's name: shown once, kept as a hash, for some actions and units."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta

from bartizan.console.identity.service import Client, Identity, digest_of, new_secret
from bartizan.govern.roles import Action, Person, Role
from bartizan.model import InputError
from bartizan.model.documents import Organisation
from bartizan.store.register.people_records import ApiToken, PersonRecord

__all__ = ["LONGEST", "PREFIX", "make_token", "narrowed", "person_of_token"]

PREFIX = "bzt_"
LONGEST = timedelta(days=365)
_FORM = re.compile(r"bzt_[A-Za-z0-9_-]{43}")
_NOTED = timedelta(minutes=1)


def make_token(
    identity: Identity,
    person: Person,
    client: Client,
    *,
    name: str,
    actions: frozenset[Action],
    units: frozenset[str] | None,
    until: date,
) -> tuple[ApiToken, str]:
    """Make a token that is good through a day, and return it with its text, which is not to be had again.

    Raises InputError for a program that asks, for nothing to do, and for an end that is past or too far away.
    """
    if person.program:
        raise InputError("a token can't make tokens", help="sign in, and make it in your profile")
    if not name.strip() or not actions:
        raise InputError("a token needs a name and something that it may do", help="name the program that uses it")
    today = identity.services.today()
    if not today <= until <= today + LONGEST:
        raise InputError("a token ends within a year", help="choose a day from today on, within a year")
    text = PREFIX + new_secret()
    token = ApiToken(
        id=secrets.token_hex(6),
        person=person.id,
        name=name.strip(),
        actions=actions,
        units=units,
        created=identity.services.now(),
        ends=f"{until}T23:59:59Z",
    )
    identity.tokens.add(token, digest_of(text), identity.note("token-made", client, person=person.id, about=token.id))
    return token, text


def person_of_token(identity: Identity, text: str) -> Person | None:
    """Return in whose name a token acts; None where it is over, revoked, or its owner's account is closed."""
    if not _FORM.fullmatch(text):
        return None
    token = identity.tokens.find(digest_of(text))
    now = identity.services.now()
    if token is None or token.revoked or token.ends <= now:
        return None
    owner = identity.people.get(token.person)
    if owner is None or owner.disabled:
        return None
    earlier = identity.services.later(-_NOTED)
    if token.used <= earlier:
        identity.tokens.touch(token.id, now)
    return _acting(owner, token, identity.services.organisation())


def narrowed(
    roles: dict[str, frozenset[Role]], units: frozenset[str] | None, organisation: Organisation
) -> dict[str, frozenset[Role]]:
    """Return what of somebody's roles holds in some units; None is in all."""
    if units is None:
        return roles
    out: dict[str, frozenset[Role]] = {}
    for mine, several in roles.items():
        for unit in units:
            # The smaller one of the two: a token for a unit above mine is for mine alone.
            both = unit if unit in organisation.below(mine) or not mine else mine
            if both == unit or mine in organisation.below(unit):
                out[both] = out.get(both, frozenset()) | several
    return out


def _acting(owner: PersonRecord, token: ApiToken, organisation: Organisation) -> Person:
    return Person(
        id=owner.id,
        name=owner.name,
        email=owner.email,
        language=owner.language,
        roles=narrowed(owner.roles, token.units, organisation),
        only=token.actions,
        program=True,
    )
