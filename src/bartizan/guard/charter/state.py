"""What an agent has done so far, as far as its charter bounds it. It can be written and read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from bartizan.model import InputError

__all__ = ["LONGEST_ROUND", "State", "Used", "in_a_row", "read_state", "write_state"]

LONGEST_ROUND = 8
"""Calls of a round that is noticed when it comes again and again."""
_RECENT = 512
_MOST_SESSIONS = 10_000


class Used(msgspec.Struct, kw_only=True):
    """What was used: calls that went on, tokens and money of models, and what tools have paid by currency."""

    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    paid: dict[str, Decimal] = {}

    def add(self, calls: int, paid: dict[str, Decimal], sign: int = 1) -> None:
        """Book a call, or take it back with `sign` -1."""
        self.calls = max(self.calls + sign * calls, 0)
        for currency, amount in paid.items():
            self.paid[currency] = max(self.paid.get(currency, Decimal(0)) + sign * amount, Decimal(0))


class Session(msgspec.Struct, kw_only=True):
    """One session: steps tried, also those that were refused, digests of the last ones, what was used, and when."""

    steps: int = 0
    recent: list[str] = []
    used: Used = msgspec.field(default_factory=Used)
    last: float = 0.0


class State(msgspec.Struct, kw_only=True):
    """All sessions of an agent, and the day that is counted, as `YYYY-MM-DD` by the charter's clock."""

    version: int = 1
    sessions: dict[str, Session] = {}
    day: str = ""
    today: Used = msgspec.field(default_factory=Used)

    def session(self, id: str, now: float) -> Session:
        """Return a session, a new one when it isn't there. When there are too many, those that are idle longest go."""
        found = self.sessions.get(id)
        if found is None:
            if len(self.sessions) >= _MOST_SESSIONS:
                newest = sorted(self.sessions.items(), key=lambda item: item[1].last)[_MOST_SESSIONS // 2 :]
                self.sessions = dict(newest)
            found = self.sessions[id] = Session()
        found.last = now
        return found

    def of_day(self, day: str) -> Used:
        """Return what was used on a day; another day than the last one begins anew."""
        if day != self.day:
            self.day, self.today = day, Used()
        return self.today

    def spent(self, sessions: Iterable[str], day: str, tokens: int, money: float, now: float) -> None:
        """Book what a call of a model has used: once for the day, and for each session that it may belong to."""
        for used in (*(self.session(one, now).used for one in sessions), self.of_day(day)):
            used.tokens += max(tokens, 0)
            used.money += max(money, 0.0)


def in_a_row(recent: Sequence[str], call: str) -> int:
    """Return how often a call, or the round of calls that it ends, came in a row, this time included.

    Rounds have at most LONGEST_ROUND calls: reading, writing, reading, writing is a round of two.
    """
    calls = [*recent, call]
    most = 1
    for size in range(1, min(LONGEST_ROUND, len(calls) // 2) + 1):
        end = len(calls)
        times = 1
        while end >= (times + 1) * size and calls[end - (times + 1) * size : end - times * size] == calls[end - size :]:
            times += 1
        most = max(most, times)
    return most


def note(session: Session, call: str) -> None:
    """Put a call into a session's last ones."""
    session.steps += 1
    session.recent.append(call)
    if len(session.recent) > _RECENT:
        del session.recent[: -_RECENT // 2]


def write_state(state: State) -> bytes:
    """Return a state as JSON."""
    return msgspec.json.encode(state)


def read_state(content: bytes) -> State:
    """Read a state. Raises InputError: one that can't be read would begin all budgets anew."""
    try:
        state = msgspec.json.decode(content, type=State)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputError("this is no state of a charter") from None
    if state.version != 1:
        raise InputError(f"the state of a charter has version {state.version}, and 1 is known")
    return state
