"""Signing in at an OpenID provider: authorisation code with PKCE.

Sources: OpenID Connect Core 1.0 section 3.1, Discovery 1.0 sections 3 and 4, RP-Initiated Logout 1.0 section 2,
RFC 7636 (PKCE), RFC 9207 (the issuer in the answer), RFC 9700 (best practice).
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec

from bartizan.console.identity.fetching import Fetcher
from bartizan.console.identity.oidc_claims import (
    Expected,
    NotSignedIn,
    Subject,
    UnknownKey,
    groups_of,
    read_id_token,
    subject_of,
)
from bartizan.console.identity.settings import Provider, is_loopback
from bartizan.guard.identity.jwks import KeySet, parse_jwks
from bartizan.model import InputError

__all__ = ["Begun", "OidcClient", "SignedIn"]

_WELL_KNOWN = "/.well-known/openid-configuration"
_AGE = 3600.0
"""Seconds for which what a provider says of itself counts, its keys too."""
_PAUSE = 10.0
"""Seconds between two fetches of keys because of one that is not known."""
_STARTED = 900.0
"""Seconds that somebody may take at the provider."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that was begun: the browser keeps it until it comes back from the provider."""

    provider: str
    state: str
    nonce: str
    verifier: str
    at: float
    back: str = "/"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who has signed in, and the identity token, which the provider wants to see when the person signs out."""

    subject: Subject
    id_token: str


class _Discovered(msgspec.Struct, kw_only=True):
    """What of a provider's description matters."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class _Answer(msgspec.Struct):
    id_token: str
    access_token: str = ""


