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

__all__ = ["Remembered", "States"]

_MARK = "bartizan.1."
_LEFT_OUT = ("_meta", "inputResponses", "requestState")


class Remembered:
    """What all relays of one driver remember: which answers counted already, and to whom tasks belong."""

    __slots__ = ("tasks", "used")

    def __init__(self) -> None:
        self.used: dict[str, float] = {}
        self.tasks: dict[tuple[str, str, str], None] = {}


_MOST_TASKS = 100_000


class States:
    """Makes and reads states. `key` is secret, of 32 bytes or more; `binding` names whose relay this is.

    Relays of one key share what is `remembered`.
    """

    def __init__(self, key: bytes, binding: str, remembered: Remembered | None = None) -> None:
        self._key, self._binding = key, binding
        self._remembered = remembered or Remembered()

    def use(self, id: str, until: float) -> bool:
        """Take note that an answer counts now, and need not be known after `until`; False where it did before."""
        used = self._remembered.used
        if id in used:
            return False
        used[id] = until
        return True

    def forget(self, now: float) -> None:
        """Forget answers whose time is over."""
        used = self._remembered.used
        for id in [id for id, until in used.items() if until <= now]:
            del used[id]

    def own(self, server: str, task: str) -> None:
        """Take note that a task belongs to whose relay this is."""
        tasks = self._remembered.tasks
        tasks[self._binding, server, task] = None
        if len(tasks) > _MOST_TASKS:
            del tasks[next(iter(tasks))]

    def owns(self, server: str, task: str) -> bool:
        """Tell whether a task belongs to whose relay this is: knowing its id is no right to it."""
        return (self._binding, server, task) in self._remembered.tasks

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
