"""Access tokens of OpenID Connect issuers: JSON Web Tokens, verified with keys that somebody else fetches.

Sources: RFC 7515 and RFC 7519 (form), RFC 8725 (best practice: algorithms are allowed by name, a key is for one kind of
algorithm, kinds of tokens are told apart), RFC 9068 (access tokens).
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple, NoReturn

import msgspec
from joserfc.jws import JWSRegistry

from bartizan.guard.config import Issuer
from bartizan.guard.identity.claims import INVALID, check_claims, principal_of
from bartizan.guard.identity.jwks import KIND, KeySet, PublicKey, parse_jwks
from bartizan.guard.identity.refusals import NeedKeys, NotIdentified
from bartizan.guard.principal import Principal
from bartizan.model import InputError

__all__ = ["LONGEST", "TokenReader"]

LONGEST = 16_384
"""Characters of a token."""
_FORM = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_TYPES = frozenset({"", "jwt", "at+jwt", "application/jwt", "application/at+jwt"})
_REGISTRY = JWSRegistry(algorithms=list(KIND))
# `EdDSA` is the older name of `Ed25519`, which says the curve too (RFC 9864); the curve is held by the key's kind.
_VERIFIERS = {name: _REGISTRY.get_alg("Ed25519" if name == "EdDSA" else name) for name in KIND}


class _Header(msgspec.Struct):
    """What a token's header may say that matters. `crit` is refused whatever is in it: no extension is understood."""

    alg: str
    kid: str = ""
    typ: str = ""
    crit: Any = None
    b64: Any = None


class _Known(NamedTuple):
    who: Principal
    until: float


class _State:
    """What is known of one issuer: how it is configured, its keys, and when they were learned and last asked for."""

    def __init__(self, issuers: list[Issuer]) -> None:
        self.issuers = issuers
        self.keys: KeySet | None = None
        self.learned = self.asked = float("-inf")


class TokenReader:
    """Decides tokens. Pure: it has no clock and fetches nothing, `now` is seconds since 1970.

    `tenant` is that of principals whose token names none. Keys are in force for `age` seconds after they were learned,
    and asked for at most once in `pause` seconds. Tokens that were verified are remembered, the last `most` of them, by
    their digest. Raises InputError for issuers that can't be trusted as they are configured.
    """

    def __init__(
        self,
        issuers: Sequence[Issuer],
        tenant: str = "default",
        *,
        age: float = 86_400.0,
        pause: float = 10.0,
        most: int = 10_000,
    ) -> None:
        self._tenant, self._age, self._pause, self._most = tenant, age, pause, most
        self._states: dict[str, _State] = {}
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        for one in issuers:
            _check(one)
            self._states.setdefault(one.issuer, _State([])).issuers.append(one)

    def learn(self, issuer: str, jwks: bytes, now: float) -> None:
        """Take an issuer's keys in place of those before. Raises InputError, and changes nothing, when none is usable.

        A key that is there no more is withdrawn at once, with all tokens that were verified before.
        """
        state = self._states[issuer]
        keys = parse_jwks(jwks)
        if state.keys is None or state.keys.content != keys.content:
            self._known.clear()
        state.keys, state.learned = keys, now

    def learned(self, issuer: str) -> float:
        """Return when the keys of an issuer were learned, in seconds since 1970; minus infinity for never."""
        return self._states[issuer].learned

    def read(self, token: str, now: float) -> Principal:
        """Return whom an ASCII text identifies. Raises NotIdentified, and NeedKeys when it can't be decided yet."""
        at = sha256(token.encode()).digest()
        known = self._known.get(at)
        if known is not None and now < known.until:
            self._known.move_to_end(at)
            return known.who
        who, until = self._verify(token, now)
        self._known[at] = _Known(who, until)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return who

    def _verify(self, token: str, now: float) -> _Known:
        if len(token) > LONGEST:
            raise NotIdentified(INVALID, f"the token has more than {LONGEST} characters")
        form = _FORM.fullmatch(token)
        if form is None:
            raise NotIdentified(INVALID, "the credential is neither a key nor a signed token")
        header, claims, signature = _header(form[1]), _claims(form[2]), _bytes(form[3])
        state, issuer = self._issuer(claims)
        if header.alg not in issuer.algorithms:
            raise NotIdentified(INVALID, "the token's algorithm is not allowed")
        # What can be told without a key is told first: expired tokens are no reason to fetch keys.
        expires = check_claims(issuer, claims, now)
        key = self._key(state, issuer, header, now)
        signed = token[: form.end(2)].encode()
        if not _VERIFIERS[header.alg].verify(signed, signature, key.key):
            raise NotIdentified(INVALID, "the token's signature is wrong")
        who = principal_of(issuer, claims, self._tenant, expires)
        return _Known(who, min(expires + issuer.leeway, state.learned + self._age))

    def _issuer(self, claims: dict[str, Any]) -> tuple[_State, Issuer]:
        name = claims.get("iss")
        state = self._states.get(name) if isinstance(name, str) else None
        if state is None:
            raise NotIdentified(INVALID, "the token's issuer is not trusted here")
        said = claims.get("aud")
        audiences = said if isinstance(said, list) else [said]
        return state, next((one for one in state.issuers if one.audience in audiences), state.issuers[0])

    def _key(self, state: _State, issuer: Issuer, header: _Header, now: float) -> PublicKey:
        if state.keys is None or abs(now - state.learned) > self._age:
            self._ask(state, issuer, now, none=True)
        key = state.keys.find(header.kid, header.alg)
        if key is None:
            if not header.kid or state.keys.knows(header.kid):
                raise NotIdentified(INVALID, "the token's key does not fit its algorithm")
            self._ask(state, issuer, now, none=False)
        return key

    def _ask(self, state: _State, issuer: Issuer, now: float, *, none: bool) -> NoReturn:
        begin = abs(now - state.asked) >= self._pause
        if begin:
            state.asked = now
        raise NeedKeys(issuer.issuer, begin=begin, none=none)


def _check(issuer: Issuer) -> None:
    for name in issuer.algorithms:
        if name not in KIND:
            raise InputError(
                f"algorithm `{name}` of issuer `{issuer.issuer}` is not one for public keys",
                help=f"one of: {', '.join(KIND)}",
            )
    if not issuer.issuer or not issuer.audience or not issuer.algorithms:
        raise InputError(
            f"issuer `{issuer.issuer}` lacks its name, its audience or its algorithms",
            help="without an audience, a token for any other program would do",
        )
    if not 0 <= issuer.leeway <= 600:
        raise InputError(f"the leeway of issuer `{issuer.issuer}` is not from 0 to 600 seconds")


def _header(part: str) -> _Header:
    try:
        header = msgspec.json.decode(_bytes(part), type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotIdentified(INVALID, "the token's header can't be read") from None
    if header.crit is not None or header.b64 is not None:
        raise NotIdentified(INVALID, "the token demands an extension that is not understood")
    if header.typ.lower() not in _TYPES:
        raise NotIdentified(INVALID, "the token is no access token")
    return header


def _claims(part: str) -> dict[str, Any]:
    try:
        claims = msgspec.json.decode(_bytes(part))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotIdentified(INVALID, "the token's claims can't be read") from None
    if not isinstance(claims, dict):
        raise NotIdentified(INVALID, "the token's claims can't be read")
    return claims


def _bytes(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except Base64Error:
        raise NotIdentified(INVALID, "the token is not base64url") from None
