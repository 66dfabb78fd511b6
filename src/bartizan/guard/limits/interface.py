"""Where it is counted what was used: the contract that every store of budgets keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import NamedTuple, Protocol

__all__ = [
    "BUSY",
    "NEVER",
    "SPENT",
    "Amount",
    "Ask",
    "Exhausted",
    "Part",
    "Short",
    "StateLost",
    "Store",
    "Taken",
    "Want",
    "exhausted",
    "percent",
]


class Amount(NamedTuple):
    """So much: requests, tokens, and money in millionths of the budgets' currency. In a limit, 0 is no limit."""

    requests: int = 0
    tokens: int = 0
    money: int = 0


class Ask(NamedTuple):
    """What a call may use: it needs `least` to begin, and what is there up to `most` is reserved for it.

    They are the same where the call itself says what it uses at most. Of what `least` has nothing, no limit is looked
    at: reading the list of models goes on when all tokens are used.
    """

    least: Amount
    most: Amount


class Want(NamedTuple):
    """A count that a call falls under: one budget, of one caller, in one window.

    `id` is the budget's. `key` is unique for budget, caller and window. `start` and `length` are the window's, in
    seconds (since 1970).
    """

    id: str
    key: str
    limit: Amount
    start: int
    length: int

    @property
    def end(self) -> int:
        """When the window is over and the next one begins."""
        return self.start + self.length


class Taken(NamedTuple):
    """What was reserved, until it is settled. `got` says for each want how much; after `until` it has expired."""

    id: str
    wants: Sequence[Want]
    got: Sequence[Amount]
    until: float


class Part(NamedTuple):
    """What one process has counted since its last part: whole numbers by name, none below 0.

    `writer` is unique to the process, `id` to the part.
    """

    writer: str
    id: str
    numbers: Mapping[str, int]


class Exhausted(Exception):
    """A budget has too little left. `id` is the budget's, `seconds` how long until it renews.

    `seconds` is 1 when calls that are still being answered hold what is missing, and 0 when the call asks for more
    than the whole budget, so that waiting changes nothing.
    """

    def __init__(self, id: str, seconds: int) -> None:
        super().__init__(f"budget `{id}` is exhausted")
        self.id, self.seconds = id, seconds


class StateLost(Exception):
    """The store can't be asked. What can't be counted isn't allowed, unless the configuration says so."""


class Store(Protocol):
    """Counts what is used. Safe to share between tasks; shared by processes where the implementation says so.

    * `take` reserves for all wants or for none: what is reserved and what is booked never exceed a limit together,
      however many calls come at once and from wherever.
    * `settle` puts what was used in place of what was reserved, which may be less or more; a limit may then be
      exceeded by what calls used beyond their reservation, and nothing is let through until the window ends.
    * Windows are the wants': a call that begins in one window and ends in the next is booked where it began.
    * A reservation that isn't settled within the store's `hold` seconds (its process has died) is given back; the
      request stays counted. When it is settled later after all, what was used is booked then.
    """

    async def take(self, wants: Sequence[Want], ask: Ask, now: float) -> Taken:
        """Reserve. Raises Exhausted, of several budgets for that which renews last, and StateLost."""
        ...

    async def settle(self, taken: Taken, used: Amount, now: float) -> None:
        """Book what was used. Never raises for a store that is lost: it books later, or the reservation expires."""
        ...

    def used(self, wants: Sequence[Want], now: float) -> int:
        """Return whole percents, at most 100, of the tightest limit; may be what was last heard of it."""
        ...

    async def add(self, key: str, part: Part, until: float, now: float) -> Mapping[str, int]:
        """Add a part to the numbers of a key, and return all of them, whoever added them.

        A part whose `id` was the last that its `writer` added is not added again, so that one whose answer was lost can
        be sent once more. Numbers may be forgotten after `until`. Raises StateLost.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Short(NamedTuple):
    """A want that can't be met: `why` is BUSY, SPENT or NEVER, in this order."""

    want: Want
    why: int


BUSY = 1
"""It would be enough when calls that are being answered give back what they reserved."""
SPENT = 2
"""What is left is less than the call needs."""
NEVER = 3
"""The call needs more than the whole limit."""


def exhausted(short: Iterable[Short], now: float) -> Exhausted:
    """Return the error for wants that can't be met, at least one: the one that has to be waited for longest."""
    waits = [(_seconds(one, now), one.want.id) for one in short]
    never = [id for seconds, id in waits if not seconds]
    if never:
        return Exhausted(never[0], 0)
    seconds, id = max(waits, key=lambda wait: wait[0])
    return Exhausted(id, seconds)


def _seconds(short: Short, now: float) -> int:
    if short.why == SPENT:
        return max(ceil(short.want.end - now), 1)
    return 1 if short.why == BUSY else 0


def percent(used: int, limit: int) -> int:
    """Return whole percents of a limit that are used, 0 to 100; of no limit nothing is used."""
    return min(max(used, 0) * 100 // limit, 100) if limit else 0
