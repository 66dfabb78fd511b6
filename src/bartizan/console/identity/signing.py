"""Signing in: with a password, or as somebody whom a provider has identified.

Sources: OWASP ASVS 5 chapter 6, NIST SP 800-63B-4 section 3.2.2 (throttling).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import timedelta
from ipaddress import ip_address, ip_network

import msgspec

from bartizan.console.identity.oidc import Begun, SignedIn
from bartizan.console.identity.oidc_claims import NotSignedIn
from bartizan.console.identity.service import Client, Identity, digest_of
from bartizan.console.words import message
from bartizan.govern.roles import Role
from bartizan.model import BartizanError
from bartizan.store.register.people import login_key
from bartizan.store.register.people_access import Limit
from bartizan.store.register.people_records import PersonRecord

__all__ = ["WRONG", "TooOften", "account_of", "begun_text", "check_password", "heard", "local_path", "read_begun"]

WRONG = message("The address or the password is wrong.")
_ACCOUNT = Limit(free=10, window=timedelta(days=1), grows=True)
"""Attempts at one account: ten, then fewer and fewer, so that a day's guessing is about a hundred."""
_ADDRESS = Limit(free=50, window=timedelta(minutes=15), grows=False)
"""Failures from one address, behind which a whole office may be."""


class TooOften(BartizanError):
    """Somebody tried too often. `seconds` is how long the next attempt has to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("signing in was tried too often", help=f"wait {seconds} seconds")
        self.seconds = seconds


def check_password(identity: Identity, email: str, password: str, client: Client, about: str = "") -> PersonRecord:
    """Return whose password it is.

    Raises TooOften, and NotSignedIn with the same words and after the same time whether there is such an account, it is
    closed, or the password is wrong. `about` is whose password is asked for again, somebody who is signed in.
    """
    account = f"account {digest_of(login_key(email))}"
    address = heard(identity, account, client)
    record = identity.people.by_login(email)
    checked = identity.passwords.check(record.password if record else "", password)
    if record is None or not checked.right or record.disabled:
        whose = record.id if record else ""
        # What was typed is not kept: it may be a password in the wrong field.
        reason = "no such account" if record is None else "closed" if checked.right else "wrong password"
        identity.refused(client, person=about, about=whose, detail=reason)
        raise NotSignedIn(WRONG)
    identity.attempts.succeeded(account, address)
    if checked.rehashed:
        identity.people.set_password(record.id, checked.rehashed, None)
    return record


def heard(identity: Identity, account: str, client: Client) -> str:
    """Count an attempt under the key of an account, empty where none is known yet, and under that of its address.

    Returns the latter, for `Attempts.succeeded`. Raises TooOften.
    """
    address, now = f"address {_place(client.address)}", identity.services.clock()
    limits = {address: _ADDRESS, **({account: _ACCOUNT} if account else {})}
    # A flood of attempts that aren't heard writes nothing.
    if wait := identity.attempts.wait(list(limits), now) or identity.attempts.take(limits, now):
        raise TooOften(wait)
    return address


def _place(address: str) -> str:
    """Return what counts as one address: of IPv6 the network of 64 bits, all of which one customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 or found.ipv4_mapped else str(ip_network((found, 64), strict=False))


def account_of(identity: Identity, name: str, signed: SignedIn, client: Client) -> PersonRecord:
    """Return the account of somebody whom a provider has identified, with the roles that the groups give.

    Raises NotSignedIn for a closed account.
    """
    subject = signed.subject
    given = identity.providers[name].provider.given(subject.groups or frozenset())
    roles: dict[str, frozenset[Role]] = {}
    for one in given:
        roles[one.unit] = roles.get(one.unit, frozenset()) | {one.role}
    record = identity.people.signed_in_from(
        subject.issuer,
        subject.subject,
        name=subject.name,
        email=subject.email,
        roles=roles,
        note=identity.note("signed-in", client, detail=name),
    )
    if record.disabled:
        identity.refused(client, about=record.id, detail="closed")
        raise NotSignedIn("your account is closed", help="an administrator can open it again")
    return record


def begun_text(begun: Begun) -> str:
    """Return a begun sign-in as the text of a cookie."""
    return urlsafe_b64encode(msgspec.json.encode(begun)).decode().rstrip("=")


def read_begun(text: str) -> Begun:
    """Read a begun sign-in from a cookie. Raises NotSignedIn where there is none."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Begun)
    except (Base64Error, ValueError, msgspec.MsgspecError):
        raise NotSignedIn("no sign-in was begun in this browser", help="sign in again, and allow cookies") from None


def local_path(text: str) -> str:
    """Return a path of ours to go on to, `/` for anything else."""
    fine = text.startswith("/") and not text.startswith(("//", "/\\", "/signin", "/signout", "/enrol"))
    return text if fine and len(text) <= 1000 and all(32 < ord(letter) < 127 for letter in text) else "/"
