"""What goes along when one agent hands over to another: the user's request, and which values were good.

Labels travel with the message. Where it passes through what neither agent owns, it is sealed with a shared key.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from bartizan.model import InputError
from bartizan.model.card import ValueType

__all__ = ["Message", "open_sealed", "seal"]

_DIGEST = 32


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message between agents: what the user asked for, and the values of `text` with a good origin."""

    sender: str
    request: str
    text: str
    tainted: bool
    good: tuple[tuple[ValueType, str], ...] = ()


def seal(message: Message, key: bytes) -> bytes:
    """Return a message as bytes that only who has the key can make (HMAC-SHA256 in front of JSON)."""
    body = msgspec.json.encode(message)
    return hmac.digest(key, body, "sha256") + body


def open_sealed(sealed: bytes, key: bytes) -> Message:
    """Return a sealed message. Raises InputError when it was not sealed with this key."""
    digest, body = sealed[:_DIGEST], sealed[_DIGEST:]
    if not hmac.compare_digest(digest, hmac.new(key, body, hashlib.sha256).digest()):
        raise InputError("the message was not sealed with this key", help="share one key among the agents of a team")
    return msgspec.json.decode(body, type=Message)
