"""What a token says, checked and turned into a principal.

Sources: RFC 7519 section 4.1 (claims), RFC 9068 (access tokens), RFC 9449 section 7.1 and RFC 8705 section 3 (`cnf`),
and Microsoft's reference of access token claims (`appid`, `azp`, `tid`, `roles`, and `_claim_names` or `hasgroups`
where the groups are too many to be in the token).
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from bartizan.guard.config import Issuer
from bartizan.guard.identity.refusals import NotIdentified
from bartizan.guard.principal import Principal

__all__ = ["check_claims", "principal_of"]

INVALID = "token-not-valid"
_LONGEST_NAME = 1024
_MOST_GROUPS = 2000
_MOST_LISTED = 200
_NO_ACCESS = frozenset({"id", "refresh", "offline", "logout"})
"""Words by which some issuers mark tokens that are no access tokens: Keycloak in `typ`, Cognito in `token_use`."""
_APPLICATION = ("azp", "appid", "client_id", "cid")


def check_claims(issuer: Issuer, claims: dict[str, Any], now: float) -> float:
    """Check what holds for any access token, and return when it expires, in seconds since 1970.

    Raises NotIdentified. The issuer's name was compared when `issuer` was chosen.
    """
    expires = _moment(claims, "exp")
    if expires is None:
        raise NotIdentified(INVALID, "the token doesn't say when it expires")
    if now >= expires + issuer.leeway:
        raise NotIdentified("token-expired", "the token has expired: get a new one")
    for name in ("nbf", "iat"):
        since = _moment(claims, name)
        if since is not None and now < since - issuer.leeway:
            raise NotIdentified(INVALID, f"the token is not valid yet by its `{name}`: compare the clocks")
    said = claims.get("aud")
    if said != issuer.audience and not (isinstance(said, list) and issuer.audience in said):
        raise NotIdentified(INVALID, "the token is for another audience")
    if "cnf" in claims:
        raise NotIdentified(INVALID, "the token is bound to a key of its holder, and can't be used as a bearer token")
    for name in ("typ", "token_use"):
        word = claims.get(name)
        if isinstance(word, str) and word.lower() in _NO_ACCESS:
            raise NotIdentified(INVALID, "the token is no access token")
    return expires


def _moment(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    # A whole number may be larger than any float.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15 or not isfinite(value):
        raise NotIdentified(INVALID, f"the token's `{name}` is not a time")
    return float(value)


def principal_of(issuer: Issuer, claims: dict[str, Any], tenant: str, expires: float) -> Principal:
    """Map the claims of a token that was verified. Raises NotIdentified where they don't say enough."""
    name = _at(claims, issuer.principal)
    if not _is_name(name):
        raise NotIdentified("token-without-principal", f"the token has no `{issuer.principal}` that names its holder")
    said = _at(claims, issuer.tenant)
    prefix = issuer.prefix
    application = _application(issuer, claims)
    return Principal(
        id=prefix + name,
        source=f"issuer:{issuer.issuer}",
        groups=frozenset(prefix + group for group in _groups(issuer, claims)),
        application=prefix + application if application else "",
        tenant=said if _is_name(said) else tenant,
        until=expires,
        audiences=frozenset(_listed(claims.get("aud"))),
        scopes=frozenset(_listed(claims.get("scope"), " ") + _listed(claims.get("scp"), " ")),
    )


def _listed(said: Any, between: str | None = None) -> list[str]:
    """Return the names in a claim: a list of them, or a text with something `between` them (RFC 8693, section 4.2)."""
    if isinstance(said, str):
        said = said.split(between) if between else [said]
    found = said if isinstance(said, list) else []
    return [one for one in found[:_MOST_LISTED] if _is_name(one)]


def _application(issuer: Issuer, claims: dict[str, Any]) -> str:
    """Return the program that the token was issued to, by the claim that is configured or the usual ones."""
    names = _APPLICATION if issuer.application == _APPLICATION[0] else (issuer.application,)
    return next((value for name in names if _is_name(value := _at(claims, name))), "")


def _groups(issuer: Issuer, claims: dict[str, Any]) -> list[str]:
    """Return groups, and with the usual claim also `roles`, which Entra ID gives for roles of the application."""
    usual = issuer.groups == "groups"
    elsewhere = claims.get("_claim_names")
    if (isinstance(elsewhere, dict) and issuer.groups in elsewhere) or (usual and claims.get("hasgroups") is True):
        raise NotIdentified(
            "groups-not-in-token",
            "the token's holder is in too many groups for the token to name them: let the issuer name only groups that "
            "are assigned to the application, or use roles of the application",
            status=403,
        )
    out: list[str] = []
    for name in ("groups", "roles") if usual else (issuer.groups,):
        value = _at(claims, name)
        listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        out += [one for one in listed if _is_name(one)]
    if len(out) > _MOST_GROUPS:
        raise NotIdentified("groups-not-in-token", "the token names too many groups", status=403)
    return out


def _at(claims: dict[str, Any], path: str) -> Any:
    """Return a claim by its name, or, where none has it, by the names on the way to it with points between them."""
    if path in claims or "." not in path:
        return claims.get(path)
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()