class OidcClient:
    """This console at one provider. `clock` gives seconds since 1970, `callback` is where the provider sends people.

    May be used by many threads.
    """

    def __init__(self, provider: Provider, callback: str, clock: Callable[[], float], fetcher: Fetcher) -> None:
        self.provider, self.callback = provider, callback
        self._clock, self._fetch = clock, fetcher
        self._lock = Lock()
        self._known: tuple[float, _Discovered] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def begin(self, back: str) -> tuple[Begun, str]:
        """Begin a sign-in, and return it with the address at the provider. Raises NotSignedIn."""
        found = self._discover()
        begun = Begun(
            provider=self.provider.name,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            at=self._clock(),
            back=back,
        )
        challenge = urlsafe_b64encode(sha256(begun.verifier.encode()).digest()).decode().rstrip("=")
        said = self.provider
        demanded = {"acr_values": " ".join(said.acr)} if said.acr else {}
        if said.max_age_minutes is not None:
            demanded["max_age"] = str(said.max_age_minutes * 60)
        return begun, _with(found.authorization_endpoint, {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": self.callback,
            "scope": " ".join(self.provider.scopes),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **demanded,
        })  # fmt: skip

    def finish(self, begun: Begun, answer: dict[str, str]) -> SignedIn:
        """Return who has signed in, from the parameters with which the provider sent the browser back.

        Raises NotSignedIn for an answer to another sign-in, of another provider, or that isn't genuine.
        """
        if begun.provider != self.provider.name or not compare_digest(
            answer.get("state", "").encode(), begun.state.encode()
        ):
            raise NotSignedIn("the answer is not to the sign-in that was begun here", help="sign in again")
        if not -60 <= self._clock() - begun.at <= _STARTED:
            raise NotSignedIn("signing in took too long", help="sign in again")
        found = self._discover()
        issuer = answer.get("iss")
        if issuer != found.issuer and (issuer is not None or found.authorization_response_iss_parameter_supported):
            raise NotSignedIn("the answer comes from another provider than the one that was asked")
        if "error" in answer or not answer.get("code"):
            raise NotSignedIn("the provider did not sign you in", help="sign in again, or ask who runs the provider")
        given = self._exchange(found, answer["code"], begun)
        asked = self.provider
        expected = Expected(
            issuer=found.issuer, client_id=asked.client_id, nonce=begun.nonce, now=self._clock(),
            acr=tuple(asked.acr), amr=tuple(asked.amr),
            max_age=None if asked.max_age_minutes is None else asked.max_age_minutes * 60.0,
        )  # fmt: skip
        claims = self._claims(found, given.id_token, expected)
        return SignedIn(subject=self._subject(found, claims, given.access_token), id_token=given.id_token)

    def sign_out_address(self, id_token: str, back: str) -> str:
        """Return where the browser goes to be signed out at the provider too, empty where there is no such place."""
        found = self._discover()
        if not found.end_session_endpoint:
            return ""
        said = {"client_id": self.provider.client_id, "post_logout_redirect_uri": back}
        return _with(found.end_session_endpoint, {**({"id_token_hint": id_token} if id_token else {}), **said})

    def _discover(self) -> _Discovered:
        now = self._clock()
        with self._lock:
            if self._known is not None and abs(now - self._known[0]) < _AGE:
                return self._known[1]
        content = self._fetch.get(self.provider.issuer.rstrip("/") + _WELL_KNOWN)
        try:
            found = msgspec.json.decode(content, type=_Discovered)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NotSignedIn(f"the description of provider `{self.provider.name}` can't be read") from None
        if found.issuer != self.provider.issuer:
            raise NotSignedIn(f"the description of provider `{self.provider.name}` is of another issuer")
        for place in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint,
                      found.end_session_endpoint):  # fmt: skip
            _check(place)
        with self._lock:
            self._known = now, found
        return found

    def _exchange(self, found: _Discovered, code: str, begun: Begun) -> _Answer:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback,
                "code_verifier": begun.verifier}  # fmt: skip
        secret = self._secret()
        basic: tuple[str, str] | None = None
        if not secret:
            form["client_id"] = self.provider.client_id
        elif "client_secret_basic" in found.token_endpoint_auth_methods_supported:
            basic = quote_plus(self.provider.client_id), quote_plus(secret)
        else:
            form |= {"client_id": self.provider.client_id, "client_secret": secret}
        try:
            return msgspec.json.decode(self._fetch.post(found.token_endpoint, form, basic), type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NotSignedIn("the provider gave no identity token") from None

    def _secret(self) -> str:
        """Return the client secret, read anew each time, so that a new one needs no restart."""
        if not self.provider.client_secret_file:
            return ""
        try:
            return Path(self.provider.client_secret_file).read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise NotSignedIn(f"the client secret of provider `{self.provider.name}` can't be read") from None

    def _claims(self, found: _Discovered, token: str, expected: Expected) -> dict[str, Any]:
        try:
            return read_id_token(token, self._key_set(found, _AGE), expected)
        except UnknownKey:
            # The provider may have new keys since.
            return read_id_token(token, self._key_set(found, _PAUSE), expected)

    def _key_set(self, found: _Discovered, age: float) -> KeySet:
        now = self._clock()
        with self._lock:
            if self._keys is not None and abs(now - self._keys[0]) < age:
                return self._keys[1]
        try:
            keys = parse_jwks(self._fetch.get(found.jwks_uri))
        except InputError:
            raise NotSignedIn(f"the keys of provider `{self.provider.name}` can't be read") from None
        with self._lock:
            self._keys = now, keys
        return keys

    def _subject(self, found: _Discovered, claims: dict[str, Any], access_token: str) -> Subject:
        """Return whom the claims identify; what they lack of name, address and groups is asked for."""
        claim = self.provider.groups_claim
        ungrouped = bool(self.provider.roles) and groups_of(claims, claim) is None
        lacking = ungrouped or "email" not in claims or "name" not in claims
        if lacking and found.userinfo_endpoint and access_token:
            more = self._userinfo(found.userinfo_endpoint, access_token)
            if more.get("sub") != claims.get("sub"):
                raise NotSignedIn("the provider speaks of somebody else than the one who has signed in")
            claims = {**more, **claims}
        return subject_of(found.issuer, claims, claim)

    def _userinfo(self, place: str, access_token: str) -> dict[str, Any]:
        try:
            return msgspec.json.decode(self._fetch.get(place, access_token), type=dict)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NotSignedIn("what the provider says about you can't be read") from None


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def _check(place: str) -> None:
    """Refuse places to which codes, secrets and people must not be sent."""
    try:
        parts = urlsplit(place)
        host = parts.hostname or ""
    except ValueError:
        raise NotSignedIn("the provider names a place that is no address") from None
    if place and not (parts.scheme == "https" and host) and not (parts.scheme == "http" and is_loopback(host)):
        raise NotSignedIn(f"the provider names a place that is not reached over https: `{parts.scheme}://{host}`")
