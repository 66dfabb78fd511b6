"""An issuer's public keys (JSON Web Key Set, RFC 7517): only those that may verify a signature."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any, NamedTuple, cast

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from bartizan.model import InputError

__all__ = ["KIND", "KeySet", "PublicKey", "parse_jwks"]

KIND = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519", "Ed25519": "Ed25519",
}  # fmt: skip
"""Algorithms that may be allowed, with the kind of key that each wants. A shared secret and `none` are not among them.

Source: RFC 7518 section 3.1, RFC 8037 and RFC 9864.
"""

_MOST_BYTES = 1_000_000
_MOST_KEYS = 200
_SHORTEST, _LONGEST = 2048, 8192
"""Bits of an RSA key: below is too weak (NIST SP 800-131A), above costs too much a signature."""
_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}


class PublicKey(NamedTuple):
    """A key with its id, its kind (`RSA` or a curve), and the only algorithm that it is for, or empty."""

    kid: str
    kind: str
    algorithm: str
    key: Key


class KeySet:
    """The keys of one issuer. `content` tells two sets apart by what is in them."""

    def __init__(self, keys: list[PublicKey], content: frozenset[tuple[str, ...]]) -> None:
        self.content = content
        self._keys = keys
        self._by_kid: dict[str, list[PublicKey]] = {}
        for one in keys:
            self._by_kid.setdefault(one.kid, []).append(one)

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._keys)

    def knows(self, kid: str) -> bool:
        """Tell whether a key has this id."""
        return kid in self._by_kid

    def find(self, kid: str, algorithm: str) -> PublicKey | None:
        """Return the key with an id that fits an algorithm; without an id, the only one that fits."""
        among = self._by_kid.get(kid, []) if kid else self._keys
        fits = [one for one in among if one.kind == KIND[algorithm] and one.algorithm in ("", algorithm)]
        return fits[0] if fits and (kid or len(fits) == 1) else None


def parse_jwks(content: bytes) -> KeySet:
    """Read a key set. Keys that are not for signatures, of unknown kinds, weak, private or broken are left out.

    Raises InputError when nothing usable is left, or `content` is no key set.
    """
    if len(content) > _MOST_BYTES:
        raise InputError("the key set is too large")
    try:
        decoded = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputError("the key set is not JSON") from None
    listed = decoded.get("keys") if isinstance(decoded, dict) else None
    if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
        raise InputError("the key set has no list of keys")
    keys: list[PublicKey] = []
    prints = set()
    for one in listed:
        key = _usable(one) if isinstance(one, dict) else None
        if key is not None:
            keys.append(key)
            prints.add((key.kid, key.algorithm, *(one[name] for name in _MEMBERS[one["kty"]])))
    if not keys:
        raise InputError("the key set has no key that can verify a signature")
    return KeySet(keys, frozenset(prints))


def _usable(one: dict[str, Any]) -> PublicKey | None:
    members = _MEMBERS.get(one["kty"]) if isinstance(one.get("kty"), str) else None
    if members is None or not all(isinstance(one.get(name), str) for name in members):
        return None
    kid, algorithm, use, ops = one.get("kid", ""), one.get("alg", ""), one.get("use", "sig"), one.get("key_ops")
    if "d" in one or use != "sig" or not isinstance(kid, str) or not isinstance(algorithm, str):
        return None
    if ops is not None and not (isinstance(ops, list) and "verify" in ops):
        return None
    key = _key(one["kty"], {"kty": one["kty"], **{name: one[name] for name in members}})
    if key is None:
        return None
    kind = "RSA" if one["kty"] == "RSA" else one["crv"]
    return PublicKey(kid, kind, algorithm, key) if kind in KIND.values() else None


def _key(kind: str, members: dict[str, str]) -> Key | None:
    try:
        if kind == "RSA":
            bits = int.from_bytes(urlsafe_b64decode(members["n"] + "==")).bit_length()
            return RSAKey.import_key(cast("Any", members)) if _SHORTEST <= bits <= _LONGEST else None
        if kind == "EC":
            return ECKey.import_key(cast("Any", members))
        return OKPKey.import_key(cast("Any", members))
    except (JoseError, ValueError, KeyError):
        return None
