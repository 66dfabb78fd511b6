"""Budgets of one process, in its memory. There is nothing to wait for, so no lock is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from bartizan.guard.limits.interface import (
    BUSY,
    NEVER,
    SPENT,
    Amount,
    Ask,
    Part,
    Short,
    Taken,
    Want,
    exhausted,
    percent,
)
from bartizan.model import InputError

__all__ = ["MemoryStore"]

_SWEEP = 1.0
"""Seconds between looks for reservations that have expired."""
_FORGET = 60.0
"""Seconds between looks for windows that are over."""


class _Count:
    """What is booked in one window, reservations among it, and of that what is reserved only."""

    __slots__ = ("held_money", "held_tokens", "money", "requests", "tokens", "until")

    def __init__(self, until: float, requests: int = 0, tokens: int = 0, money: int = 0) -> None:
        self.until, self.requests, self.tokens, self.money = until, requests, tokens, money
        self.held_tokens = self.held_money = 0


class _Saved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A count on the disk."""

    until: float
    requests: int
    tokens: int
    money: int


class MemoryStore:
    """Counts in memory: exact for one process. `hold` is after how many seconds a reservation expires.

    `dump` and `load` keep counts over a restart.
    """

    def __init__(self, hold: float = 900.0) -> None:
        self._hold = hold
        self._counts: dict[str, _Count] = {}
        self._open: dict[str, Taken] = {}
        self._numbers: dict[str, Counter[str]] = {}
        self._parts: dict[tuple[str, str], str] = {}
        self._number = 0
        self._sweep = self._forget = 0.0

    async def take(self, wants: Sequence[Want], ask: Ask, now: float) -> Taken:
        """Reserve; see Store. Raises Exhausted."""
        if now >= self._sweep:
            self._expire(now)
        counts, got, short = [], [], []
        for want in wants:
            count = self._counts.get(want.key)
            if count is None:
                count = self._counts[want.key] = _Count(want.end + self._hold)
            counts.append(count)
            why, amount = _room(want.limit, count, ask)
            if why:
                short.append(Short(want, why))
            got.append(amount)
        if short:
            raise exhausted(short, now)
        for count, amount in zip(counts, got, strict=True):
            requests, tokens, money = amount
            count.requests += requests
            count.tokens += tokens
            count.money += money
            count.held_tokens += tokens
            count.held_money += money
        self._number += 1
        taken = Taken(str(self._number), wants, got, now + self._hold)
        self._open[taken.id] = taken
        return taken

    async def settle(self, taken: Taken, used: Amount, now: float) -> None:  # noqa: ARG002 - as Store has it
        """Book what was used; see Store."""
        expired = self._open.pop(taken.id, None) is None
        for want, amount in zip(taken.wants, taken.got, strict=True):
            count = self._counts.get(want.key)
            if count is None:
                continue  # its window is long over
            if not expired:
                _give_back(count, amount)
            count.requests += used.requests - amount.requests
            count.tokens += used.tokens
            count.money += used.money

    def used(self, wants: Sequence[Want], now: float) -> int:  # noqa: ARG002 - as Store has it
        """Return percents of the tightest limit that are booked or reserved."""
        most = 0
        for want in wants:
            count = self._counts.get(want.key)
            if count is not None:
                limit = want.limit
                most = max(
                    most,
                    percent(count.requests, limit.requests),
                    percent(count.tokens, limit.tokens),
                    percent(count.money, limit.money),
                )
        return most

    async def add(self, key: str, part: Part, until: float, now: float) -> Mapping[str, int]:  # noqa: ARG002
        """Add numbers; see Store. They last as long as the process."""
        numbers = self._numbers.setdefault(key, Counter())
        if self._parts.get((key, part.writer)) != part.id:
            self._parts[key, part.writer] = part.id
            numbers.update(part.numbers)
        return dict(numbers)

    async def close(self) -> None:
        """Nothing is open."""

    def dump(self) -> bytes:
        """Return what is booked, for `load` in a later process. Reservations count as given back there."""
        return msgspec.json.encode({
            key: _Saved(one.until, one.requests, one.tokens - one.held_tokens, one.money - one.held_money)
            for key, one in self._counts.items()
        })  # fmt: skip

    def load(self, saved: bytes) -> None:
        """Begin with what an earlier process has booked. Raises InputError for bytes that `dump` didn't make."""
        try:
            read = msgspec.json.decode(saved, type=dict[str, _Saved])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InputError("these are no saved budgets", help="remove the file to begin with nothing used") from None
        for key, one in read.items():
            self._counts[key] = _Count(one.until, one.requests, one.tokens, one.money)

    def _expire(self, now: float) -> None:
        """Give back what was never settled, and forget windows that are over."""
        self._sweep = now + _SWEEP
        while self._open:
            id, taken = next(iter(self._open.items()))
            if taken.until > now:
                break
            del self._open[id]
            for want, amount in zip(taken.wants, taken.got, strict=True):
                count = self._counts.get(want.key)
                if count is not None:
                    _give_back(count, amount)
        if now >= self._forget:
            self._forget = now + _FORGET
            for key in [key for key, count in self._counts.items() if count.until <= now]:
                del self._counts[key]


def _give_back(count: _Count, amount: Amount) -> None:
    count.tokens -= amount.tokens
    count.money -= amount.money
    count.held_tokens -= amount.tokens
    count.held_money -= amount.money


def _room(limit: Amount, count: _Count, ask: Ask) -> tuple[int, Amount]:
    """Return 0 and what can be reserved, or why not even the least can be."""
    least, most = ask
    requests, tokens, money = most
    why = 0
    if limit.requests and count.requests + least.requests > limit.requests:
        why = SPENT
    if limit.tokens and least.tokens:
        room = limit.tokens - count.tokens
        if room < least.tokens:
            why = max(why, _why(least.tokens, limit.tokens, room + count.held_tokens))
        elif room < tokens:
            tokens = room
    if limit.money and least.money:
        room = limit.money - count.money
        if room < least.money:
            why = max(why, _why(least.money, limit.money, room + count.held_money))
        elif room < money:
            money = room
    return why, most if tokens == most.tokens and money == most.money else Amount(requests, tokens, money)


def _why(least: int, limit: int, free: int) -> int:
    if least > limit:
        return NEVER
    return BUSY if least <= free else SPENT
