"""A second factor that is typed: codes of an application, and recovery codes.

Sources: RFC 6238 (codes by time), RFC 4226 section 7 (throttling), OWASP ASVS 5 chapter 6.5, and the form of the
address in a QR code that applications agree on. A code is good in its 30 seconds and one step before and after, for
clocks that differ; never twice, and never after a later one.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from urllib.parse import urlsplit

import pyotp
from pyotp.exceptions import OTPVerificationError

from bartizan.console.identity.oidc_claims import NotSignedIn
from bartizan.console.identity.service import Client, Identity, digest_of
from bartizan.console.identity.signing import heard
from bartizan.console.words import message
from bartizan.store.register.people_records import FactorRecord, PersonRecord

__all__ = [
    "CODES",
    "PASSKEY",
    "WRONG_CODE",
    "account_of_factors",
    "check_code",
    "digests_of",
    "new_codes",
    "new_factor_id",
    "new_totp_secret",
    "picture_of",
    "step_of",
    "totp_address",
]

CODES, PASSKEY = "codes", "passkey"
"""The kinds of factors."""
WRONG_CODE = message("This code is wrong, or was used before. Wait for the next one.")
_DRIFT = 1
"""Steps of 30 seconds that a clock may be off."""
_COUNT = 10
_LETTERS = "abcdefghjkmnpqrstvwxyz0123456789"
"""What recovery codes consist of: 32 signs that aren't mistaken for each other."""
_LENGTH = 24
"""Signs of a recovery code, which are 120 bits: so many that a plain hash gives nothing away."""
_GROUP = 4
_SIX = re.compile(r"[0-9]{6}")


def new_totp_secret() -> str:
    """Return 160 random bits in base 32, as applications take them."""
    return pyotp.random_base32(32)


def new_factor_id() -> str:
    """Return an id for a factor."""
    return secrets.token_hex(8)


def account_of_factors(person: str) -> str:
    """Return the key under which attempts at somebody's second factors are counted: not with those at the password."""
    return f"second {person}"


def totp_address(identity: Identity, record: PersonRecord, secret: str) -> str:
    """Return what the QR code says: the secret, and what the application shows beside its codes."""
    organisation = identity.services.organisation().title.replace(":", " ").strip()
    issuer = f"Bartizan {organisation or urlsplit(identity.services.address).hostname}"
    return pyotp.TOTP(secret).provisioning_uri(name=record.email or record.id, issuer_name=issuer[:80])


def picture_of(address: str) -> str:
    """Return a QR code as the address of an image that holds it, an SVG without any style."""
    import segno  # takes its time to load, and is seldom needed

    picture: str = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, light="#fff")
    return picture


def step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """Return the step of time whose code this is; None for a wrong one, and for one of a step not later than `after`.

    All is compared in constant time.
    """
    plain = re.sub(r"[\s-]", "", code[:20])
    if not _SIX.fullmatch(plain):
        return None
    try:
        found = pyotp.TOTP(secret).verify_and_get_timecode(plain, for_time=now, valid_window=_DRIFT)
    except OTPVerificationError:
        return None
    return found if found > after else None


def new_codes() -> list[str]:
    """Return recovery codes, in groups that can be read."""
    made = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_COUNT)]
    return ["-".join(one[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for one in made]


def digests_of(codes: list[str]) -> list[str]:
    """Return what is kept of recovery codes."""
    return [digest_of(_plain(one)) for one in codes]


def check_code(identity: Identity, record: PersonRecord, text: str, client: Client, *, person: str = "") -> str:
    """Return the kind of code that somebody has typed: `codes` of an application, or `recovery`, which is used up.

    Guesses are slowed down as those of passwords are. Raises TooOften, and NotSignedIn for a wrong code. `person` is
    who is asked again, having signed in.
    """
    account = account_of_factors(record.id)
    address = heard(identity, account, client)
    kind = _kind_of(identity, record, text, client)
    if not kind:
        identity.refused(client, person=person, about=record.id, detail="wrong code")
        raise NotSignedIn(WRONG_CODE)
    identity.attempts.succeeded(account, address)
    return kind


def _kind_of(identity: Identity, record: PersonRecord, text: str, client: Client) -> str:
    now = identity.services.clock()
    for one in identity.factors.of(record.id):
        if one.kind == CODES and _taken(identity, one, text, now):
            return CODES
    plain = _plain(text)
    if len(plain) != _LENGTH:
        return ""
    note = identity.note("recovery-code-used", client, person=record.id, about=record.id)
    return "recovery" if identity.factors.take_code(record.id, digest_of(plain), note) else ""


def _taken(identity: Identity, factor: FactorRecord, text: str, now: datetime) -> bool:
    step = step_of(factor.secret, text, now, factor.step)
    return step is not None and identity.factors.take_step(factor.id, step, identity.services.now())


def _plain(code: str) -> str:
    return re.sub(r"[^a-z0-9]", "", code[:200].lower())
