"""An issuer without a network: its keys, its key set, and tokens that another library signs."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from bartizan.guard.config import Issuer
from bartizan.guard.identity import NeedKeys, NotIdentified, TokenReader

__all__ = [
    "AUDIENCE",
    "ISSUER",
    "NOW",
    "Given",
    "claims",
    "compact",
    "forged",
    "issuer",
    "jwk",
    "jwks",
    "private",
    "reader",
    "refused",
    "token",
]

ISSUER = "https://login.example.org/t1"
AUDIENCE = "api://gateway"
NOW = 1_800_000_000.0


@cache
def private(name: str) -> Any:
    """Return a private key by name; what comes before `-` says its kind."""
    kind = name.split("-", maxsplit=1)[0]
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if kind == "ed":
        return ed25519.Ed25519PrivateKey.generate()
    curves: dict[str, ec.EllipticCurve] = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
    return ec.generate_private_key(curves[kind])


def jwk(name: str, **more: Any) -> dict[str, Any]:
    """Return the public half of a key as an issuer publishes it; its id is its name."""
    public = private(name).public_key()
    algorithm: Any = (
        RSAAlgorithm if isinstance(public, rsa.RSAPublicKey)
        else OKPAlgorithm if isinstance(public, ed25519.Ed25519PublicKey)
        else ECAlgorithm
    )  # fmt: skip
    made = algorithm.to_jwk(public, as_dict=True)
    made.pop("key_ops", None)
    return {**made, "kid": name, "use": "sig", **more}


def jwks(*keys: str | dict[str, Any]) -> bytes:
    """Return a key set."""
    return json.dumps({"keys": [jwk(one) if isinstance(one, str) else one for one in keys]}).encode()


def claims(**more: Any) -> dict[str, Any]:
    """Return what a good token says; None leaves a claim out."""
    made = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": int(NOW) - 10, "exp": int(NOW) + 600, **more}
    return {name: value for name, value in made.items() if value is not None}


def token(key: str = "rsa-1", algorithm: str = "RS256", header: dict[str, Any] | None = None, **more: Any) -> str:
    """Return a signed token."""
    named = {"kid": key, **(header or {})}
    return jwt.encode(
        claims(**more), private(key), algorithm=algorithm, headers={k: v for k, v in named.items() if v is not None}
    )


def compact(header: Any, payload: Any, signature: bytes = b"x") -> str:
    """Return three parts, of plain values or of bytes as they are."""
    parts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in (header, payload)]
    return ".".join(urlsafe_b64encode(one).rstrip(b"=").decode() for one in (*parts, signature))


def forged(secret: bytes, algorithm: str = "HS256") -> str:
    """Return a token whose signature is made with what everybody knows: the public key."""
    unsigned = compact({"alg": algorithm, "kid": "rsa-1", "typ": "JWT"}, claims()).rpartition(".")[0]
    made = hmac.new(secret, unsigned.encode(), sha256).digest()
    return unsigned + "." + urlsafe_b64encode(made).rstrip(b"=").decode()


def issuer(**more: Any) -> Issuer:
    """Return an issuer as it is configured."""
    return Issuer(**{"issuer": ISSUER, "audience": AUDIENCE, **more})


def reader(*keys: str | dict[str, Any], **more: Any) -> TokenReader:
    """Return a reader that has learned the keys, `rsa-1` when none is named."""
    made = TokenReader([issuer(**more)])
    made.learn(ISSUER, jwks(*(keys or ("rsa-1",))), NOW)
    return made


def refused(read: Callable[[], object]) -> str:
    """Return the rule by which something is refused, `keys` when it would need keys, or what came out."""
    try:
        return f"taken: {read()}"
    except NotIdentified as error:
        return error.rule
    except NeedKeys:
        return "keys"


class Given:
    """Headers as the server gives them."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = list(pairs)

    def items(self) -> list[tuple[str, str]]:
        return self._pairs
