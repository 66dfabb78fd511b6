"""What a client keeps for us between two requests of 2026-07-28: signed, for one call, for a while.

A `requestState` goes through the client, who may change it, keep it, or send it with something else. Ours holds what it
is for, the digest of the call and who made it, and until when it counts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

__all__ = ["States"]

_MARK = "bartizan.1."
_LEFT_OUT = ("_meta", "inputResponses", "requestState")


class States:
    """Makes and reads states. `key` is secret, of 32 bytes or more; `binding` names whose relay this is."""

    def __init__(self, key: bytes, binding: str) -> None:
        self._key, self._binding = key, binding

    def digest(self, method: str, params: dict[str, Any]) -> str:
        """Return what stands for a call: the method and all parameters but those that differ when it is sent again."""
        kept = {name: value for name, value in params.items() if name not in _LEFT_OUT}
        text = json.dumps([self._binding, method, kept], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def ours(self, state: str) -> bool:
        """Whether a state looks like one of ours."""
        return state.startswith(_MARK)

    def make(self, purpose: dict[str, Any], digest: str, until: float) -> str:
        """Return a state for the call with a digest."""
        body = json.dumps([purpose, digest, until], separators=(",", ":")).encode()
        return _MARK + _encode(body) + "." + _encode(self._mac(body))

    def read(self, state: str, digest: str, now: float) -> dict[str, Any] | None:
        """Return what a state is for, None when it is not ours, not for this call, or no longer good."""
        body, _, mac = state.removeprefix(_MARK).partition(".")
        try:
            plain, said = _decode(body), _decode(mac)
        except (ValueError, binascii.Error):
            return None
        if not hmac.compare_digest(said, self._mac(plain)):
            return None
        purpose, of, until = json.loads(plain)
        return purpose if of == digest and now <= until else None

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, self._binding.encode() + b"\0" + body, "sha256")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
