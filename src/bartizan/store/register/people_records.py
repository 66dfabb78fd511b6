"""What the register says about people: records as they are read, and notes of what happened."""

from __future__ import annotations

from datetime import date

import msgspec

from bartizan.govern.roles import Action, Role

__all__ = [
    "Acceptance",
    "ApiToken",
    "AuthEvent",
    "FactorRecord",
    "Note",
    "PersonRecord",
    "SessionRecord",
    "StateRecord",
]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, to be kept with the change itself. `person` did it, empty where nobody was known.

    `about` is the person, token or session that it was done to; `detail` never holds what somebody typed.
    """

    kind: str
    at: str
    person: str = ""
    about: str = ""
    unit: str = ""
    detail: str = ""
    address: str = ""


class AuthEvent(Note, frozen=True, kw_only=True):
    """What happened, as it is kept; `seq` counts over the register."""

    seq: int


class PersonRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may have an account here. Times are empty where it never happened.

    `login` is empty for those who come from a provider, `issuer` for those with a password. `given` are roles by
    business unit that an administrator gave, `groups` those that follow from groups of the provider.
    """

    id: str
    name: str
    email: str
    login: str = ""
    password: str = ""
    password_at: str = ""
    issuer: str = ""
    subject: str = ""
    language: str = ""
    created: str = ""
    disabled: str = ""
    last_sign_in: str = ""
    given: dict[str, frozenset[Role]] = {}
    groups: dict[str, frozenset[Role]] = {}

    @property
    def roles(self) -> dict[str, frozenset[Role]]:
        """All roles by unit, wherever they come from."""
        units = sorted({*self.given, *self.groups})
        return {unit: self.given.get(unit, frozenset()) | self.groups.get(unit, frozenset()) for unit in units}


class SessionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's being signed in. `id` is the digest of what the browser holds, and of no use to sign in.

    `confirmed` is when whoever sits there last showed who they are, empty where that is not known.
    """

    id: str
    person: str
    created: str
    seen: str
    ends: str
    method: str
    address: str
    agent: str
    id_token: str = ""
    confirmed: str = ""


class FactorRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody has: an application that shows `codes`, or a `passkey`.

    `used` is empty until it was. Codes have a `secret` in base 32 and the `step` of time of the last one that was
    taken; passkeys a `credential` (its id) and a `public_key`, both in base64url, and how often they have `signed`.
    `handle` is what passkeys know their owner by, the same for all of a person's.
    """

    id: str
    person: str
    kind: str
    name: str
    created: str
    used: str = ""
    secret: str = ""
    step: int = 0
    credential: str | None = None
    public_key: str = ""
    transports: str = ""
    handle: str = ""
    signed: int = 0


class StateRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was begun in a browser, for one purpose and a short time. `browser` is the digest of its number.

    `person` is None where nobody is known yet; `data` is what the purpose needs, as JSON.
    """

    browser: str
    purpose: str
    person: str | None
    data: str
    ends: str


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """A program's access in the name of a person: to some actions, in some units (None is all), until an end."""

    id: str
    person: str
    name: str
    actions: frozenset[Action]
    units: frozenset[str] | None
    created: str
    ends: str
    used: str = ""
    revoked: str = ""


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that waits for a second person, or has been confirmed, refused or withdrawn by one.

    `state` is `asked`, `confirming` (the system is being changed), `confirmed`, `refused` or `withdrawn`. `title` and
    `unit` are the system's; only lists give them.
    """

    id: int
    system: str
    threat: str
    verdict: str
    why: str
    until: date
    ticket: str
    asked_by: str
    asked_at: str
    state: str
    decided_by: str = ""
    decided_at: str = ""
    note: str = ""
    title: str = ""
    unit: str = ""
