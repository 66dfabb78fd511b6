"""A device that holds passkeys, for tests: it answers as a browser with one does, or wrongly where a test wants it."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

__all__ = ["Device"]

_PRESENT, _VERIFIED, _DATA = 1, 4, 64


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One passkey. What it says can be changed before it is asked."""

    origin: str = "https://ai.example.com"
    host: str = "ai.example.com"
    verified: bool = True
    said: dict[str, Any] = field(default_factory=dict)
    """What the browser says beside what it was asked, such as that another site asks."""
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any], *, algorithm: int = -7) -> str:
        """Answer `navigator.credentials.create`."""
        self.handle = options["user"]["id"]
        public = self.key.public_key().public_numbers()
        key = {1: 2, 3: algorithm, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        data = self._data(_DATA) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor.encode(key)
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"clientDataJSON": _text(self._client("webauthn.create", options)), "attestationObject": _text(made),
                    "transports": ["internal", "sorcery"]}  # fmt: skip
        return json.dumps({"rawId": _text(self.id), "type": "public-key", "response": response})

    def sign(self, options: dict[str, Any]) -> str:
        """Answer `navigator.credentials.get`."""
        self.count += 1
        client, data = self._client("webauthn.get", options), self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"clientDataJSON": _text(client), "authenticatorData": _text(data), "signature": _text(signature),
                    "userHandle": self.handle}  # fmt: skip
        return json.dumps({"rawId": _text(self.id), "type": "public-key", "response": response})

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, **self.said}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)
