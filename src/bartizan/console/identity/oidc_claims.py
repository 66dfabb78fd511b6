"""What an identity token says, verified: pure, with keys that somebody else fetched.

Sources: OpenID Connect Core 1.0 section 3.1.3.7 (the checks, in its order), RFC 8725 (algorithms are allowed by name, a
key is for one kind of them), RFC 9207 (who sent the answer).
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from hmac import compare_digest
from math import isfinite
from typing import Any

import msgspec
from joserfc.jws import JWSRegistry

from bartizan.guard.identity.jwks import KIND, KeySet
from bartizan.model import BartizanError

__all__ = ["Expected", "NotSignedIn", "Subject", "TooWeak", "UnknownKey", "groups_of", "read_id_token", "subject_of"]

LONGEST = 32_768
"""Characters of an identity token."""
_SKEW = 60.0
"""Seconds that the provider's clock and ours may differ."""
_AGE = 600.0
"""Seconds since a token was made: it comes straight from the provider."""
_FORM = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_REGISTRY = JWSRegistry(algorithms=list(KIND))
_VERIFIERS = {name: _REGISTRY.get_alg("Ed25519" if name == "EdDSA" else name) for name in KIND}
_MOST_GROUPS = 2000


class NotSignedIn(BartizanError):
    """A sign-in failed. The message says why, and nothing of what the provider has said."""


class TooWeak(NotSignedIn):
    """The provider knows who it is, but does not say that it has asked as strongly as is demanded here."""


class UnknownKey(NotSignedIn):
    """The token is signed by a key that is not among those that are known: they may be old."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a token has to say to be the answer to a sign-in that was begun here. `now` is seconds since 1970.

    How strongly the provider has to have asked: one of `acr`, all of `amr`, at most `max_age` seconds ago. What is
    empty or None isn't demanded.
    """

    issuer: str
    client_id: str
    nonce: str
    now: float
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    max_age: float | None = None


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a provider has identified. `groups` is None where the provider said nothing about groups."""

    issuer: str
    subject: str
    name: str = ""
    email: str = ""
    groups: frozenset[str] | None = None


class _Header(msgspec.Struct):
    alg: str
    kid: str = ""
    crit: Any = None
    b64: Any = None


def read_id_token(token: str, keys: KeySet, expected: Expected) -> dict[str, Any]:
    """Return the claims of an identity token after every check. Raises NotSignedIn, and UnknownKey among them."""
    form = _FORM.fullmatch(token) if len(token) <= LONGEST else None
    if form is None:
        raise NotSignedIn("the provider gave no signed identity token")
    header = _decoded(form[1], _Header)
    if header.crit is not None or header.b64 is not None:
        raise NotSignedIn("the identity token demands an extension that is not understood")
    if header.alg not in KIND:
        raise NotSignedIn("the identity token's algorithm is not allowed")
    key = keys.find(header.kid, header.alg)
    if key is None:
        raise UnknownKey("the identity token is signed by a key that the provider does not name")
    if not _VERIFIERS[header.alg].verify(token[: form.end(2)].encode(), _bytes(form[3]), key.key):
        raise NotSignedIn("the identity token's signature is wrong")
    claims: dict[str, Any] = _decoded(form[2], dict)
    _check(claims, expected)
    _check_strength(claims, expected)
    return claims


def subject_of(issuer: str, claims: dict[str, Any], groups_claim: str) -> Subject:
    """Return whom verified claims identify. Raises NotSignedIn where they name nobody."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise NotSignedIn("the provider does not say who it is")
    name = next((said for key in ("name", "preferred_username") if (said := _line(claims.get(key)))), "")
    # An address that the provider has not verified is nobody's.
    email = _line(claims.get("email")) if claims.get("email_verified", True) is True else ""
    return Subject(issuer=issuer, subject=subject, name=name, email=email, groups=groups_of(claims, groups_claim))


def groups_of(claims: dict[str, Any], claim: str) -> frozenset[str] | None:
    """Return the groups that a claim lists, None where it is not there.

    Raises NotSignedIn where the provider says that there are too many to list: some would be missing silently.
    """
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, dict) and claim in elsewhere:
        raise NotSignedIn(
            "the provider does not list your groups, because there are too many",
            help="let it list only groups that are assigned to this application",
        )
    said = claims.get(claim)
    if said is None:
        return None
    listed = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return frozenset(one for one in listed[:_MOST_GROUPS] if isinstance(one, str))


def _check(claims: dict[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise NotSignedIn("the identity token is of another issuer")
    said = claims.get("aud")
    audiences = said if isinstance(said, list) else [said]
    if expected.client_id not in audiences:
        raise NotSignedIn("the identity token is for another program")
    party = claims.get("azp")
    if (len(audiences) > 1 and party is None) or (party is not None and party != expected.client_id):
        raise NotSignedIn("the identity token was issued to another program")
    expires, made = _moment(claims, "exp"), _moment(claims, "iat")
    if expected.now >= expires + _SKEW:
        raise NotSignedIn("the identity token has expired", help="compare the clocks of this machine and the provider")
    if not made - _SKEW <= expected.now <= made + _AGE:
        raise NotSignedIn(
            "the identity token was not made just now", help="compare the clocks of this machine and the provider"
        )
    if claims.get("nbf") is not None and expected.now < _moment(claims, "nbf") - _SKEW:
        raise NotSignedIn("the identity token is not valid yet")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not compare_digest(nonce.encode(), expected.nonce.encode()):
        raise NotSignedIn("the identity token answers another sign-in")


def _check_strength(claims: dict[str, Any], expected: Expected) -> None:
    """Hold what the provider says about how it has asked against what is demanded. What is not said is lacking."""
    if expected.acr and claims.get("acr") not in expected.acr:
        accepted = ", ".join(expected.acr)
        raise TooWeak(f"the provider has not asked strongly enough: `acr` is none of those accepted ({accepted})")
    said = claims.get("amr")
    methods = said if isinstance(said, list) else []
    if lacking := [one for one in expected.amr if one not in methods]:
        raise TooWeak(f"the provider has not asked strongly enough: `amr` lacks {', '.join(lacking)}")
    if expected.max_age is None:
        return
    if claims.get("auth_time") is None:
        raise TooWeak("the provider does not say when it has asked: `auth_time` is lacking")
    asked = _moment(claims, "auth_time")
    if not asked - _SKEW <= expected.now <= asked + expected.max_age + _SKEW:
        raise TooWeak(
            f"the provider has asked too long ago: `auth_time` is older than {expected.max_age / 60:g} minutes"
        )


def _moment(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15 or not isfinite(value):
        raise NotSignedIn(f"the identity token's `{name}` is not a time")
    return float(value)


def _line(said: object) -> str:
    """Return a text that fits on a line, empty where there is none."""
    text = " ".join(said.split()) if isinstance(said, str) else ""
    return text[:200] if text.isprintable() else ""


def _decoded(part: str, type_: type[Any]) -> Any:
    try:
        return msgspec.json.decode(_bytes(part), type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotSignedIn("the identity token can't be read") from None


def _bytes(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except Base64Error:
        raise NotSignedIn("the identity token is not base64url") from None
