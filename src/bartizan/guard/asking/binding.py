"""What binds a decision to the exact call that was shown: a digest of it, and tokens that nobody else can make."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal, TypeAlias

import msgspec

__all__ = ["Token", "call_digest", "make_token", "read_token"]

Purpose: TypeAlias = Literal["answer", "poll"]
_LONGEST = 2_000


def call_digest(session: str, tool: str, arguments: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a call, as hex.

    The order of keys doesn't count; `1`, `1.0`, `"1"` and `true` are four different things, as they are to a server.
    """
    plain = json.dumps([session, tool, arguments], sort_keys=True, separators=(",", ":"), default=repr)
    return sha256(plain.encode()).hexdigest()


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """What a token says. `approval` is an approval's id, `digest` its call's, `until` in seconds since 1970."""

    purpose: Purpose
    approval: str
    digest: str
    until: float


_DECODER = msgspec.json.Decoder(Token)


def make_token(key: bytes, token: Token) -> str:
    """Return a signed token (HMAC-SHA256, RFC 2104) that may stand in an address."""
    body = _plain(msgspec.json.encode(token))
    return f"{body}.{_plain(_sign(key, body))}"


def read_token(key: bytes, text: str, purpose: Purpose, now: float) -> Token | None:
    """Return what a token says; None when it isn't ours, is over, or was made for something else.

    That it counts once is held by the approval, which is decided once.
    """
    body, dot, signature = text.partition(".")
    if not dot or len(text) > _LONGEST or not text.isascii():
        return None
    if not hmac.compare_digest(_plain(_sign(key, body)).encode(), signature.encode()):
        return None
    try:
        token = _DECODER.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (msgspec.DecodeError, UnicodeDecodeError, Error):  # pragma: no cover - signed by us, so made by us
        return None
    return token if token.purpose == purpose and now < token.until else None


def _sign(key: bytes, body: str) -> bytes:
    return hmac.new(key, b"bartizan approval 1\x00" + body.encode(), sha256).digest()


def _plain(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
