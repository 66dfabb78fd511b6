"""How often one account may ask: a bound that nobody at work comes near, and that a script gone wild meets at once.

Token buckets, one for all requests of an account and a smaller one for what is dear. They are in memory, and so each
process counts for itself: what has to hold over all of them would ask the database at each request.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["DEAR", "LONG", "Limits", "Over"]

DEAR = 1
"""What a list as a file or a document takes of the smaller bucket: a tenth of a second to one of a processor."""
LONG = 5
"""What reading in a file takes: up to some seconds."""
_BURST = 10.0
"""Seconds' worth of requests that may come at once."""
_SHARE = 20.0
"""How many times fewer dear requests there may be."""
_TOLD = 60.0
"""Seconds for which one line in the log about an account is enough."""
_MANY = 10_000
"""Accounts above which those that have not asked for a while are forgotten."""


@dataclass(frozen=True)
class Over:
    """A request too many. `seconds` until the next one is heard; `told` says that the log has heard of it already."""

    limit: str
    seconds: int
    told: bool


@dataclass
class _Account:
    at: float
    left: float
    dear: float
    told: float = -math.inf


class Limits:
    """How often each account may ask. `per_second` go on for ever, ten seconds' worth of it may come at once.

    `clock` gives seconds that never go back. May be used by many threads.
    """

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._rate, self._dear_rate = per_second, per_second / _SHARE
        self._most, self._most_dear = per_second * _BURST, max(per_second, float(LONG))
        self._clock, self._lock = clock, threading.Lock()
        self._accounts: dict[str, _Account] = {}

    def take(self, who: str, dear: int = 0) -> Over | None:
        """Count a request of an account, which costs so much of the smaller bucket; None where it is heard.

        What is refused costs nothing: whoever slows down is heard again at once.
        """
        with self._lock:
            now = self._clock()
            account = self._accounts.get(who)
            if account is None:
                self._forget(now)
                account = self._accounts[who] = _Account(now, self._most, self._most_dear)
            gone = now - account.at
            account.at = now
            account.left = min(self._most, account.left + gone * self._rate)
            account.dear = min(self._most_dear, account.dear + gone * self._dear_rate)
            if account.left >= 1 and account.dear >= dear:
                account.left -= 1
                account.dear -= dear
                return None
            waits = {"requests": (1 - account.left) / self._rate, "dear": (dear - account.dear) / self._dear_rate}
            limit = max(waits, key=lambda one: waits[one])
            told = now - account.told < _TOLD
            if not told:
                account.told = now
            return Over(limit, max(1, math.ceil(waits[limit])), told)

    def _forget(self, now: float) -> None:
        """Forget accounts whose buckets are full again."""
        if len(self._accounts) >= _MANY:
            full = max(_BURST, self._most_dear / self._dear_rate)
            self._accounts = {who: one for who, one in self._accounts.items() if now - one.at < full}
