"""Which budgets a call falls under: from the configuration, the caller and the time to what the store is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import floor
from typing import Literal, TypeAlias

from bartizan.guard.config import Budget
from bartizan.guard.limits.interface import Amount, Want
from bartizan.guard.principal import Principal
from bartizan.model import InputError

__all__ = ["MILLION", "Budgets", "limit_of", "window"]

MILLION = 1_000_000
"""Money is counted in millionths, in whole numbers, so that nothing is lost by rounding."""
_LENGTHS = {"minute": 60, "hour": 3_600, "day": 86_400}
_REMEMBERED = 4096
"""Callers whose wants are remembered; beyond, all are forgotten at once."""

Per: TypeAlias = Literal["minute", "hour", "day", "month"]


def window(per: Per, now: float) -> tuple[int, int]:
    """Return start and length of the window that `now` is in, in seconds: of UTC's minutes, hours, days, months."""
    length = _LENGTHS.get(per)
    if length is not None:
        return floor(now) // length * length, length
    day = datetime.fromtimestamp(floor(now), UTC)
    first = datetime(day.year, day.month, 1, tzinfo=UTC)
    following = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=UTC)
    start = int(first.timestamp())
    return start, int(following.timestamp()) - start


def limit_of(requests: int, tokens: int, money: float) -> Amount:
    """Return a limit as counts. Money is rounded down, but never to 0, which would be no limit."""
    return Amount(requests, tokens, max(floor(money * MILLION), 1) if money else 0)


class Budgets:
    """Finds the wants of a caller, and remembers them while their windows last.

    Raises InputError for budgets that limit nothing, whose ids repeat, or that can't mean what they say.
    """

    def __init__(self, budgets: Sequence[Budget]) -> None:
        _check(budgets)
        self._budgets = budgets
        self._known: dict[tuple[Principal, str], tuple[float, float, tuple[Want, ...]]] = {}

    def wants(self, principal: Principal, sandbox: str, now: float) -> tuple[Want, ...]:
        """Return what a call of a caller, made in a sandbox (or none, ``), falls under."""
        at = (principal, sandbox)
        known = self._known.get(at)
        if known is None or not known[0] <= now < known[1]:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            wants = tuple(self._made(principal, sandbox, now))
            since = max((want.start for want in wants), default=float("-inf"))
            until = min((want.end for want in wants), default=float("inf"))
            known = self._known[at] = (since, until, wants)
        return known[2]

    def _made(self, principal: Principal, sandbox: str, now: float) -> Iterable[Want]:
        for budget in self._budgets:
            start, length = window(budget.per, now)
            limit = limit_of(budget.requests, budget.tokens, budget.money)
            for name in _names(budget, principal, sandbox):
                key = f"{budget.id}\x1f{name}\x1f{budget.per}\x1f{start}"
                yield Want(budget.id, key, limit, start, length)


def _names(budget: Budget, principal: Principal, sandbox: str) -> Iterable[str]:
    """Return who of those that a budget is for makes the call. One tenant's `alice` is not another's."""
    if budget.of == "all":
        return ("",)
    names: Iterable[str] = sorted(principal.groups)
    if budget.of != "group":
        name = {"principal": principal.id, "application": principal.application, "sandbox": sandbox}[budget.of]
        names = (name,) if name else ()
    return [f"{principal.tenant}\x1f{name}" for name in names if not budget.match or name in budget.match]


def _check(budgets: Sequence[Budget]) -> None:
    seen: set[str] = set()
    for budget in budgets:
        if budget.id in seen:
            raise InputError(f"there are two budgets `{budget.id}`")
        seen.add(budget.id)
        amounts = (budget.requests, budget.tokens, budget.money)
        if min(amounts) < 0:
            raise InputError(f"budget `{budget.id}` has an amount below 0")
        if not any(amounts):
            raise InputError(f"budget `{budget.id}` limits nothing", help="give it `requests:`, `tokens:` or `money:`")
        if budget.of == "all" and budget.match:
            raise InputError(f"budget `{budget.id}` is of all, and can't match names", help="say whom it is `of:`")
